"""The fold of the ledger into boards and posts: as they are now, and after each change."""

from typing import ClassVar, cast, get_args

from events.domain.posts.events import PostStatusChanged
from events.domain.vocabulary import BoardEvent, PostClosed, PostEvent, PostReopened, PostSubmitted
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept
from projections.posts.lines import line, note_of, reason_of
from projections.posts.state import BoardState, PostState, evolve_board, evolve_post
from projections.posts.tables import BOARDS, POST_HISTORY, POSTS, STATUS_HISTORY
from projections.search.words import searched_words

_POST_EVENTS = get_args(PostEvent)
_STATUS_EVENTS = (PostSubmitted, PostStatusChanged, PostClosed, PostReopened)


class PostsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), p (posts) or b (boards)."""

    SUBJECTS: ClassVar = frozenset({"post", "board"})

    def __init__(self) -> None:
        self._posts = Kept("p", PostState)
        self._boards = Kept("b", BoardState)
        super().__init__(self._posts, self._boards)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        if isinstance(decision.event, _POST_EVENTS):
            self._fold_post(decision, cast("PostEvent", decision.event))
        else:
            self._fold_board(decision, cast("BoardEvent", decision.event))

    def _fold_post(self, decision: Decision, event: PostEvent) -> None:
        key = (decision.workspace, event.post)
        before = self._posts.get(*key)
        post = evolve_post(before, event)
        self._posts.put(post, *key)
        row = (
            *key, post.board, post.title, post.body, post.author, post.status, post.kind, post.closed_reason,
            post.duplicate_of, post.merged_into, post.tags, post.field_pairs, post.archived, post.deleted, post.pinned,
            post.created, parse_time(event.at), decision.recorded, decision.revision, decision.actor, decision.offset,
        )  # fmt: skip
        self.rows.state(POSTS.name, key, (*row, *searched_words(post.title, post.body)))
        change = event.TYPE.removeprefix("groundswell.post.").rpartition(".")[0]
        why = (note_of(event), reason_of(event))
        self.rows.state(POST_HISTORY.name, (*key, decision.revision), (*row, change, line(before, event), *why))
        if isinstance(event, _STATUS_EVENTS):
            status = (
                *key, decision.revision, event.status, event.kind, *why, decision.actor, parse_time(event.at),
                decision.recorded, decision.offset,
            )  # fmt: skip
            self.rows.state(STATUS_HISTORY.name, (*key, decision.revision), status)

    def _fold_board(self, decision: Decision, event: BoardEvent) -> None:
        key = (decision.workspace, event.board)
        board = evolve_board(self._boards.get(*key), event)
        self._boards.put(board, *key)
        row = (
            *key, board.name, board.budget, board.period, board.created, decision.recorded, decision.revision,
            decision.offset,
        )  # fmt: skip
        self.rows.state(BOARDS.name, key, row)
