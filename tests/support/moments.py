"""Moments to ask of."""

import time

from events.times import format_time


def all_recorded() -> str:
    """One by which all is recorded that was written: a minute ahead, as a client's clock may be."""
    return format_time(time.time_ns() // 1_000_000 + 60_000)
