"""What the people of the sample care for, by what they vote for: who pays much asks for other things than most do."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from events.submission import SubmittedVote


class Taste(NamedTuple):
    """Posts that some people would rather have than others."""

    more: frozenset[str]
    less: frozenset[str]


_EVERYBODY = frozenset({"import-a-plan-from-a-spreadsheet", "comment-on-a-part-of-an-attachment"})
_ON_THE_GO = frozenset({
    "add-a-task-from-the-share-sheet", "time-tracking-from-the-lock-screen", "work-offline-and-catch-up-later",
    "support-phones-that-are-five-years-old", "quiet-hours",
})  # fmt: skip
_GOVERNED = frozenset({
    "audit-log", "custom-roles", "data-stored-in-the-eu", "api-keys-with-fewer-rights",
    "dependencies-between-tasks-on-the-timeline",
})  # fmt: skip

LARGE = Taste(_GOVERNED, _EVERYBODY | _ON_THE_GO)
"""What large customers ask for."""
PHONE = Taste(_ON_THE_GO, _EVERYBODY)
"""What people on a phone ask for."""


def leanings(taste: Taste, votes: Iterable[SubmittedVote]) -> Counter[str]:
    """How many more of one kind than of the other each person votes for; below 0 where it is fewer."""
    found: Counter[str] = Counter()
    for person, post in sorted({(vote.person, vote.post) for vote in votes if vote.value == 1}):
        found[person] += (post in taste.more) - (post in taste.less)
    return found
