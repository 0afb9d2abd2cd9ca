"""Times on the wire: RFC 3339 in UTC with exactly milliseconds, and as integers of milliseconds since 1970."""

import re
from datetime import UTC, datetime, timedelta

_is_canonical = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z").match

Millis = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

DAY: Millis = 86_400_000
"""In UTC, where each has as many."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
EARLIEST: Millis = 0
LATEST: Millis = 4_102_444_800_000
"""2100-01-01: the first moment that no event may claim; ClickHouse's DateTime64 and our arithmetic end later."""


MAX_AHEAD: Millis = 5 * 60 * 1000
"""How far a client's clock may be ahead of ours."""


def to_millis(moment: datetime) -> Millis:
    """Whole milliseconds since 1970; a moment without an offset is refused.

    Raises:
        ValueError: if `moment` has no UTC offset.
    """
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, as in 2026-01-31T12:00:00Z")
    return (moment - _EPOCH) // _MILLISECOND


def from_millis(millis: Millis) -> datetime:
    """The moment in UTC."""
    return _EPOCH + timedelta(milliseconds=millis)


def format_time(millis: Millis) -> str:
    """`2026-11-24T05:36:46.123Z`: the only form that we write."""
    return (_EPOCH + timedelta(milliseconds=millis)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def parse_time(text: str) -> Millis:
    """Milliseconds of an RFC 3339 time; a date alone is its first moment in UTC.

    Raises:
        ValueError: if `text` is no such time or has no offset.
    """
    moment = datetime.fromisoformat(text)
    if len(text) == 10:
        moment = moment.replace(tzinfo=UTC)
    return to_millis(moment)


def canonical_time(text: str) -> str:
    """The same time in the one form that we write; raises ValueError as `parse_time` does."""
    return text if _is_canonical(text) else format_time(parse_time(text))


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


def past_moment(moment: Millis, present: Millis) -> Millis:
    """A moment of which something is asked that only the past can tell.

    Raises:
        ValueError: as `event_time`, whose clients' clocks may be as far ahead.
    """
    if moment > present + MAX_AHEAD:
        raise ValueError("must not lie in the future: leave it out for now")
    return moment


def event_time(text: str, present: Millis) -> str:
    """When something happened at a client, in the one form that events have.

    Raises:
        ValueError: as `parse_moment`, and for more than 5 minutes after `present`.
    """
    if parse_moment(text) > present + MAX_AHEAD:
        raise ValueError("lies more than 5 minutes in the future")
    return canonical_time(text)
