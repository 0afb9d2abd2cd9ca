"""A projection by its name."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from projections.fold import Projection

Name = Annotated[str, typer.Argument(help="The projection.", show_default=False)]


def projection_named(name: str) -> "Projection":
    """The projection of a name; bad usage where there is none."""
    from projections.catalog import BY_NAME

    if name not in BY_NAME:
        raise typer.BadParameter(f"there is no projection {name!r}; there are: {', '.join(BY_NAME)}")
    return BY_NAME[name]
