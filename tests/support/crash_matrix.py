"""Killed with -9 at every step, in rounds drawn from a seed; after each, the tables are the fold of the log."""

import os
import random
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from projections.catalog import BY_NAME, PROJECTIONS
from projections.generations import FOLLOWED, State
from tests.support import doomed
from tests.support.generations import states
from tests.support.installation import Installation
from tests.support.kafka import environment
from tests.support.traffic import Traffic

SECONDS = 90.0
NEVER = 1_000_000_000
FOLDING = [f"{side} {step}" for step in ("rows", "sums", "progress", "state") for side in ("before", "after")]
REBUILDING = [f"{side} {step}" for step in ("rows", "progress", "state") for side in ("before", "after")]
STATING = ("before statement", "after statement")
MOST_STATEMENTS = {"rebuild": 20, "verify": 30, "switch": 25, "roll back": 25}
"""How many statements each makes, at the least; who is through before its time has survived, and is not counted."""


class Round(NamedTuple):
    """Who dies, and when: at the n-th call of a step."""

    when: str
    nth: int
    activity: str


def foldings(dice: random.Random, count: int) -> Sequence[Round]:
    """Rounds of a projector: every step comes before any comes again."""
    whens = [when for _ in range(count // len(FOLDING) + 1) for when in dice.sample(FOLDING, len(FOLDING))]
    return [Round(when, dice.randint(1, 6), "project") for when in whens[:count]]


def movements(dice: random.Random, *, each: int) -> Iterator[Round]:
    """Rounds of one life of a generation, so many kills for each of its stages."""
    for _ in range(each):
        yield Round(dice.choice(REBUILDING), dice.randint(1, 3), "rebuild by a doomed worker")
    for activity, most in MOST_STATEMENTS.items():
        for _ in range(each):
            yield Round(dice.choice(STATING), dice.randint(1, most), activity)


class CrashMatrix:
    """Plays rounds in one installation, under traffic.

    Where no projector is to die, it need not flush often (`flush_ms`): flushes are most of what a round costs.
    """

    def __init__(self, installation: Installation, traffic: Traffic, *, flush_ms: int = 200) -> None:
        self.killed: list[Round] = []
        self._installation = installation
        self._traffic = traffic
        self._projector = installation.projector(settings={"GROUNDSWELL_FLUSH_INTERVAL_MS": flush_ms})

    def kill_projectors(self, rounds: Sequence[Round]) -> None:
        """Each dies at work, and the next one brings the tables to the fold of the log before it dies itself."""
        for round_ in rounds:
            self._tell(round_)
            if self._projector.running:
                self._projector.kill()
            self._projector.start(doomed.command(*round_))
            self.check()
            self._projector.die_in_time()
            self.killed.append(round_)
        self._projector.start()
        self.check()

    def kill_movement(self, round_: Round) -> None:
        """Who builds, proves or moves a generation dies at it; asked again, it ends well."""
        self._tell(round_)
        self._prepare(round_.activity)
        code, said = self._run(round_)
        by_worker = round_.activity == "rebuild by a doomed worker"
        if code == -signal.SIGKILL or (by_worker and "(SIGKILL)" in said):
            self.killed.append(round_)
        else:
            assert code == 0, said
        self.check()

    def check(self) -> None:
        """Every generation that is followed is the fold of the log, once it has caught up."""
        installation, expected = self._installation, None
        self._projector.until(lambda: installation.progress() > 0, what="it has begun")
        with self._traffic.paused():
            ends = installation.ends()
            for name, generations in self._followed().items():
                for number in generations:
                    which = [BY_NAME[name]]
                    installation.catch_up(self._projector, generation=number, projections=which, ends=ends)
                    expected = installation.compare(generation=number, projections=which, expected=expected)

    def _followed(self) -> Mapping[str, Sequence[int]]:
        names = {projection.name: states(self._installation, projection.name) for projection in PROJECTIONS}
        return {
            name: [number for number, state in found.items() if State(state) in FOLLOWED]
            for name, found in names.items()
        }

    def _prepare(self, activity: str) -> None:
        """Bring the votes' generations to where the activity begins."""
        installation = self._installation
        if not self._projector.running:
            self._projector.start()
        self._projector.until(lambda: installation.progress() > 0, what="it has begun")
        while (wanted := self._next(activity)) is not None:
            code, said = self._run(Round("before statement", NEVER, wanted))
            assert code == 0, said

    def _next(self, activity: str) -> str | None:
        """What has to be done first; None if nothing."""
        found = set(states(self._installation, doomed.VOTES).values())
        if activity in ("verify", "switch") and not found & {"ready", "verified"}:
            return "rebuild"
        if activity == "switch" and "verified" not in found:
            return "verify"
        if activity == "roll back" and "retired" not in found:
            return "switch" if "verified" in found else ("verify" if "ready" in found else "rebuild")
        return None

    def _run(self, round_: Round) -> tuple[int, str]:
        installation = self._installation
        done = subprocess.run(
            doomed.command(*round_),
            env={
                **os.environ,
                **environment(installation.kafka),
                "CLICKHOUSE_URL": installation.clickhouse.url,
                "GROUNDSWELL_DATABASE": installation.clickhouse.database,
                "GROUNDSWELL_DATA": str(installation.data),
            },
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return done.returncode, done.stdout[-2000:] + done.stderr[-4000:]

    def _tell(self, round_: Round) -> None:
        print(f"round {len(self.killed)}: {round_}", flush=True)  # noqa: T201 - pytest shows it where a test fails
