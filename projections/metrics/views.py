"""The stable views of metrics: their definitions, each month of each of them, and any series."""

from collections.abc import Sequence

from projections.clickhouse.schema import StableView
from projections.metrics.declared import METRICS
from projections.metrics.frame import Frame, periods_between, start_by_calendar, start_by_text
from projections.metrics.metric import Metric
from projections.metrics.series import COLUMNS, unsourced
from projections.metrics.sources import with_sources

_NOW = "now64(3, 'UTC')"
_MONTH = start_by_calendar("month")
_EVERY = "{every:String}"
_FIRST, _LAST = "{from:Date}", "{to:Date}"
_TEXTS = ("name", "title", "meaning", "unit", "formula", "source", "better", "shape")


def definitions(metrics: Sequence[Metric]) -> str:
    """What is declared, as rows."""
    rows = ", ".join(
        f"({', '.join(_quoted(str(getattr(metric, name))) for name in _TEXTS)}, "
        f"[{', '.join(_quoted(line) for line in metric.shown_lines)}])"
        for metric in metrics
    )
    kinds = ", ".join(f"{'metric' if name == 'name' else name} String" for name in _TEXTS)
    return f"SELECT * FROM values({_quoted(f'{kinds}, lines Array(String)')}, {rows})"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_EVERY_MONTH = f"""SELECT workspace, addMonths(first, number) AS start FROM (
  SELECT workspace, {_MONTH("min(created_at)")} AS first FROM <posts> GROUP BY workspace
) ARRAY JOIN range(toUInt32(dateDiff('month', first, {_NOW}) + 1)) AS number"""
"""Every month of a workspace, from its first post on."""

_MONTHS = Frame(
    where="1", at=_NOW, start=_MONTH, periods=_EVERY_MONTH, first="toDate('1970-01-01')", by_months=True
)  # fmt: skip

_START = start_by_text(_EVERY)
_ASKED = Frame(
    where="workspace = {workspace:String}", at=_NOW, start=_START, first=_START(_FIRST),
    periods=periods_between("{workspace:String}", _START(_FIRST), f"{_LAST} - 1", _START),
)  # fmt: skip


def _of_each(frame: Frame, period: str, only: str) -> str:
    """All metrics under each other; what they are read from is told once, for all of them."""
    told = "\nUNION ALL\n".join(
        f"SELECT {COLUMNS.replace('workspace,', f'workspace, {_quoted(metric.name)} AS metric, {period} AS period,')}\n"
        f"FROM (\n{unsourced(metric, frame)}\n){only.format(name=metric.name)}"
        for metric in METRICS
    )
    return with_sources(f"SELECT * FROM (\n{told}\n)", frame)


VIEWS = (
    StableView("metric_definitions", definitions(METRICS)),
    StableView("metrics", _of_each(_MONTHS, "'month'", "")),
    StableView("metric_series", _of_each(_ASKED, _EVERY, " WHERE {{metric:String}} = '{name}'")),
)
