"""The teams of the sample: which board is whose, how many hands each has, and what it is like to wait for it."""

from typing import NamedTuple

from services.sample.dice import Urn

TAGS = {"feature": "#2563eb", "polish": "#0d9488", "speed": "#d97706", "trust": "#7c3aed", "bug": "#dc2626"}
"""Kinds of work, and their colours."""


class SampleTeam(NamedTuple):
    """A team: it takes `median` days for most things, `slow` percent of that for one kind of work.

    It believes in `guess` percent of what things take; of a thousand things that it ships, `reopened` come back.
    """

    team: str
    name: str
    board: str
    hands: int
    median: int
    guess: int
    slow: tuple[str, int]
    reopened: int
    liked: Urn
    """How it is rated, from 1 to 5."""
    points: bool = False


_WELL, _MIXED, _BADLY = Urn((1, 2, 8, 30, 40)), Urn((4, 8, 20, 35, 20)), Urn((14, 22, 30, 20, 8))

TEAMS = (
    SampleTeam("planning", "Planning", "planning", 2, 31, 85, ("trust", 100), 110, _WELL),
    SampleTeam("search", "Views and search", "views", 2, 32, 95, ("speed", 50), 120, _WELL),
    SampleTeam("together", "Together", "together", 2, 31, 80, ("polish", 60), 150, _MIXED, points=True),
    SampleTeam("mobile", "Mobile", "mobile", 2, 40, 50, ("feature", 160), 520, _BADLY),
    SampleTeam("integrations", "Integrations", "integrations", 2, 27, 100, ("feature", 70), 90, _WELL),
    SampleTeam("platform", "Platform", "admin", 2, 36, 90, ("trust", 50), 110, _MIXED),
)
