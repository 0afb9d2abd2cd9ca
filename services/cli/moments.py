"""Moments as people write them in options."""

import time

import typer


def read_moment(text: str | None, option: str = "--as-of") -> int | None:
    """Milliseconds of `2026-01-31` or `2026-01-31T12:00:00Z`; None for None.

    Raises:
        BadParameter: naming the option.
    """
    if text is None:
        return None
    from events.times import EARLIEST, LATEST, parse_time

    try:
        moment = parse_time(text)
    except (ValueError, OverflowError):
        moment = -1
    if not EARLIEST <= moment < LATEST:
        raise typer.BadParameter(
            f"{text!r} is no time: write 2026-01-31 or 2026-01-31T12:00:00Z", param_hint=f"'{option}'"
        )
    return moment


def read_past(text: str | None, option: str = "--as-of") -> int | None:
    """The same, of which something is asked that only the past can tell.

    Raises:
        BadParameter: naming the option, also for what lies in the future.
    """
    moment = read_moment(text, option)
    if moment is None:
        return None
    from events.times import past_moment

    try:
        return past_moment(moment, time.time_ns() // 1_000_000)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=f"'{option}'") from error


def read_period(begin: str | None, end: str | None) -> tuple[int | None, int | None]:
    """Milliseconds of what stands behind `--from` and `--to`.

    Raises:
        BadParameter: naming the option, also for a period that ends before it begins.
    """
    first, last = read_moment(begin, "--from"), read_moment(end, "--to")
    if first is not None and last is not None and first >= last:
        raise typer.BadParameter("must be before --to", param_hint="'--from'")
    return first, last
