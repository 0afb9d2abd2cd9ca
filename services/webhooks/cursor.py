"""How far a webhook has come, as a value: where it goes on, and which subjects it holds back. Pure.

What cannot be delivered holds back what comes later about the same subject, and nothing else. So a webhook's positions
move on past it, and the subject is kept apart with positions of its own; once its event was taken, it catches up from
there to where the others are.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from events.deliveries import Held, Place, ReachedData
from events.domain.webhooks.webhook import Webhook
from events.position import Partition, Positions
from events.times import Millis, format_time, parse_time

_JITTER = 0.2


@dataclass(frozen=True, slots=True)
class HeldSubject:
    """Of one subject: see `events.deliveries.Held`. `due` is None where nothing is tried for now."""

    positions: Mapping[Partition, int]
    first: Place
    failures: int
    version: int
    since: Millis
    due: Millis | None
    reason: str

    def is_before(self, place: Place) -> bool:
        """Whether a place is that of an event that was delivered of the very record that `first` is of."""
        at = self.first
        same = (place.topic, place.partition, place.offset) == (at.topic, at.partition, at.offset)
        return same and place.place < at.place


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a webhook has come since it began at its version `begun`."""

    begun: int
    positions: Mapping[Partition, int]
    held: Mapping[str, HeldSubject]

    def renewed(self, webhook: Webhook, now: Millis) -> "Cursor":
        """The same where there is new reason to try again what failed before the webhook was renewed."""
        held = {
            subject: replace(each, due=now, failures=0) if each.version < webhook.renewed else each
            for subject, each in self.held.items()
        }
        return replace(self, held=held)

    def due(self, now: Millis) -> Mapping[str, HeldSubject]:
        """The subjects to try again."""
        return {subject: each for subject, each in self.held.items() if each.due is not None and each.due <= now}

    def undelivered(self) -> Mapping[Partition, int]:
        """Where to go on so that nothing of what is held is left out, if nothing is held any more."""
        each = [held.positions for held in self.held.values()]
        return {
            partition: min(at, *(positions.get(partition, at) for positions in each), at)
            for partition, at in self.positions.items()
        }

    @property
    def next_due(self) -> Millis | None:
        """When the first of them comes."""
        return min((each.due for each in self.held.values() if each.due is not None), default=None)

    @property
    def given_up(self) -> HeldSubject | None:
        """One for which nothing is tried any more, if there is any."""
        return next((each for each in self.held.values() if each.due is None), None)

    def data(self) -> ReachedData:
        """What to write down."""
        return ReachedData(
            begun=self.begun,
            positions=Positions(self.positions).token(),
            held=tuple(
                Held(
                    subject=subject,
                    positions=Positions(each.positions).token(),
                    first=each.first,
                    failures=each.failures,
                    version=each.version,
                    since=format_time(each.since),
                    next_attempt_at="" if each.due is None else format_time(each.due),
                    reason=each.reason,
                )
                for subject, each in self.held.items()
            ),
        )


def cursor_of(data: ReachedData) -> Cursor:
    """What was written down."""
    held = {
        each.subject: HeldSubject(
            Positions.from_token(each.positions).next_offsets,
            each.first,
            each.failures,
            each.version,
            parse_time(each.since),
            parse_time(each.next_attempt_at) if each.next_attempt_at else None,
            each.reason,
        )
        for each in data.held
    }
    return Cursor(data.begun, Positions.from_token(data.positions).next_offsets, held)


def advanced(
    positions: Mapping[Partition, int], delivered: Sequence[Place], first: Place | None = None
) -> Mapping[Partition, int]:
    """Positions after these were delivered, and `first`, which came next, was not."""
    found = dict(positions)
    for place in delivered:
        partition = Partition(place.topic, place.partition)
        found[partition] = max(found.get(partition, 0), place.offset + 1)
    if first is not None:  # it may be of the very record that the last one delivered is of
        found[Partition(first.topic, first.partition)] = first.offset
    return found


def wait_after(failures: int, schedule: Sequence[float], asked: float) -> float | None:
    """Seconds to wait after so many failures in a row, at least as long as the receiver `asked`; None: no more."""
    if failures > len(schedule):
        return None
    return max(schedule[failures - 1] * random.uniform(1 - _JITTER, 1 + _JITTER), asked)  # noqa: S311 - jitter
