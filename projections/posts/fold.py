"""The fold of the ledger into boards and posts, as they are and after each change, and what posts are sorted by."""

from typing import ClassVar, cast, get_args

from events.domain.fields.events import FieldDefined, FieldRemoved
from events.domain.posts.events import PostStatusChanged
from events.domain.tags.events import TagDefined, TagRemoved
from events.domain.vocabulary import BoardEvent, PostClosed, PostEvent, PostReopened, PostSubmitted
from events.domain.workflow.events import WorkflowSet
from events.times import parse_time
from projections.decisions import Decision, DecisionsFold, Kept
from projections.posts.definitions import (
    FIELDS,
    STATUSES,
    TAGS,
    field_row,
    removed_field_row,
    removed_tag_row,
    status_rows,
    tag_row,
)
from projections.posts.lines import line, note_of, reason_of
from projections.posts.state import BoardState, PostState, WorkflowState, evolve_board, evolve_post
from projections.posts.tables import BOARDS, POST_HISTORY, POSTS, STATUS_HISTORY
from projections.search.words import searched_words

_POST_EVENTS = get_args(PostEvent)
_STATUS_EVENTS = (PostSubmitted, PostStatusChanged, PostClosed, PostReopened)


class PostsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), p (posts), b (boards) or w (workflows)."""

    SUBJECTS: ClassVar = frozenset({"post", "board", "workflow", "tag", "field"})

    def __init__(self) -> None:
        self._posts = Kept("p", PostState)
        self._boards = Kept("b", BoardState)
        self._workflows = Kept("w", WorkflowState)
        super().__init__(self._posts, self._boards, self._workflows)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        match event := decision.event:
            case WorkflowSet():
                self._fold_workflow(decision, event)
            case TagDefined():
                self.rows.state(TAGS.name, (decision.workspace, event.tag), tag_row(decision, event))
            case TagRemoved():
                self.rows.state(TAGS.name, (decision.workspace, event.tag), removed_tag_row(decision, event))
            case FieldDefined():
                row = field_row(decision, event)
                self.rows.state(FIELDS.name, row[:3], row)
            case FieldRemoved():
                row = removed_field_row(decision, event)
                self.rows.state(FIELDS.name, row[:3], row)
            case _ if isinstance(event, _POST_EVENTS):
                self._fold_post(decision, cast("PostEvent", event))
            case _:
                self._fold_board(decision, cast("BoardEvent", event))

    def _fold_workflow(self, decision: Decision, event: WorkflowSet) -> None:
        before = self._workflows.get(decision.workspace)
        self._workflows.put(WorkflowState(event.statuses), decision.workspace)
        for row in status_rows(decision, event, () if before is None else before.statuses):
            self.rows.state(STATUSES.name, row[:2], row)

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
