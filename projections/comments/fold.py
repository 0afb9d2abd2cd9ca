"""The fold of the ledger into comments: as they are now, after each change, and which of them answers a post."""

from typing import ClassVar, cast, get_args

from events.domain.comments.events import AnswerEvent, AnswerGiven, CommentDeleted, CommentEvent, CommentWritten
from events.times import parse_time
from projections.comments.state import AnswerState, CommentState, Revision, evolve_comment
from projections.comments.tables import ANSWER_HISTORY, COMMENT_HISTORY, COMMENTS, DELETED_COMMENTS
from projections.decisions import Decision, DecisionsFold, Kept, OutOfPlace
from projections.fold import Cell

_COMMENT_EVENTS = get_args(CommentEvent)


class CommentsFold(DecisionsFold):
    """One partition of the ledger. State keys begin with a (admission), c (comments) or n (answers)."""

    SUBJECTS: ClassVar = frozenset({"comment", "answer"})

    def __init__(self) -> None:
        self._comments = Kept("c", CommentState)
        self._answers = Kept("n", AnswerState)
        super().__init__(self._comments, self._answers)

    def fold(self, decision: Decision) -> None:
        """See `DecisionsFold`."""
        if isinstance(decision.event, _COMMENT_EVENTS):
            self._fold_comment(decision, cast("CommentEvent", decision.event))
        else:
            self._fold_answer(decision, cast("AnswerEvent", decision.event))

    def _fold_comment(self, decision: Decision, event: CommentEvent) -> None:
        key = (decision.workspace, event.comment)
        thread = None
        if isinstance(event, CommentWritten) and event.thread != event.comment:
            thread = self._comments.get(decision.workspace, event.thread)
        comment = evolve_comment(self._comments.get(*key), thread, event, decision)
        self._comments.put(comment, *key)
        self._state_comment(key, comment, decision.offset)
        if isinstance(event, CommentDeleted):
            self.rows.state(DELETED_COMMENTS.name, key, (*key, comment.post, decision.offset))
        for revision in comment.revisions if comment.deleted else (comment.last,):
            self._state_revision(key, comment, revision, decision.offset)

    def _fold_answer(self, decision: Decision, event: AnswerEvent) -> None:
        workspace, post = decision.workspace, event.post
        given = event.comment if isinstance(event, AnswerGiven) else ""
        if given and self._comments.get(workspace, given) is None:
            raise OutOfPlace(f"comment {given!r} was never written")
        before = self._answers.get(workspace, post)
        self._answers.put(AnswerState(given), workspace, post)
        for comment in sorted({before.comment if before else "", given} - {""}):
            state = self._comments.get(workspace, comment)
            assert state is not None, "what answered a post was written"
            self._state_comment((workspace, comment), state, decision.offset)
        row = (
            workspace, post, decision.revision, given, event.reason, parse_time(event.at), decision.recorded,
            decision.actor, decision.offset,
        )  # fmt: skip
        self.rows.state(ANSWER_HISTORY.name, (workspace, post, decision.revision), row)

    def _state_comment(self, key: tuple[str, str], comment: CommentState, version: int) -> None:
        """State what a comment says now."""
        answers = self._answers.get(key[0], comment.post)
        is_answer = answers is not None and answers.comment == key[1] and not comment.deleted
        cells = (*_cells(key, comment, comment.last), int(comment.deleted), int(is_answer), version)
        self.rows.state(COMMENTS.name, key, cells)

    def _state_revision(self, key: tuple[str, str], comment: CommentState, revision: Revision, version: int) -> None:
        """State what a comment said after one of its changes, which must be the last one unless it is deleted."""
        cells = (
            *_cells(key, comment, revision), int(comment.deleted), revision.change, revision.reason, version,
        )  # fmt: skip
        self.rows.state(COMMENT_HISTORY.name, (*key, revision.revision), cells)


def _cells(key: tuple[str, str], comment: CommentState, revision: Revision) -> tuple[Cell, ...]:
    """The cells that both tables begin with."""
    return (
        key[0], comment.post, key[1], comment.thread, comment.thread_at, comment.parent, comment.author,
        comment.body, comment.mentions, int(comment.internal), comment.created, revision.edited, revision.occurred,
        revision.recorded, revision.revision, revision.actor,
    )  # fmt: skip
