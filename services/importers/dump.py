"""What a Stack Exchange dump says: its site, posts, duplicates and votes, as plain data.

Memory grows with the posts (some hundred bytes each), not with the votes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

from events.domain.bounds import BODY_CHARACTERS, TITLE_CHARACTERS
from events.times import Millis, format_time, parse_time
from services.importers.errors import ImportRefused
from services.importers.html_text import one_line, plain_text
from services.importers.progress import Progress
from services.importers.xml_rows import Row, find_dump_file, read_rows

T = TypeVar("T")

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.:~-]+")
_UP, _DOWN = "2", "3"
_DUPLICATE = "3"
_QUESTION_OR_ANSWER = ("1", "2")


class DumpVote(NamedTuple):
    """One up- or down-vote. The dump keeps voters to itself: all that a vote has is the id of its row."""

    row: int
    post: int
    value: Literal[1, -1]
    at: str


class DumpPost(NamedTuple):
    """A post; without `Posts.xml` its title is its number and its date that of its first vote."""

    post: int
    title: str
    body: str
    at: str


class Duplicate(NamedTuple):
    """`post` says the same as `duplicate_of`."""

    post: int
    duplicate_of: int
    at: str


class Dump:
    """A dump's folder: `Votes.xml`, and `PostLinks.xml` and `Posts.xml` where they are there, plain or `.gz`."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        """`ImportRefused` if the folder holds no dump."""
        votes = find_dump_file(folder, "Votes")
        if votes is None:
            raise ImportRefused(f"{folder} holds no Votes.xml or Votes.xml.gz: name the folder of a dump")
        self.site = _site(folder)
        self._votes = votes
        self._links = find_dump_file(folder, "PostLinks")
        self._posts = find_dump_file(folder, "Posts")
        self._progress = progress

    def first_seen(self) -> Mapping[int, Millis]:
        """Each post that any row of `Votes.xml` names, and the day of its first one."""
        seen: dict[int, Millis] = {}
        for post, at in self._read(self._votes, "posts in votes", _seen):
            if at < seen.get(post, at + 1):
                seen[post] = at
        return seen

    def posts(self, seen: Mapping[int, Millis]) -> Iterator[DumpPost]:
        """All posts: those that `Posts.xml` knows, and those that were only `seen`."""
        told: set[int] = set()
        if self._posts is not None:
            for post in self._read(self._posts, "posts", _post):
                if post is not None:
                    told.add(post.post)
                    yield post
        for number in sorted(seen.keys() - told):
            yield DumpPost(number, f"Post {number}", "", format_time(seen[number]))

    def duplicates(self) -> Mapping[int, Duplicate]:
        """What each post is first said to be a duplicate of."""
        duplicates: dict[int, Duplicate] = {}
        for link in self.duplicate_links():
            duplicates.setdefault(link.post, link)
        return duplicates

    def duplicate_links(self) -> Iterator[Duplicate]:
        """Everything that any post is said to be a duplicate of, in the order of the file."""
        if self._links is not None:
            links = self._read(self._links, "duplicates", _duplicate)
            yield from (link for link in links if link is not None)

    def votes(self) -> Iterator[DumpVote]:
        """All up- and down-votes, in the order of the file."""
        return (vote for vote in self._read(self._votes, "votes", _vote) if vote is not None)

    def _read(self, path: Path, what: str, understand: Callable[[Row], T]) -> Iterator[T]:
        """What the rows of a file say.

        Raises:
            ImportRefused: at the first row that lacks something.
        """
        self._progress.begin(what, path.stat().st_size)
        for row in read_rows(path, self._progress):
            try:
                said = understand(row)
            except _BadRowError as error:
                raise ImportRefused(f"{path}: row {row.get('Id', '?')[:40]}: {error}") from error
            yield said


class _BadRowError(ValueError):
    pass


def _site(folder: Path) -> str:
    """The folder's name, as far as an id may hold it."""
    name = _NOT_IN_IDS.sub("-", folder.resolve().name).lstrip("_.:~-")[:64]
    if not name:
        raise ImportRefused(f"{folder} has no name that a board could have: rename the folder to the site's name")
    return name


def _seen(row: Row) -> tuple[int, Millis]:
    return _number(row, "PostId"), _millis(_text(row, "CreationDate"))


def _vote(row: Row) -> DumpVote | None:
    kind = row.get("VoteTypeId")
    if kind not in (_UP, _DOWN):
        return None
    at = _time(_text(row, "CreationDate"))
    return DumpVote(_number(row, "Id"), _number(row, "PostId"), 1 if kind == _UP else -1, at)


def _duplicate(row: Row) -> Duplicate | None:
    if row.get("LinkTypeId") != _DUPLICATE:
        return None
    return Duplicate(_number(row, "PostId"), _number(row, "RelatedPostId"), _time(_text(row, "CreationDate")))


def _post(row: Row) -> DumpPost | None:
    if row.get("PostTypeId") not in _QUESTION_OR_ANSWER:
        return None
    number = _number(row, "Id")
    title = one_line(row.get("Title", ""))[:TITLE_CHARACTERS] or f"Post {number}"
    body = plain_text(row.get("Body", ""), most=BODY_CHARACTERS)
    return DumpPost(number, title, body, _time(_text(row, "CreationDate")))


def _text(row: Row, name: str) -> str:
    try:
        return row[name]
    except KeyError:
        raise _BadRowError(f"has no {name}") from None


def _number(row: Row, name: str) -> int:
    text = _text(row, name)
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _BadRowError(f"{name} {text[:40]!r} is no number")
    return int(text)


@lru_cache(maxsize=8192)
def _millis(text: str) -> Millis:
    """The dump's times are UTC and don't say so."""
    try:
        return parse_time(text if text.endswith("Z") or len(text) == len("2012-01-31") else f"{text}Z")
    except ValueError as error:
        raise _BadRowError(f"{text[:40]!r} is no date") from error


@lru_cache(maxsize=8192)
def _time(text: str) -> str:
    return format_time(_millis(text))
