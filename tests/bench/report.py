"""The figures as a table in Markdown."""

from collections.abc import Mapping, Sequence

import msgspec

from tests.bench.figures import Figure


class Report(msgspec.Struct, frozen=True):
    """Everything that a run of the benches found."""

    machine: Mapping[str, str]
    scale: float
    figures: Sequence[Figure]


def markdown(report: Report) -> str:
    lines = [f"- {name}: {value}" for name, value in report.machine.items()]
    if report.scale != 1.0:
        lines.append(f"- scale: {report.scale} (1.0 is the full size: these figures are for trying the benches out)")
    lines.append("")
    lines += _table(["bench", "what", "measured", "at least / at most", "notes"], [_row(one) for one in report.figures])
    return "\n".join(lines)


def _row(figure: Figure) -> list[str]:
    return [figure.bench, figure.what, figure.shown, figure.target, figure.note]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads) - 1)] + [0]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (heads, *rows)
    ]
    return [shown[0], "|" + " --- |" * len(heads), *shown[1:]]
