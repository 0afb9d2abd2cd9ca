"""Moments as people write them in options."""

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
