"""Who votes in the sample: some thousands, a few of them often."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import DAY, Millis
from services.sample.calendar import BEGIN
from services.sample.dice import Dice, Urn

COUNT = 4200
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


class Person(NamedTuple):
    """A pseudonym, and since when that person has an account."""

    id: str
    joined: Millis


class People:
    """All persons of the sample."""

    def __init__(self, dice: Dice) -> None:
        self._people = [Person(id, _joined(dice)) for id in _pseudonyms(dice)]
        self._urn = Urn([10_000 // (60 + place) + 3 for place in range(COUNT)])

    @property
    def all(self) -> Sequence[Person]:
        """Every one of them."""
        return self._people

    def author(self, dice: Dice) -> Person:
        """Somebody who writes posts."""
        return self._people[dice.below(COUNT // 4)]

    def voters(self, dice: Dice, count: int) -> list[Person]:
        """So many different persons, in no order; those who vote often are among them oftener."""
        drawn: dict[int, Person] = {}
        while len(drawn) < count:
            place = self._urn.draw(dice)
            drawn[place] = self._people[place]
        return list(drawn.values())


def _pseudonyms(dice: Dice) -> list[str]:
    ids: dict[str, None] = {}
    while len(ids) < COUNT:
        ids["u-" + "".join(_LETTERS[dice.below(len(_LETTERS))] for _ in range(6))] = None
    return list(ids)


def _joined(dice: Dice) -> Millis:
    """Half of them were there before the sample begins."""
    return BEGIN if dice.chance(500) else BEGIN + dice.below(340) * DAY
