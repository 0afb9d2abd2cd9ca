"""The words of a text, as search compares them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.search.words import WORD_CHARACTERS, asked_words, searched_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dark mode, DARK themes!", ["dark", "mode", "themes"]),
        ("Größe des Cafés (ﬁnal)", ["grosse", "des", "cafes", "final"]),
        ("snake_case it's 3.5", ["snake", "case", "it", "s", "3", "5"]),
        ("Тёмная тема", ["темная", "тема"]),
        ("한국어 검색", ["한국어", "검색"]),
        ("\uff26\uff55\uff4c\uff4c \uff8a\uff9d", ["full", "ハ", "ン", "ハン"]),
        ("日本語", ["日", "本", "語", "日本", "本語"]),
        ("csv出力", ["csv", "出", "力", "出力"]),
        ("", []),
        ("?! \x00\n", []),
        ("x" * 100, ["x" * WORD_CHARACTERS]),
    ],
)
def test_the_words_of_a_stored_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_scripts_without_spaces_are_asked_for_by_pairs() -> None:
    assert asked_words("日本語") == ["日本", "本語"]
    assert asked_words("語") == ["語"]


def test_a_post_s_words_begin_with_its_title_s() -> None:
    assert searched_words("Dark mode", "A mode that is dark at night") == (
        "dark mode",
        ("dark", "mode", "a", "that", "is", "at", "night"),
    )


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=60))
def test_what_is_written_is_found(before: str, asked: str, after: str) -> None:
    """Whatever stands around it, as long as it stands apart."""
    stored = set(words_of(f"{before} {asked} {after}"))
    assert set(asked_words(asked)) <= stored
    assert set(asked_words(asked.upper())) <= set(words_of(asked.upper()))


@given(st.text(max_size=60))
def test_no_word_has_anything_but_letters_marks_and_digits(text: str) -> None:
    assert all(word and " " not in word and "'" not in word and "\x00" not in word for word in words_of(text))
