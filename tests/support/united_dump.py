"""The ranking of a dump whose duplicates are merged, computed from its file alone: nothing of ours is imported.

A duplicate counts for what it repeats from its link's date on, or from the day on which both posts are there. The
voters of a group are one set: whoever stands on several of its posts counts once. (Dumps hide them: each row is one.)
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.support.stackexchange_ranking import rows


class Link(NamedTuple):
    at: str
    post: str
    into: str


def links(folder: Path) -> list[Link]:
    """The duplicates that can be merged, in the order of their dates: one of each post, and none in a circle."""
    born = _born(folder)
    said: list[Link] = []
    for row in rows(folder, "PostLinks"):
        if row["LinkTypeId"] == "3" and {row["PostId"], row["RelatedPostId"]} <= born.keys():
            known = max(born[row["PostId"]], born[row["RelatedPostId"]])
            said.append(Link(max(row["CreationDate"], known), row["PostId"], row["RelatedPostId"]))
    found: list[Link] = []
    for link in sorted(said, key=lambda link: (link.at, int(link.post), int(link.into))):
        targets = {each.post: each.into for each in found}
        if link.post not in targets and _root(targets, link.into) != link.post:
            found.append(link)
    return found


def united(folder: Path, as_of: str = "9999-12-31") -> Mapping[str, tuple[int, int]]:
    """Up and down of each post that is not merged at a moment."""
    targets = {link.post: link.into for link in links(folder) if link.at <= as_of}
    voters: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"2": set(), "3": set()})
    for row in rows(folder, "Votes"):
        if row["CreationDate"][:10] <= as_of:
            voters[_root(targets, row["PostId"])].get(row["VoteTypeId"], set()).add(row["Id"])
    return {post: (len(kinds["2"]), len(kinds["3"])) for post, kinds in voters.items()}


def _born(folder: Path) -> dict[str, str]:
    born: dict[str, str] = {}
    for row in rows(folder, "Votes"):
        day, post = row["CreationDate"], row["PostId"]
        born[post] = min(day, born.get(post, day))
    return born


def _root(targets: Mapping[str, str], post: str) -> str:
    while post in targets:
        post = targets[post]
    return post
