"""Reactions and ratings on the wire: their bytes for ever."""

from pathlib import Path

import msgspec
import pytest

from events.reactions import (
    REACTIONS,
    ReactionData,
    ReactionGiven,
    ReactionWithdrawn,
    decode_reaction,
    encode_reaction,
    is_reaction_name,
)
from events.satisfaction import RatingData, SatisfactionRated, SatisfactionWithdrawn

GOLDEN = Path(__file__).parent / "golden"
AT = "2026-01-02T03:04:05.678Z"
EVENTS = {
    "groundswell.reaction.given.v1": ReactionGiven(
        id="0190a8e2-6b1c-7000-8000-000000000003",
        source="acme",
        subject="c-2",
        time=AT,
        data=ReactionData("u~1", "like", internal=True),
    ),
    "groundswell.reaction.withdrawn.v1": ReactionWithdrawn(
        id="tap:43", source="acme", subject="c-1", time=AT, data=ReactionData("u~1", "rocket")
    ),
    "groundswell.satisfaction.rated.v1": SatisfactionRated(
        id="0190a8e2-6b1c-7000-8000-000000000004",
        source="acme",
        subject="dark-mode",
        time=AT,
        data=RatingData("u~1", 4),
    ),
    "groundswell.satisfaction.withdrawn.v1": SatisfactionWithdrawn(
        id="tap:44", source="acme", subject="dark-mode", time=AT, data=RatingData("u~1", 0)
    ),
}


@pytest.mark.parametrize("type", EVENTS)
def test_golden_bytes_read_and_are_what_is_written(type: str) -> None:
    golden = (GOLDEN / f"{type}.json").read_bytes()
    assert decode_reaction(golden) == EVENTS[type]
    assert encode_reaction(EVENTS[type]) == golden


def test_fields_added_later_are_let_pass() -> None:
    newer = msgspec.json.decode((GOLDEN / "groundswell.reaction.given.v1.json").read_bytes())
    newer["data"]["added_later"] = 1
    assert decode_reaction(msgspec.json.encode(newer)) == EVENTS["groundswell.reaction.given.v1"]


def test_all_names_are_names_that_are_read() -> None:
    assert all(map(is_reaction_name, REACTIONS))
    assert not any(map(is_reaction_name, ("", "+1", "Like", "a" * 33, "a\0", "like\n")))
