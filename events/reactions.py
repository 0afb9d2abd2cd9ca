"""The stream of reactions to comments, and of ratings (`events.satisfaction`): its event types and their bytes.

CloudEvents like the ballots: `source` is the workspace, `subject` the comment, `id` the identity, `time` when it
happened at the client. A reaction is set, never toggled. One to an internal note says so (`events.visibility`).
"""

import re
from typing import Final, Literal, get_args

import msgspec

from events.ballots import SPECVERSION
from events.satisfaction import SatisfactionEvent

Reaction = Literal["like", "dislike", "love", "laugh", "celebrate", "confused", "eyes", "rocket"]
"""What can be given today. Whoever reads the stream takes any short name, so that this may grow."""

REACTIONS: Final[tuple[Reaction, ...]] = get_args(Reaction)

is_reaction_name = re.compile(r"[a-z][a-z0-9_-]{0,31}\Z").match


class ReactionData(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Whose reaction, which one, and whether the comment is an internal note."""

    person: str
    reaction: str
    internal: bool = False


class _ReactionEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str
    data: ReactionData


class ReactionGiven(_ReactionEvent, frozen=True, kw_only=True, gc=False, tag="groundswell.reaction.given.v1"):
    """A person reacts to a comment in this way, from this time on."""


class ReactionWithdrawn(_ReactionEvent, frozen=True, kw_only=True, gc=False, tag="groundswell.reaction.withdrawn.v1"):
    """A person no longer does, from this time on."""


ReactionEvent = ReactionGiven | ReactionWithdrawn

StreamEvent = ReactionEvent | SatisfactionEvent
"""Whatever stands on the stream."""

REACTION_DECODER: msgspec.json.Decoder[StreamEvent] = msgspec.json.Decoder(StreamEvent)

decode_reaction = REACTION_DECODER.decode
"""One record's value; raises `msgspec.MsgspecError`."""

encode_reaction = msgspec.json.Encoder().encode
