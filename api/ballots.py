"""From votes as clients send them to ballots as the log takes them: checked, encoded, and by partition.

The hot path: msgspec structs and plain loops, nothing else.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from api.idempotency import vote_id
from api.times import event_time, now
from events.ballots import CastData, VoteCast, VoteWithdrawn, WithdrawnData, ballot_key, encode_ballot, partition_of
from events.domain.directory import Directory
from events.ids import CLIENT_ID_PATTERN, EVENT_ID_PATTERN, is_client_id, is_event_id, new_id
from events.log.appender import Record
from events.times import format_time


class Vote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One vote of a batch: `value` 0 withdraws. `at` is when it happened, `id` the event's identity."""

    post: str
    person: str
    value: Literal[1, -1, 0]
    importance: Literal[1, 2, 3] = 1
    at: str | None = None
    id: str | None = None
    by: str | None = None


class ItemError(msgspec.Struct, frozen=True):
    """Why one vote of a batch was rejected: its place in the batch, the field, and what is wrong with it."""

    index: int
    field: str
    message: str


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """One vote can't be taken; `missing` and `closed` tell why where it is the post's."""

    def __init__(self, field: str, message: str, *, missing: bool = False, closed: bool = False) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
        self.missing = missing
        self.closed = closed


class Ballot(NamedTuple):
    """A record for the log, and the partition that it belongs in."""

    partition: int
    record: Record


class BallotMaker:
    """Makes the ballots of one request."""

    def __init__(self, directory: Directory, workspace: str, partitions: int, retry_key: str | None) -> None:
        self._directory = directory
        self._workspace = workspace
        self._partitions = partitions
        self._retry_key = retry_key
        self._now = now()
        self._now_text = format_time(self._now)

    def in_doubt(self, votes: Iterable[Vote]) -> bool:
        """Whether any of these posts is unknown or closed here: catch up with the log before saying so."""
        posts = {vote.post for vote in votes}
        entries = (self._directory.post(self._workspace, post) for post in posts)
        return any(entry is None or not entry.takes_votes for entry in entries)

    def make(self, index: int, vote: Vote) -> Ballot:
        """The ballot of the `index`-th vote.

        Raises:
            Refused: if it can't be taken.
        """
        workspace, person = self._workspace, vote.person
        if is_client_id(person) is None:
            raise Refused("person", f"must match {CLIENT_ID_PATTERN}")
        self._check_post(vote.post)
        if vote.by is not None and is_client_id(vote.by) is None:
            raise Refused("by", f"must match {CLIENT_ID_PATTERN}")
        event_id, time = self._identity(index, vote), self._time(vote.at)
        event: VoteCast | VoteWithdrawn
        if vote.value:
            cast = CastData(person, vote.value, vote.importance, vote.by)
            event = VoteCast(id=event_id, source=workspace, subject=vote.post, time=time, data=cast)
        else:
            withdrawn = WithdrawnData(person, vote.by)
            event = VoteWithdrawn(id=event_id, source=workspace, subject=vote.post, time=time, data=withdrawn)
        key = ballot_key(workspace, person)
        return Ballot(partition_of(key, self._partitions), Record(key, encode_ballot(event)))

    def _check_post(self, post: str) -> None:
        entry = self._directory.post(self._workspace, post)
        if entry is None:
            if is_client_id(post) is None:
                raise Refused("post", f"must match {CLIENT_ID_PATTERN}")
            raise Refused("post", f"there is no post {post!r}", missing=True)
        if entry.closed is not None:
            reason = f": {entry.closed}" if entry.closed else ""
            raise Refused("post", f"post {post!r} is closed and takes no votes{reason}", closed=True)

    def _identity(self, index: int, vote: Vote) -> str:
        if vote.id is not None:
            if is_event_id(vote.id) is None:
                raise Refused("id", f"must match {EVENT_ID_PATTERN}")
            return vote.id
        if self._retry_key is not None:
            return vote_id(self._workspace, self._retry_key, index, vote.post, vote.person)
        return new_id()

    def _time(self, at: str | None) -> str:
        if at is None:
            return self._now_text
        try:
            return event_time(at, self._now)
        except ValueError as error:
            raise Refused("at", str(error)) from error
