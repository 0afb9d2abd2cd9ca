"""The columns that a formula may name: what each says of a post, and in which unit. A closed list."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from events.domain.formulas.units import PLAIN, SECONDS, Unit, counted

KeyKind = Literal["currency", "segment", "field"]


class ColumnKind(NamedTuple):
    """A column. `key` is what must be named with it, as in `field.reach`; the unit of money is that key's currency.

    What is `internal` is for keys that see what is not for the public.
    """

    meaning: str
    unit: Unit
    key: KeyKind | None = None
    internal: bool = False


_VOTES, _COMMENTS, _COMPANIES = counted("votes"), counted("comments"), counted("companies")

COLUMNS: Mapping[str, ColumnKind] = {
    "score": ColumnKind("up-votes less down-votes", _VOTES),
    "up": ColumnKind("standing up-votes", _VOTES),
    "down": ColumnKind("standing down-votes", _VOTES),
    "voters": ColumnKind("persons who vote, up or down", _VOTES),
    "importance": ColumnKind("the importance (1 to 3) of the up-votes, added up", counted("importance")),
    "trend": ColumnKind(
        "log2 of the sum of 2^(t / 7 days) over the up-votes, t being since when each stands; 0 without any",
        counted("half-lives"),
    ),
    "created": ColumnKind("when the post was created: the time since 1970", SECONDS),
    "age": ColumnKind("how long ago the post was created; never below 0", SECONDS),
    "comments": ColumnKind("public comments", _COMMENTS),
    "recent_votes": ColumnKind("standing up-votes cast since midnight (UTC) 30 days ago", _VOTES),
    "recent_comments": ColumnKind("public comments written since midnight (UTC) 30 days ago", _COMMENTS),
    "spend": ColumnKind(
        "monthly spend behind the up-votes as of now, each company once, in the currency's minor unit", PLAIN,
        "currency", internal=True,
    ),
    "spend_then": ColumnKind("the same as of each vote", PLAIN, "currency", internal=True),
    "companies": ColumnKind("distinct companies whose people stand behind it", _COMPANIES, internal=True),
    "paying_companies": ColumnKind("those of them that pay something", _COMPANIES, internal=True),
    "segment": ColumnKind("up-votes of a segment's members", _VOTES, "segment", internal=True),
    "segment_importance": ColumnKind("the importance of those", counted("importance"), "segment", internal=True),
    "field": ColumnKind("a custom field's number; 0 where there is none", PLAIN, "field"),
    "estimate": ColumnKind(
        "the time that it is thought to take, the middle of low and high; 0 without an estimate in days", SECONDS,
        internal=True,
    ),
    "estimate_low": ColumnKind("the least time that it is thought to take", SECONDS, internal=True),
    "estimate_high": ColumnKind("the most time that it is thought to take", SECONDS, internal=True),
}  # fmt: skip
"""Each column. As of a moment they say what was so then, and "now" and "ago" are seen from that moment."""
