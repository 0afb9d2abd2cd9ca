"""How content persons are with what was shipped: event types on the stream of reactions, and their bytes.

CloudEvents like the ballots: `source` is the workspace, `subject` the post, `id` the identity, `time` when it happened
at the client. A rating is set, never toggled, has no text, and is for those who decide (`events.visibility`).
"""

from typing import Final, Literal

import msgspec

from events.ballots import SPECVERSION

LEAST_RATING: Final = 1
MOST_RATING: Final = 5


class RatingData(msgspec.Struct, frozen=True, gc=False):
    """Whose rating: from 1, not content at all, to 5; 0 where it is withdrawn."""

    person: str
    rating: int
    internal: Literal[True] = True


class _SatisfactionEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str
    data: RatingData


class SatisfactionRated(
    _SatisfactionEvent, frozen=True, kw_only=True, gc=False, tag="groundswell.satisfaction.rated.v1"
):
    """A person rates a post that was shipped so, from this time on."""


class SatisfactionWithdrawn(
    _SatisfactionEvent, frozen=True, kw_only=True, gc=False, tag="groundswell.satisfaction.withdrawn.v1"
):
    """A person no longer does, from this time on."""


SatisfactionEvent = SatisfactionRated | SatisfactionWithdrawn

encode_satisfaction = msgspec.json.Encoder().encode
