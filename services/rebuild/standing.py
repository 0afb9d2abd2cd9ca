"""How far a rebuild has come, how fast, and how long it will take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from events.position import Partition
from services.rebuild.messages import Began, Came


@dataclass(slots=True)
class Stand:
    """One partition: where this run took it up, what is durable now, and where the log ends."""

    start: int
    log_end: int
    durable: int

    @property
    def folded(self) -> int:
        """Records of this run."""
        return max(0, self.durable - self.start)

    @property
    def left(self) -> int:
        """Records to go."""
        return max(0, self.log_end - self.durable)

    @property
    def total(self) -> int:
        """Records that the log holds, as far as is known."""
        return max(self.log_end, self.durable)


@dataclass(slots=True)
class Standing:
    """All partitions that were taken up so far."""

    clock: Callable[[], float] = time.monotonic
    partitions: dict[Partition, Stand] = field(default_factory=dict)
    _began: float | None = None

    def hear(self, message: Began | Came) -> None:
        """Take note of where a partition stands."""
        match message:
            case Began():
                self._began = self._began or self.clock()
                known = self.partitions.setdefault(
                    message.partition, Stand(message.start, message.log_end, message.start)
                )
                known.log_end = max(known.log_end, message.log_end)
            case Came():
                stand = self.partitions[message.partition]
                stand.durable, stand.log_end = max(stand.durable, message.durable), message.log_end

    @property
    def seconds(self) -> float:
        """Since the first partition was taken up."""
        return 0.0 if self._began is None else self.clock() - self._began

    @property
    def folded(self) -> int:
        """Records of this run."""
        return sum(stand.folded for stand in self.partitions.values())

    @property
    def left(self) -> int:
        """Records to go."""
        return sum(stand.left for stand in self.partitions.values())

    @property
    def total(self) -> int:
        """Records that the log holds, as far as is known."""
        return sum(stand.total for stand in self.partitions.values())

    def rate(self, stand: Stand | None = None) -> float:
        """Records a second over this run: of one partition, or of all."""
        folded = self.folded if stand is None else stand.folded
        return folded / self.seconds if self.seconds else 0.0

    def seconds_left(self, stand: Stand | None = None) -> float | None:
        """How long it will take at this rate: for one partition, or for all; None while that is not known."""
        left = self.left if stand is None else stand.left
        rate = self.rate(stand)
        if not left:
            return 0.0
        return left / rate if rate else None
