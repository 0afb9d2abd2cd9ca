"""Votes as they are submitted, one by one or by the million: their shape, what is wrong with one, and its event.

One rule for whoever takes votes in: the API and the importers.
"""

import re
from typing import Literal, NamedTuple, Protocol

import msgspec

from events.ballots import Ballot, CastData, VoteCast, VoteWithdrawn, WithdrawnData
from events.ids import CLIENT_ID_PATTERN, EVENT_ID_PATTERN, is_client_id, is_event_id
from events.times import Millis, canonical_time, event_time

_AT_PATH = re.compile(r" - at `\$(?:\[\d+\])?\.?(\w*)[^`]*`$")
_MISSING_FIELD = re.compile(r"missing required field `(\w+)`")


class SubmittedVote(msgspec.Struct, frozen=True, gc=False):
    """A vote as a client writes it; `value` 0 withdraws. `at` is RFC 3339, `id` the event's identity."""

    post: str
    person: str
    value: Literal[-1, 0, 1] = 1
    importance: Literal[1, 2, 3] = 1
    at: str | None = None
    id: str | None = None
    by: str | None = None


class FieldError(NamedTuple):
    """What is wrong, and with which field; the field is empty where it is the whole."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class VoteFields(Protocol):
    """The fields of a vote, whatever holds them."""

    @property
    def post(self) -> str: ...  # noqa: D102
    @property
    def person(self) -> str: ...  # noqa: D102
    @property
    def value(self) -> Literal[-1, 0, 1]: ...  # noqa: D102
    @property
    def importance(self) -> Literal[1, 2, 3]: ...  # noqa: D102
    @property
    def at(self) -> str | None: ...  # noqa: D102
    @property
    def id(self) -> str | None: ...  # noqa: D102
    @property
    def by(self) -> str | None: ...  # noqa: D102


def validate(vote: VoteFields, now: Millis) -> FieldError | None:
    """The first thing that is wrong with a vote received at `now`; None if nothing is.

    Shape only: whether the post is there and takes votes is for the caller to ask.
    """
    if is_client_id(vote.post) is None:
        return FieldError("post", f"must match {CLIENT_ID_PATTERN}")
    if is_client_id(vote.person) is None:
        return FieldError("person", f"must match {CLIENT_ID_PATTERN}")
    if vote.at is not None:
        try:
            event_time(vote.at, now)
        except ValueError as error:
            return FieldError("at", str(error))
    if vote.id is not None and is_event_id(vote.id) is None:
        return FieldError("id", f"must match {EVENT_ID_PATTERN}")
    if vote.by is not None and is_client_id(vote.by) is None:
        return FieldError("by", f"must match {CLIENT_ID_PATTERN}")
    return None


def to_ballot(workspace: str, vote: VoteFields, event_id: str, received: str) -> Ballot:
    """The event of a valid vote. It happened at the vote's own time, or else when it was `received`, as we write it."""
    time = received if vote.at is None else canonical_time(vote.at)
    if vote.value == 0:
        withdrawn = WithdrawnData(vote.person, vote.by)
        return VoteWithdrawn(id=event_id, source=workspace, subject=vote.post, time=time, data=withdrawn)
    cast = CastData(vote.person, vote.value, vote.importance, vote.by)
    return VoteCast(id=event_id, source=workspace, subject=vote.post, time=time, data=cast)


def explain(error: msgspec.MsgspecError) -> FieldError:
    """What msgspec has against a vote (alone or in a list), as a field and a message."""
    text = str(error)
    if (missing := _MISSING_FIELD.search(text)) is not None:
        return FieldError(missing[1], "is required")
    path = _AT_PATH.search(text)
    return FieldError(path[1], text[: path.start()]) if path is not None else FieldError("", text)
