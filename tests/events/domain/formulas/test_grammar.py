"""What is a formula and what is none: refused with the place, and in the end nothing but our own SQL."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.domain.formulas.builtin import BUILT_IN, built_in
from events.domain.formulas.checking import check
from events.domain.formulas.columns import COLUMNS
from events.domain.formulas.functions import FUNCTIONS
from events.domain.formulas.mistakes import Mistake
from events.domain.formulas.parsing import DEEPEST, MOST_NODES
from events.domain.formulas.tokens import MOST_CHARACTERS
from projections.ranking.compiling import Compiler

REFUSED = [
    ("", 1, "expected a number"),
    ("score +", 8, "not the end"),
    ("score up", 7, "expected an operator or the end"),
    ("score + luck", 9, "there is no column 'luck'"),
    ("score; DROP TABLE votes", 6, "';' is in no formula"),
    ("score -- more", 7, "no comments"),
    ("score /* more */", 7, "no comments"),
    ("score # more", 7, "no comments"),
    ("'score'", 1, '"\'" is in no formula'),
    ('"score"', 1, "is in no formula"),
    ("`score`", 1, "is in no formula"),
    ("(SELECT 1)", 2, "is in no formula"),
    ("(select 1)", 9, "expected ')'"),
    ("{value:Int64}", 1, "is in no formula"),
    ("sleep(3)", 1, "there is no function 'sleep'"),
    ("max(1)", 1, "max takes 2 to 10 values, and has 1"),
    ("if(score > 1, 2)", 1, "if takes 3 values"),
    ("max(1, 2", 9, "expected ',' or ')'"),
    ("score + age", 9, "this is in seconds, and what it is put together with in votes"),
    ("spend.EUR + spend.USD", 13, "this is in USD"),
    ("score > age", 1, "a number, not a condition"),
    ("if(score, 1, 2)", 4, "expected a condition"),
    ("if(score > age, 1, 2)", 12, "this is in seconds"),
    ("sqrt(age)", 6, "sqrt takes plain numbers, not seconds"),
    ("age ^ 1.5", 1, "raised to a whole power"),
    ("2 ^ age", 5, "an exponent is a plain number"),
    ("spend", 1, "say which currency, as in spend.EUR"),
    ("spend.XYZ", 1, "no currency of ISO 4217"),
    ("field", 1, "say which field"),
    ("score.up", 1, "nothing stands behind it"),
    ("segment[a b]", 1, "neither a number nor a name"),
    ("segment[a'--]", 1, "neither a number nor a name"),
    ("highest(highest(up))", 9, "can't stand in another highest"),
    ("round(up, 1.5)", 11, "a whole number from 0 to 9"),
    ("2 miles", 3, "expected an operator or a unit"),
    ("1.", 1, "neither a number nor a name"),
    ("1e40", 1, "a number may be 1e+30 at most"),
    ("Score", 1, "is in no formula"),
    ("score + ½", 9, "is in no formula"),
    ("score\x00", 6, "is in no formula"),
]


@pytest.mark.parametrize(("text", "at", "expected"), REFUSED)
def test_what_is_none_is_refused_with_its_place(text: str, at: int, expected: str) -> None:
    with pytest.raises(Mistake) as refused:
        check(text)
    assert refused.value.at == at
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("score * 2", "votes"),
        ("up + comments", "plain"),
        ("age + 2 hours", "seconds"),
        ("age / 1 hour", "plain"),
        ("spend.EUR + 500 EUR", "EUR"),
        ("max(spend_then.EUR, 0)", "EUR"),
        ("spend.EUR / estimate", "EUR per seconds"),
        ("age ^ 2 / age", "seconds"),
        ("if(not age > 1 week and (up = 1 or down != 1), up, 0)", "votes"),
        ("field.reach * field[time-to-value] - -1 ^ 2", "plain"),
        ("score / highest(score)", "plain"),
        ("segment[big.ones~1] + segment_importance.gold", "plain"),
    ],
)
def test_units_follow(text: str, unit: str) -> None:
    assert str(check(text).unit) == unit


def test_it_is_bounded() -> None:
    check("(" * DEEPEST + "1" + ")" * DEEPEST)
    check("+".join(["1"] * (MOST_NODES // 2)))
    for text, place in (
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), DEEPEST + 1),
        ("-(" * 5000 + "1", MOST_CHARACTERS + 1),
        ("+".join(["1"] * (MOST_NODES // 2 + 1)), MOST_NODES),
        ("abs(" * DEEPEST + "abs(1", 4 * DEEPEST + 4),
        ("1 " * MOST_CHARACTERS, MOST_CHARACTERS + 1),
        ("+".join(f"field.f{number}" for number in range(20)), 12 * 9 + 3),
    ):
        with pytest.raises(Mistake) as refused:
            check(text)
        assert refused.value.at >= place, text[:20]


def test_every_built_in_formula_is_one() -> None:
    for each in BUILT_IN.values():
        assert check(each.expression).columns, each.formula
    rupees = built_in("savio.INR")
    assert rupees is not None
    assert rupees.expression == "spend.INR"
    assert built_in("savio") is built_in("savio.XYZ") is built_in("luck") is None


NAMES = [*COLUMNS, *FUNCTIONS, "if", "and", "or", "not", "field.reach", "spend.EUR", "segment[big-one]", "EUR"]
OTHERS = ["2 hours", "1.5", "0", "1e9", "--", "/*", "SELECT", "now()", "system.tables", "{x:String}"]
PIECES = st.sampled_from([*NAMES, *OTHERS, *"+-*/^(),<>=!'\"`;{}[]. \n\\%#@é"])
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.lists(PIECES, max_size=25).map("".join),
)

OURS = re.compile(
    r"(?:column|bound|greatest|least|ifNull|nullIf|pow|if|abs|toFloat64|sign|sqrt|log|log2|log10|exp|floor|ceil|negate"
    r"|not|max|OVER|AND|OR|0\.5|0\.|1e\+?\d+|[-+*/<>=!(), ])+"
)


@given(TEXTS)
def test_whatever_comes_nothing_of_it_is_in_the_sql(text: str) -> None:
    try:
        checked = check(text)
    except Mistake as mistake:
        place = mistake.at
    else:
        columns = {(column.name, column.key): "column" for column in checked.columns}
        assert OURS.fullmatch(Compiler(columns, lambda _: "bound").sql(checked.tree))
        place = 1
    assert 1 <= place <= len(text) + 1
