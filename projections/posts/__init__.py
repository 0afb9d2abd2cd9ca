"""Boards and posts, as they are and as they were. Folded from the ledger."""

from collections.abc import Sequence

from events.log.topics import LEDGER, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.posts import definitions
from projections.posts.definitions import FIELDS, STATUSES, TAGS
from projections.posts.fold import PostsFold
from projections.posts.tables import BOARDS, POST_HISTORY, POSTS, STATUS_HISTORY, VIEWS
from projections.table import Derived, Table


class PostsProjection:
    """The projection `posts`."""

    name = "posts"
    code = 2
    topics: Sequence[TopicSpec] = (LEDGER,)
    tables: Sequence[Table] = (POSTS, POST_HISTORY, STATUS_HISTORY, BOARDS, STATUSES, TAGS, FIELDS)
    derived: Sequence[Derived] = ()
    views: Sequence[StableView] = (*VIEWS, *definitions.VIEWS)

    def fold(self, partition: Partition, partitions: int) -> PostsFold:
        """A fresh fold of one partition."""
        return PostsFold()
