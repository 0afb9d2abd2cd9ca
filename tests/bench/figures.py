"""What a bench found out: one figure, and beside it what it should reach."""

from collections.abc import Sequence

import msgspec


class Figure(msgspec.Struct, frozen=True):
    """`target` is what DESIGN asks of it, empty where it asks nothing; `note` says under which conditions."""

    bench: str
    what: str
    value: float
    unit: str
    target: str = ""
    note: str = ""

    @property
    def shown(self) -> str:
        if self.unit in ("ms", "times", "s"):
            return f"{self.value:,.1f} {self.unit}" if self.value < 100 else f"{self.value:,.0f} {self.unit}"
        return f"{self.value:,.0f} {self.unit}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all do not exceed (nearest rank); 0 where there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def latencies(
    bench: str, what: str, seconds: Sequence[float], *, p50: str = "", p99: str = "", note: str = ""
) -> list[Figure]:
    """p50, p99 and the longest, in milliseconds."""
    note = "; ".join(filter(None, (note, f"{len(seconds):,} samples")))
    return [
        Figure(bench, f"{what}, p50", percentile(seconds, 0.5) * 1e3, "ms", p50, note),
        Figure(bench, f"{what}, p99", percentile(seconds, 0.99) * 1e3, "ms", p99),
        Figure(bench, f"{what}, longest", max(seconds, default=0.0) * 1e3, "ms"),
    ]
