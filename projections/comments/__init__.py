"""Comments on posts, as they are and as they were, and which of them answers a post. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.comments.fold import CommentsFold
from projections.comments.tables import (
    ANSWER_HISTORY,
    COMMENT_HISTORY,
    COMMENT_TOTALS,
    COMMENTS,
    DELETED_COMMENTS,
    VIEWS,
)
from projections.table import Derived, Table


class CommentsProjection:
    """The projection `comments`."""

    name = "comments"
    code = 1
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (COMMENTS, COMMENT_HISTORY, ANSWER_HISTORY, DELETED_COMMENTS)
    derived: Sequence[Derived] = (COMMENT_TOTALS,)
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> CommentsFold:
        """A fresh fold of one partition."""
        return CommentsFold()
