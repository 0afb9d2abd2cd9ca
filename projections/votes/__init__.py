"""Who stands where on what, how that came about, and what it adds up to. Folded from the ballots."""

from collections.abc import Sequence

from events.log.topics import BALLOTS, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.table import Derived, Table
from projections.votes.fold import VotesFold
from projections.votes.tables import STANDINGS, TALLIES, TALLY_PERIODS, VOTE_CORRECTIONS, VOTE_HISTORY, VOTES
from projections.votes.views import VIEWS


class VotesProjection:
    """The projection `votes`."""

    name = "votes"
    code = 2
    topics: Sequence[TopicSpec] = (BALLOTS,)
    tables: Sequence[Table] = (VOTES, VOTE_HISTORY, VOTE_CORRECTIONS, TALLIES, TALLY_PERIODS)
    derived: Sequence[Derived] = (STANDINGS,)
    views: Sequence[StableView] = VIEWS

    def fold(self, partition: Partition, partitions: int) -> VotesFold:
        """A fresh fold of one partition."""
        return VotesFold(partition, partitions)
