"""What a comment may say, and whom it mentions. HTML is text like any other: whoever shows it escapes it."""

import re

from events.domain.bounds import check_text
from events.domain.refusals import Invalid

COMMENT_CHARACTERS = 10_000
MOST_MENTIONS = 50
"""How many persons one comment may mention."""

_MENTION = re.compile(r"(?<![\w.:~@/-])@([A-Za-z0-9][A-Za-z0-9_.:~-]*)")
_LONGEST_ID = 64
_PUNCTUATION = ".:~-"
"""What an id may hold, but hardly ever ends in: behind a mention it belongs to the sentence."""


def check_body(field: str, body: str) -> None:
    """What a comment says: some text, in lines."""
    check_text(field, body, least=1, most=COMMENT_CHARACTERS)


def mentions_in(field: str, body: str) -> tuple[str, ...]:
    """The persons that a text mentions by `@id`, each once, in order.

    Raises:
        Invalid: if there are more than `MOST_MENTIONS`.
    """
    found = (match[1].rstrip(_PUNCTUATION) for match in _MENTION.finditer(body))
    persons = tuple(dict.fromkeys(person for person in found if len(person) <= _LONGEST_ID))
    if len(persons) > MOST_MENTIONS:
        raise Invalid(field, f"may mention {MOST_MENTIONS} persons at most; it mentions {len(persons)}")
    return persons
