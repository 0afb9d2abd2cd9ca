"""The generations as `groundswell projections list` shows them."""

import time
from collections.abc import Sequence

import msgspec
from clickhouse_connect.driver.client import Client

from events.position import Partition
from events.times import Millis, format_time
from projections.clickhouse.schema import PROGRESS_TABLE
from projections.generations import State

MEBIBYTE = 1024 * 1024


class ListedGeneration(msgspec.Struct, frozen=True, kw_only=True):
    """One generation. `lag` are records that the log holds and it does not, as far as any projector has said.

    `progress_seconds` is how long ago its last progress was; None where there never was any.
    """

    projection: str
    generation: int
    state: str
    code: int
    rows: int
    bytes: int
    lag: int
    progress_at: str | None
    progress_seconds: float | None
    started_at: str
    switched_at: str | None
    note: str

    def cells(self) -> tuple[object, ...]:
        """What a table shows of it."""
        ago = "never" if self.progress_seconds is None else f"{_duration(self.progress_seconds)} ago"
        size = f"{self.bytes / MEBIBYTE:,.1f} MiB"
        return (
            self.projection, self.generation, self.state, self.code, f"{self.rows:,}", size, f"{self.lag:,}", ago,
            self.started_at, self.switched_at or "",
        )  # fmt: skip


class _Progress(msgspec.Struct):
    offsets: dict[Partition, int]
    at: Millis | None = None


def listed(client: Client, database: str, *, dropped: bool = False) -> Sequence[ListedGeneration]:
    """Every generation that there is, by projection and number; with `dropped`, those that there were, too."""
    generations = client.query(
        f"""SELECT projection, generation, state, code, rows, bytes, toUnixTimestamp64Milli(started_at),
  toUnixTimestamp64Milli(switched_at), note
FROM {database}.generations ORDER BY projection, generation"""
    ).result_rows
    progress, ends = _progress(client, database)
    topics = {(projection, at.topic) for (projection, _), each in progress.items() for at in each.offsets}
    now = time.time_ns() // 1_000_000
    found = []
    for projection, number, state, code, rows, size, started, switched, note in generations:
        if state == State.DROPPED and not dropped:
            continue
        come = progress.get((projection, number), _Progress({}))
        behind = {at: end for at, end in ends.items() if (projection, at.topic) in topics}
        found.append(
            ListedGeneration(
                projection=projection, generation=number, state=state, code=code, rows=rows, bytes=size,
                lag=sum(max(0, end - come.offsets.get(at, 0)) for at, end in behind.items()),
                progress_at=None if come.at is None else format_time(come.at),
                progress_seconds=None if come.at is None else round(max(0, now - come.at) / 1000, 3),
                started_at=format_time(started),
                switched_at=None if switched is None else format_time(switched),
                note=note,
            )
        )  # fmt: skip
    return found


def _progress(client: Client, database: str) -> tuple[dict[tuple[str, int], _Progress], dict[Partition, int]]:
    """How far each generation has come, and where the partitions end, as far as any of them has seen."""
    rows = client.query(
        "SELECT projection, generation, topic, partition, next_offset, log_end, toUnixTimestamp64Milli(at) "
        f"FROM {database}.{PROGRESS_TABLE} FINAL"
    ).result_rows
    progress: dict[tuple[str, int], _Progress] = {}
    ends: dict[Partition, int] = {}
    for projection, generation, topic, partition, next_offset, log_end, at in rows:
        place = Partition(topic, partition)
        come = progress.setdefault((projection, generation), _Progress({}))
        come.offsets[place] = next_offset
        come.at = max(come.at or 0, at)
        ends[place] = max(ends.get(place, 0), log_end, next_offset)
    return progress, ends


def _duration(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"
