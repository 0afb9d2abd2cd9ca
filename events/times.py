"""Times on the wire: RFC 3339 in UTC with exactly milliseconds, and as integers of milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

Millis = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
EARLIEST: Millis = 0
LATEST: Millis = 4_102_444_800_000
"""2100-01-01: the first moment that no event may claim; ClickHouse's DateTime64 and our arithmetic end later."""


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
