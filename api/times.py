"""The times that clients name: parsed, bounded, and in the one form that events have."""

import re
import time

from events.times import EARLIEST, LATEST, Millis, format_time, parse_time

MAX_AHEAD: Millis = 5 * 60 * 1000
"""A client's clock may be ahead by so much."""

_is_canonical = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z").match


def now() -> Millis:
    """This moment."""
    return time.time_ns() // 1_000_000


def parse_moment(text: str) -> Millis:
    """A time between 1970 and 2100 that a client sends.

    Raises:
        ValueError: with what is wrong with it, in words for the client.
    """
    try:
        moment = parse_time(text)
    except (ValueError, OverflowError) as error:
        raise ValueError("must be an RFC 3339 time with an offset, as in 2026-01-31T12:00:00Z") from error
    if not EARLIEST <= moment < LATEST:
        raise ValueError("must lie between 1970 and 2100")
    return moment


def event_time(text: str, present: Millis) -> str:
    """When something happened at the client, as events have it.

    Raises:
        ValueError: as `parse_moment`, and for more than 5 minutes after `present`.
    """
    moment = parse_moment(text)
    if moment > present + MAX_AHEAD:
        raise ValueError("lies more than 5 minutes in the future")
    return text if _is_canonical(text) else format_time(moment)
