"""Which posts a list or a ranking is of, as SQL conditions with bound parameters."""

import msgspec


class PostFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Only posts of all this; None and nothing ask for nothing.

    `tags` must all be there. `fields` are pairs of a custom field and its value, written as the tables have it.
    Archived posts, and those that were merged into others, show only where they are asked for, and alone then.
    """

    board: str | None = None
    status: str | None = None
    kind: str | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    archived: bool = False
    merged: bool = False


FILTERED = "board, status, kind, author, tags, field_pairs, archived, merged_into"
"""The columns that the conditions are about."""


def conditions(asked: PostFilter) -> tuple[list[str], dict[str, str | int]]:
    """Conditions on the columns of `FILTERED`, and what they bind."""
    where = ["archived" if asked.archived else "NOT archived", f"merged_into {'!=' if asked.merged else '='} ''"]
    parameters: dict[str, str | int] = {}
    for column in ("board", "status", "kind", "author"):
        wanted = getattr(asked, column)
        if wanted is not None:
            where.append(f"{column} = {{{column}:String}}")
            parameters[column] = wanted
    pairs = [f"{field}={value}" for field, value in asked.fields]
    for column, name, values in (("tags", "tag", asked.tags), ("field_pairs", "field", pairs)):
        for number, value in enumerate(values):
            where.append(f"has({column}, {{{name}_{number}:String}})")
            parameters[f"{name}_{number}"] = value
    return where, parameters
