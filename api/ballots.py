"""From votes as clients send them to ballots as the log takes them: checked, encoded, and by partition.

The hot path: msgspec structs and plain loops, nothing else.
"""

from collections.abc import Iterable
from typing import Literal, NamedTuple

import msgspec

from api.idempotency import vote_id
from api.times import now
from events.ballots import ballot_key, encode_ballot, partition_of
from events.domain.directory import Directory
from events.ids import new_id
from events.log.appender import Record
from events.submission import to_ballot, validate
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
        entries = (self._directory.voted(self._workspace, post) for post in posts)
        return any(entry is None or not entry.takes_votes for entry in entries)

    def make(self, index: int, vote: Vote) -> Ballot:
        """The ballot of the `index`-th vote.

        Raises:
            Refused: if it can't be taken.
        """
        error = validate(vote, self._now)
        if error is not None:
            raise Refused(error.field, error.message)
        self._check_post(vote.post)
        event = to_ballot(self._workspace, vote, self._identity(index, vote), self._now_text)
        key = ballot_key(self._workspace, vote.person)
        return Ballot(partition_of(key, self._partitions), Record(key, encode_ballot(event)))

    def _check_post(self, post: str) -> None:
        entry = self._directory.voted(self._workspace, post)
        if entry is None:
            raise Refused("post", f"there is no post {post!r}", missing=True)
        if not entry.takes_votes:
            reason = f": {entry.closed}" if entry.closed else ""
            raise Refused("post", f"post {post!r} is {entry.status} and takes no votes{reason}", closed=True)

    def _identity(self, index: int, vote: Vote) -> str:
        if vote.id is not None:
            return vote.id
        if self._retry_key is not None:
            return vote_id(self._workspace, self._retry_key, index, vote.post, vote.person)
        return new_id()
