"""The fold of the ledger into boards and posts: as they are now, and after each change."""

from typing import ClassVar, cast, get_args

from events.domain.vocabulary import BoardEvent, PostEvent
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept
from projections.posts.state import BoardState, PostState, evolve_board, evolve_post
from projections.posts.tables import BOARDS, POST_HISTORY, POSTS

_POST_EVENTS = get_args(PostEvent)


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
        post = evolve_post(self._posts.get(*key), event)
        self._posts.put(post, *key)
        row = (
            *key, post.board, post.title, post.body, post.author, post.status, post.closed_reason, post.duplicate_of,
            post.created, parse_time(event.at), decision.recorded, decision.revision, decision.actor, decision.offset,
        )  # fmt: skip
        self.rows.state(POSTS.name, key, row)
        change = event.TYPE.removeprefix("groundswell.post.").rpartition(".")[0]
        self.rows.state(POST_HISTORY.name, (*key, decision.revision), (*row, change))

    def _fold_board(self, decision: Decision, event: BoardEvent) -> None:
        key = (decision.workspace, event.board)
        board = evolve_board(self._boards.get(*key), event)
        self._boards.put(board, *key)
        row = (*key, board.name, board.created, decision.recorded, decision.revision, decision.offset)
        self.rows.state(BOARDS.name, key, row)
