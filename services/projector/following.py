"""Which generations this process follows: those of the code that it has, as they come and go while it runs."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from projections.fold import Projection
from projections.generations import FOLLOWED, Generation, State, live_one, of_projection
from services.projector import metrics
from services.projector.feeder import Feeder
from services.projector.follower import Follower
from services.projector.holding import Holding
from services.projector.ports import ServiceAway, Views
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
LOOK_SECONDS_WHILE_HOLDING = 0.03

MakeFollower = Callable[[Projection, int], Follower]
Forget = Callable[[str, int], None]
"""Throws away what this process keeps of a projection's generation, if anything."""


class Plan(NamedTuple):
    """What to follow, and what not: `refused` says why, and what to do, for a projection whose live one is not ours."""

    generations: Sequence[tuple[Projection, Generation]]
    refused: dict[str, str]


def plan(projections: Sequence[Projection], generations: Sequence[Generation]) -> Plan:
    """Every generation that was built by the code we have, once it has caught up and until it is dropped."""
    wanted: list[tuple[Projection, Generation]] = []
    refused: dict[str, str] = {}
    for projection in projections:
        known = of_projection(generations, projection.name)
        wanted += [
            (projection, each) for each in known if each.state in FOLLOWED and each.code == projection.code
        ]  # fmt: skip
        live = live_one(known)
        if live is not None and live.code != projection.code:
            refused[projection.name] = refusal(projection, live)
    return Plan(wanted, refused)


def refusal(projection: Projection, live: Generation) -> str:
    """Why the live generation of other code is not followed, and the way to one of this code."""
    name = projection.name
    return (
        f"{name}: the live generation {live.generation} was built by code {live.code}, and this is code "
        f"{projection.code}: it is not followed here, for the two must not mix. Keep a projector of the release that "
        f"built it running, then: groundswell projections rebuild {name}; groundswell projections verify {name}; "
        f"groundswell projections switch {name}"
    )


class Following:
    """Looks at what there is and what is asked, several times a second, and does as it should be."""

    def __init__(
        self, projections: Sequence[Projection], views: Views, feeder: Feeder, make: MakeFollower, forget: Forget
    ) -> None:
        self._projections = projections
        self._forget = forget
        self._forgotten: set[tuple[str, int]] = set()
        self._views = views
        self._feeder = feeder
        self._make = make
        self._live: set[tuple[str, int]] = set()
        self._refused: dict[str, str] = {}
        self._thread = SerialThread("look at generations")
        self._holding = Holding(feeder, views, self._thread)
        feeder.before_feeding = self._hold_first

    async def run(self) -> None:
        """Look until cancelled. ClickHouse being away changes nothing: what was followed is followed on."""
        try:
            while True:
                try:
                    generations, barriers = await self._thread.call(self._views.look)
                except ServiceAway as error:
                    logger.info("generations not looked at reason=%s", error)
                    self._holding.let_go()
                    await asyncio.sleep(1.0)
                    continue
                await self.settle(generations)
                await self._holding.answer(barriers)
                await asyncio.sleep(LOOK_SECONDS_WHILE_HOLDING if barriers else LOOK_SECONDS)
        finally:
            self._thread.stop()

    async def _hold_first(self) -> None:
        """Partitions that were just taken up must not be fed on where a barrier was answered for them before."""
        try:
            self._holding.close_first(await self._thread.call(self._views.barriers))
        except ServiceAway as error:
            logger.info("barriers not looked at reason=%s", error)

    async def settle(self, generations: Sequence[Generation]) -> None:
        """Follow what is to be followed from now on, and let go of what is not."""
        wanted, refused = plan(self._projections, generations)
        self._live = {(each.projection, each.generation) for each in generations if each.state is State.LIVE}
        keep = {(projection.name, each.generation) for projection, each in wanted}
        await self._let_go(keep)
        have = {_key(runner) for runner in self._feeder.runners}
        for projection, each in wanted:
            if (projection.name, each.generation) not in have:
                logger.info("generation taken up projection=%s generation=%d", projection.name, each.generation)
                self._feeder.follow(self._make(projection, each.generation))
        self._forget_dropped(generations)
        self._show(refused)
        self._judge_followers()

    async def _let_go(self, keep: set[tuple[str, int]]) -> None:
        for follower in [each for each in self._feeder.followers if _key(each.runner) not in keep]:
            logger.info("generation let go projection=%s generation=%d", *_key(follower.runner))
            await self._feeder.unfollow(follower)
        for runner in [each for each in self._feeder.fed if _key(each) not in keep]:
            logger.info("generation let go projection=%s generation=%d", *_key(runner))
            await self._feeder.unfeed(runner)

    def _forget_dropped(self, generations: Sequence[Generation]) -> None:
        dropped = {(each.projection, each.generation) for each in generations if each.state is State.DROPPED}
        for which in dropped - self._forgotten:
            self._forget(*which)
        self._forgotten |= dropped

    def _show(self, refused: dict[str, str]) -> None:
        for name, reason in refused.items():
            if self._refused.get(name) != reason:
                logger.error("refused %s", reason)
        self._refused = refused
        for projection in self._projections:
            metrics.REFUSED.labels(projection.name).set(projection.name in refused)

    def _judge_followers(self) -> None:
        """A live generation that cannot be followed ends the process; another one must harm nobody."""
        for follower in self._feeder.followers:
            failure = follower.failure or follower.runner.failure
            if failure is not None and _key(follower.runner) in self._live:
                self._feeder.fail(failure)


def _key(runner: Runner) -> tuple[str, int]:
    return runner.projection.name, runner.generation
