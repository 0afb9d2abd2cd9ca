"""The fold of the ledger into boards and posts: as they are now, and after each change."""

from collections.abc import Sequence
from typing import get_args

import msgspec

from events.domain.upcasting import UnknownEventType
from events.domain.vocabulary import BoardEvent, PostEvent, decode_domain_event
from events.ledger.commit import LedgerEvent
from events.log.batch import RecordBatch
from events.times import parse_time
from projections.fold import Read, Rejected, Row, Sealed
from projections.ledger_state import AdmittedCommit, LedgerState
from projections.posts.state import BoardState, OutOfPlace, PostState, evolve_board, evolve_post
from projections.posts.tables import BOARDS, POST_HISTORY, POSTS

_POST_EVENTS = get_args(PostEvent)
_BOARD_EVENTS = get_args(BoardEvent)
_encode = msgspec.msgpack.Encoder().encode
_decode_post = msgspec.msgpack.Decoder(PostState).decode
_decode_board = msgspec.msgpack.Decoder(BoardState).decode

Key = tuple[str, str]


class PostsFold:
    """One partition of the ledger. State keys begin with a (admission), p (posts) or b (boards)."""

    def __init__(self) -> None:
        self._ledger = LedgerState()
        self._posts: dict[Key, PostState] = {}
        self._boards: dict[Key, BoardState] = {}
        self._post_rows: dict[Key, Row] = {}
        self._board_rows: dict[Key, Row] = {}
        self._history: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """See `projections.fold.Fold`."""
        commits, refused = self._ledger.admit(batch, read)
        rejected = list(refused)
        for item in commits:
            for event in item.commit.events:
                try:
                    self._fold(item, event, read)
                except (UnknownEventType, msgspec.MsgspecError, OutOfPlace, ValueError) as error:
                    rejected.append(Rejected(item.offset, f"{event.type}: {error}"))
                    break
        return rejected

    def seal(self) -> Sealed:
        """See `projections.fold.Fold`."""
        changes = self._ledger.seal()
        changes.update((_key(b"p", key), _encode(self._posts[key])) for key in self._post_rows)
        changes.update((_key(b"b", key), _encode(self._boards[key])) for key in self._board_rows)
        rows: dict[str, Sequence[Row]] = {
            POSTS.name: list(self._post_rows.values()),
            POST_HISTORY.name: self._history,
            BOARDS.name: list(self._board_rows.values()),
        }
        self._posts, self._boards, self._post_rows, self._board_rows, self._history = {}, {}, {}, {}, []
        return Sealed({name: stated for name, stated in rows.items() if stated}, changes)

    def _fold(self, item: AdmittedCommit, recorded: LedgerEvent, read: Read) -> None:
        event = decode_domain_event(recorded.type, recorded.state_bytes)
        workspace = item.commit.workspace
        if isinstance(event, _POST_EVENTS):
            self._fold_post(item, recorded, event, self._post((workspace, event.post), read))
        elif isinstance(event, _BOARD_EVENTS):
            board = evolve_board(self._board((workspace, event.board), read), event)
            key = (workspace, event.board)
            self._boards[key] = board
            self._board_rows[key] = (
                *key, board.name, board.created, item.recorded, recorded.originator_version, item.offset,
            )  # fmt: skip

    def _fold_post(
        self, item: AdmittedCommit, recorded: LedgerEvent, event: PostEvent, before: PostState | None
    ) -> None:
        post = evolve_post(before, event)
        key = (item.commit.workspace, event.post)
        row = (
            *key, post.board, post.title, post.body, post.author, post.status, post.closed_reason, post.duplicate_of,
            post.created, parse_time(event.at), item.recorded, recorded.originator_version, item.commit.actor or "",
            item.offset,
        )  # fmt: skip
        self._posts[key] = post
        self._post_rows[key] = row
        self._history.append((*row, recorded.type.removeprefix("groundswell.post.").rpartition(".")[0]))

    def _post(self, key: Key, read: Read) -> PostState | None:
        if key not in self._posts:
            value = read([_key(b"p", key)])[0]
            if value is None:
                return None
            self._posts[key] = _decode_post(value)
        return self._posts[key]

    def _board(self, key: Key, read: Read) -> BoardState | None:
        if key not in self._boards:
            value = read([_key(b"b", key)])[0]
            if value is None:
                return None
            self._boards[key] = _decode_board(value)
        return self._boards[key]


def _key(kind: bytes, key: Key) -> bytes:
    return kind + f"{key[0]}\0{key[1]}".encode()
