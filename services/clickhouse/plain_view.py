"""A view's text that the front need not look into: views are long, and there are many.

To recognise every word of a text takes the engine five times as long as to read it: a second of processor time for all
the views of an installation.
"""

import re

_VIEW = re.compile(rb"CREATE (?:OR REPLACE )?VIEW ")
# One of these stands in any text that has a word which matters to the front, but where an escape spells it.
_WORDS_THAT_MATTER = re.compile(rb"(?i)file|format|temporary|python|disk|\\")


def is_plain_view(text: bytes) -> bool:
    """Whether a text defines a view, as its only or its first statement, and no word in it matters to the front."""
    return _VIEW.match(text) is not None and _WORDS_THAT_MATTER.search(text) is None
