"""Event types by name or by what they begin with: `groundswell.post`, `groundswell.post.submitted`, or all of it."""

import re
from collections.abc import Sequence

from events.ballots import VoteCast, VoteWithdrawn
from events.domain.refusals import Invalid
from events.domain.vocabulary import VOCABULARY

TYPE_PATTERN = r"groundswell(\.[a-z0-9-]{1,40}){0,4}"
MOST_TYPES = 50
_is_pattern = re.compile(rf"{TYPE_PATTERN}\Z").match
_ON_BALLOTS = tuple(str(each.__struct_config__.tag) for each in (VoteCast, VoteWithdrawn))
_BALLOTS = "groundswell.vote"


def is_of(type: str, pattern: str) -> bool:
    """Whether a type is this one, or begins with it up to a dot."""
    return type == pattern or type.startswith(f"{pattern}.")


def check_types(types: Sequence[str]) -> None:
    """Each must be a known type, or what one begins with: a misspelt one would never be heard of."""
    if len(types) > MOST_TYPES:
        raise Invalid("types", f"may be {MOST_TYPES} at most; they are {len(types)}")
    for pattern in types:
        if _is_pattern(pattern) is None:
            raise Invalid("types", "each must be an event type, or what one begins with, as in groundswell.post")
        if not any(is_of(type, pattern) for type in (*VOCABULARY.classes, *_ON_BALLOTS)):
            raise Invalid("types", f"there is no event type that is or begins with {pattern}")


def may_be_ballots(types: Sequence[str]) -> bool:
    """Whether any of these may be found among the ballots; none at all means every type."""
    return not types or any(is_of(_BALLOTS, each) or is_of(each, _BALLOTS) for each in types)
