"""A projection by its name."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from projections.fold import Projection

Name = Annotated[str, typer.Argument(help="The projection.", show_default=False)]


def projection_named(name: str) -> "Projection":
    """The projection of a name; bad usage where there is none."""
    from projections.catalog import PROJECTIONS

    for projection in PROJECTIONS:
        if projection.name == name:
            return projection
    raise typer.BadParameter(
        f"there is no projection {name!r}; there are: {', '.join(each.name for each in PROJECTIONS)}"
    )
