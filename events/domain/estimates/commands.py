"""What can be asked of a post's estimate."""

from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.estimates.estimate import Estimate, give_estimate
from events.domain.estimates.events import Unit
from events.domain.moments import ON_IT, not_before
from events.domain.originators import originator_of
from events.domain.post import Post
from events.domain.refusals import Conflict, NotFound


class EstimateCommand(Command[Estimate], frozen=True, kw_only=True, tag=True):
    """Something asked of a post's estimate."""

    post: str
    reason: str = ""

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Estimate.KIND, self.post)

    def _moment(self, estimate: Estimate, at: str) -> str:
        return not_before(estimate.touched, at, asked=self.at is not None, refusal=ON_IT)


class GiveEstimate(EstimateCommand, frozen=True, kw_only=True, tag=True):
    """Say how long a post will take: from `low` to `high` days in progress, or points."""

    unit: Unit
    low: float
    high: float

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Estimate]:
        estimate = aggregates.find(Estimate, self.post)
        moment = at if estimate is None else self._moment(estimate, at)
        event = give_estimate(
            post=self.post, unit=self.unit, low=self.low, high=self.high, reason=self.reason, at=moment
        )
        self._check_post(aggregates)
        if estimate is not None:
            return changed(estimate, estimate.give(event))
        return created(Estimate.begin(self.subject, event), event)

    def _check_post(self, aggregates: Aggregates) -> None:
        post = aggregates.find(Post, self.post)
        if post is None or post.deleted:
            raise NotFound("post", self.post)
        if post.merging.into is not None:
            raise Conflict("post", f"it was merged into {post.merging.into!r}: estimate that one")


class WithdrawEstimate(EstimateCommand, frozen=True, kw_only=True, tag=True):
    """Say no more how long a post will take."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Estimate]:
        estimate = aggregates.find(Estimate, self.post)
        if estimate is None:
            raise NotFound("estimate", self.post)
        return changed(estimate, estimate.withdraw(reason=self.reason, at=self._moment(estimate, at)))
