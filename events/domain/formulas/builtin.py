"""The formulas that every workspace has, as data: what the field ranks by, written in our grammar.

docs/rankings.md says where each comes from, and where ours differs on purpose.
"""

from collections.abc import Mapping
from typing import NamedTuple

from events.currencies import CURRENCIES


class BuiltIn(NamedTuple):
    """A formula of ours: its text in the grammar, what it means, and who ranks so."""

    formula: str
    expression: str
    meaning: str
    source: str = ""


SAVIO = "savio"
"""With a currency behind it, as `savio.EUR`."""

_N = "voters"
_P = "up / voters"
_Z = "1.281551565545"
_WILSON = (
    f"if(voters = 0, 0, ({_P} + {_Z} ^ 2 / (2 * {_N}) "
    f"- {_Z} * sqrt({_P} * (1 - {_P}) / {_N} + {_Z} ^ 2 / (4 * {_N} ^ 2))) / (1 + {_Z} ^ 2 / {_N}))"
)
_IMPACT = (
    "if(field.impact = 1, 0.25, if(field.impact = 2, 0.5, if(field.impact = 3, 1, "
    "if(field.impact = 4, 2, if(field.impact = 5, 3, 0)))))"
)

_ALL = (
    BuiltIn("top", "score", "up-votes less down-votes"),
    BuiltIn("trending", "trend", "up-votes that stand, each worth half as much for every seven days since it was cast"),
    BuiltIn("recent", "created", "the newest post first"),
    BuiltIn(
        "fider-trending", "(recent_votes * 5 + recent_comments * 3 - 1) / (age / 1 hour + 2) ^ 1.4",
        "votes and comments of the last 30 days, fading with the post's age; the oldest first among dormant ones",
        "Fider",
    ),
    BuiltIn("fider-most-wanted", "up", "up-votes", "Fider"),
    BuiltIn("most-discussed", "comments", "public comments", "Fider"),
    BuiltIn(
        "astuto-trending", "log10(up + 1) + log10(comments + 1) + created / 45000 seconds",
        "magnitudes of votes and of comments, and when it was created", "Astuto",
    ),
    BuiltIn("quackback-trending", "up / max(1, age / 1 day)", "up-votes a day", "Quackback"),
    BuiltIn(
        "hot", "round(sign(score) * log10(max(abs(score), 1)) + (created - 1134028003 seconds) / 45000 seconds, 7)",
        "the score's magnitude, of which a tenfold is worth twelve and a half hours", "Reddit",
    ),
    BuiltIn(
        "wilson", _WILSON,
        "the lower bound of the share of up-votes that 80 % confidence leaves (Wilson); 0 without votes",
        "Reddit, as confidence",
    ),
    BuiltIn("confidence", _WILSON, "wilson under its other name", "Reddit"),
    BuiltIn(
        "controversy", "voters / max(abs(score), 1)", "many votes, as many up as down", "Reddit",
    ),
    BuiltIn(
        "hacker-news",
        "if(score - 1 > 0, (score - 1) ^ 0.8, score - 1) / ((age / 1 minute + 120) / 60) ^ 1.8",
        "the score, fading with the post's age", "Hacker News",
    ),
    BuiltIn(
        "rice", "field.reach * field.impact * field.confidence / field.effort",
        "reach, impact and confidence for the effort, from the custom fields of these names", "FeatureOS",
    ),
    BuiltIn(
        "eververse-rice", f"round(field.confidence / 100 * field.reach * {_IMPACT} / field.effort)",
        "the same with confidence in percent, and an impact of 1 to 5 that stands for 0.25 to 3", "Eververse",
    ),
    BuiltIn(
        "canny",
        "1000 * (100 * score / highest(score)) * if(field.confidence > 0, field.confidence / 100, 1)"
        " / max(field.effort, 1)",
        "the score in percent of the list's highest, for the effort (1 to 100)", "Canny",
    ),
    BuiltIn("productboard", "importance", "how important it is to each of its up-voters, added up", "Productboard"),
    BuiltIn("savio.EUR", "spend.EUR", "monthly spend in EUR of the distinct companies that asked", "Savio"),
    BuiltIn("savio.USD", "spend.USD", "monthly spend in USD of the distinct companies that asked", "Savio"),
)  # fmt: skip

BUILT_IN: Mapping[str, BuiltIn] = {each.formula: each for each in _ALL}
"""By name. `savio` is there with every currency: see `built_in`."""


def built_in(formula: str) -> BuiltIn | None:
    """A built-in formula by its name; None if there is none."""
    name, _, currency = formula.partition(".")
    if name == SAVIO and currency in CURRENCIES:
        meaning = f"monthly spend in {currency} of the distinct companies that asked"
        return BuiltIn(formula, f"spend.{currency}", meaning, "Savio")
    return BUILT_IN.get(formula)
