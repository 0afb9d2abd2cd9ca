"""Refused records on a terminal."""

import base64
from collections.abc import Sequence

import msgspec
import typer

from services.cli.output import print_json, printable
from services.dead_letters.refusals import Refusal
from services.dead_letters.retrying import Outcome
from services.dead_letters.whole import RefusedRecord

_SHORT = 160
_COLUMNS = ("number", "record", "projection", "state", "bytes", "times", "first seen", "last seen", "reason")


class ShownRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A refused record as JSON: text where its bytes are text, and in any case base64. `cut` where they were longer."""

    place: str
    recorded_at: str
    key_text: str | None
    key_base64: str | None
    value_text: str | None
    value_base64: str | None
    value_bytes: int
    cut: bool
    refusals: Sequence[Refusal]


def print_refusals(refusals: Sequence[Refusal]) -> None:
    """A line each; the reason comes last, shortened."""
    rows = [_COLUMNS, *(_row(each) for each in refusals)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_record(refusals: Sequence[Refusal], record: RefusedRecord, json: bool) -> None:
    """One record, and all that refused it."""
    first = refusals[0]
    if json:
        print_json(_shown(refusals, record))
        return
    typer.echo(f"record      {printable(first.place)}")
    typer.echo(f"recorded    {first.recorded_at}")
    for each in refusals:
        typer.echo(f"projection  {printable(each.projection)}, generation {each.generation}, code {each.code}")
        typer.echo(f"  reason    {printable(each.reason)}")
        typer.echo(f"  seen      {each.times} times, {each.first_seen} to {each.last_seen} (number {each.number})")
    typer.echo(f"state       {_state(first)}")
    typer.echo(f"key         {_readable(record.key)}")
    typer.echo(f"value       {_readable(record.value)}")
    if record.cut:
        typer.echo(f"... the log does not hold it any more; of {first.value_bytes} bytes these were kept", err=True)


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """A line each, and the commands to run where a rebuild is needed."""
    for each in outcomes:
        at = printable(each.place)
        match each.outcome:
            case "retried":
                typer.echo(
                    f"{at}  retried: every projection folds it in its proper place when it comes to {each.marker}"
                )
            case "rebuild":
                typer.echo(f"{at}  needs a rebuild: {printable(each.reason)}")
            case "left":
                typer.echo(f"{at}  left as it is: {printable(each.reason)}")
    names = sorted({name for each in outcomes if each.outcome == "rebuild" for name in each.refused_by})
    if names:
        typer.echo("Run:")
    for name in names:
        for verb in ("rebuild", "verify", "switch"):
            typer.echo(f"  groundswell projections {verb} {printable(name)}")


def _row(refusal: Refusal) -> tuple[str, ...]:
    reason = printable(refusal.reason)
    return (
        str(refusal.number), printable(refusal.place), printable(refusal.projection), refusal.state,
        str(refusal.value_bytes), str(refusal.times), refusal.first_seen, refusal.last_seen,
        reason if len(reason) <= _SHORT else reason[: _SHORT - 1] + "…",
    )  # fmt: skip


def _state(refusal: Refusal) -> str:
    return "refused" if refusal.retried_by is None else f"retried by {printable(refusal.retried_by)}"


def _shown(refusals: Sequence[Refusal], record: RefusedRecord) -> ShownRecord:
    return ShownRecord(
        place=refusals[0].place,
        recorded_at=refusals[0].recorded_at,
        key_text=_text(record.key),
        key_base64=_base64(record.key),
        value_text=_text(record.value),
        value_base64=_base64(record.value),
        value_bytes=refusals[0].value_bytes,
        cut=record.cut,
        refusals=refusals,
    )


def _readable(data: bytes | None) -> str:
    if data is None:
        return "none"
    text = _text(data)
    return f"{_base64(data)} (base64 of {len(data)} bytes)" if text is None else printable(text)


def _text(data: bytes | None) -> str | None:
    """The bytes as text; None where they are none."""
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError:
        return None


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data).decode()
