"""Numbers, days and names as the page says them. A name is another's text: it stays within its own quotes."""

import unicodedata
from collections.abc import Sequence

from events.times import Millis, from_millis, parse_time
from projections.money import whole_units

NOTHING = "\N{EN DASH}"
"""What stands for a number that there is none of."""

_MINUS = "\N{MINUS SIGN}"
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what comes after them, beyond their own text."""


def plain(text: str) -> str:
    """The text in one line, without characters that steer what is around it."""
    kept = (" " if character.isspace() else character for character in text if character not in _STEERING)
    return " ".join("".join(each for each in kept if unicodedata.category(each) != "Cc").split())


def quoted(text: str, most: int = 80) -> str:
    """A name within a sentence, cut where it is long."""
    name = plain(text)
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name if len(name) <= most else name[: most - 1].rstrip() + '…'}" + (
        "\N{RIGHT DOUBLE QUOTATION MARK}"
    )


def number(value: float, digits: int = 0) -> str:
    """`12,345`; with a minus sign, not a hyphen, where it is less than nothing."""
    text = f"{abs(value):,.{digits}f}"
    return f"{_MINUS}{text}" if value < 0 and text.strip("0.,") else text


def signed(value: float, digits: int = 0) -> str:
    """The same with a sign, unless it is nothing."""
    text = number(value, digits)
    return f"+{text}" if value > 0 and text.strip("0.,") else text


def count(value: int, thing: str, things: str = "") -> str:
    """`1 vote`, `2 votes`."""
    return f"{number(value)} {thing if value == 1 else things or thing + 's'}"


def none(value: int, nothing: str = "none") -> str:
    """A number within a sentence, with a word for nothing."""
    return number(value) if value else nothing


def share(value: float) -> str:
    """`45 %`."""
    return f"{number(100 * value)}\N{NO-BREAK SPACE}%"


def days(value: float) -> str:
    """`12 days`, `1.5 days`."""
    digits = 1 if value < 10 and abs(value - round(value)) >= 0.05 else 0
    return f"{number(value, digits)} {'day' if number(value, digits) == '1' else 'days'}"


def day(moment: Millis) -> str:
    """`24 Nov 2026`."""
    at = from_millis(moment)
    return f"{at.day}\N{NO-BREAK SPACE}{at:%b}\N{NO-BREAK SPACE}{at:%Y}"


def date(text: str) -> str:
    """A day that is written as `2026-11-24`, if there is one."""
    return day(parse_time(text)) if text else NOTHING


def money(amount: float, currency: str) -> str:
    """An amount in minor units as `EUR 12,345`: whole units."""
    return f"{currency}\N{NO-BREAK SPACE}{number(whole_units(amount, currency))}"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
