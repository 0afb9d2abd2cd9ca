"""This moment, as events count it."""

import time

from events.times import Millis


def now() -> Millis:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
