"""The words of a text, as search compares them: the same function for what is stored and for what is asked.

Case, accents and compatibility forms (full-width letters, ligatures) make no difference. Scripts that are written
without spaces have no words to split at: there each character and each pair of neighbours is one.
"""

import re
import unicodedata
from collections.abc import Iterator

WORD_CHARACTERS = 40
"""What of a longer word is looked at."""

_SPACELESS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff"  # Hiragana, Katakana
    "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"  # Han
)
_RUNS = re.compile(f"[{_SPACELESS}]+|[^{_SPACELESS}]+")
_SPACELESS_RUN = re.compile(f"[{_SPACELESS}]")


class _Characters(dict[int, str | None]):
    """What becomes of each character of a decomposed text: itself, nothing (an accent), or a gap. Filled as met."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        if unicodedata.combining(character):
            kept = None
        else:
            kept = character if unicodedata.category(character)[0] in "LNM" else " "
        self[code] = kept
        return kept


_CHARACTERS = _Characters()


def words_of(text: str) -> list[str]:
    """The distinct words of a text that is stored, in the order in which they come."""
    return list(dict.fromkeys(word for run in _runs(text) for word in _stored(run)))


def asked_words(text: str) -> list[str]:
    """The distinct words of a text that is asked for: a stored text has all of them if it has the text's words."""
    return list(dict.fromkeys(word for run in _runs(text) for word in _asked(run)))


def searched_words(title: str, body: str) -> tuple[str, tuple[str, ...]]:
    """What is stored of a post to find it by: the words of its title in one text, and those of title and body."""
    in_title = words_of(title)
    return " ".join(in_title), tuple(dict.fromkeys([*in_title, *words_of(body)]))


def _runs(text: str) -> Iterator[str]:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    for word in unicodedata.normalize("NFC", decomposed.translate(_CHARACTERS)).split():
        yield from _RUNS.findall(word)


def _stored(run: str) -> Iterator[str]:
    if _SPACELESS_RUN.match(run) is None:
        yield run[:WORD_CHARACTERS]
        return
    yield from run
    yield from _pairs(run)


def _asked(run: str) -> Iterator[str]:
    if _SPACELESS_RUN.match(run) is None:
        yield run[:WORD_CHARACTERS]
    elif len(run) == 1:
        yield run
    else:
        yield from _pairs(run)


def _pairs(run: str) -> Iterator[str]:
    return (run[index : index + 2] for index in range(len(run) - 1))
