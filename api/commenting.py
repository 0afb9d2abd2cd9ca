"""Who may see and change which comment."""

import asyncio
from typing import Annotated

from fastapi import Path

from api import problems
from api.parameters import ID
from api.problems import Problem
from api.services import Services
from events.domain.comments.comment import Comment
from events.domain.directory import KeyEntry
from events.domain.originators import originator_of

CommentPath = Annotated[str, Path(pattern=ID, description="The comment's id.", examples=["c-77"])]


async def known_comment(services: Services, key: KeyEntry, comment: str) -> Comment:
    """A comment that this key sees, whoever has written it a moment ago.

    Raises:
        Problem: 404 if there is none, or none for this key: an internal note is not even denied to who can't see it.
    """
    found = await _load(services, key.workspace, comment)
    if found is None:
        await services.directory.catch_up()
        found = await _load(services, key.workspace, comment)
    visible = found is not None and (key.sees_internal or not found.internal)
    if found is None or not visible or services.directory.post(key.workspace, found.post) is None:
        raise Problem.of_field(problems.NOT_FOUND, "comment", f"there is no comment {comment!r}")
    return found


def check_internal(key: KeyEntry, *, wanted: bool) -> None:
    """Raises Problem 403 if internal notes are asked for by a key that does not see them."""
    if wanted and not key.sees_internal:
        raise Problem.of_field(problems.FORBIDDEN, "internal", "this key does not see internal notes")


def check_author(key: KeyEntry, comment: Comment, author: str | None) -> None:
    """A key that only ingests changes comments in the name of their author, whom it must name; an admin's any.

    Raises:
        Problem: 403 if it names nobody or somebody else.
    """
    if key.role != "admin" and author != comment.author:
        message = "name the author of the comment, for whom this is done: nobody else's can be changed with this key"
        raise Problem.of_field(problems.FORBIDDEN, "author", message)


async def _load(services: Services, workspace: str, comment: str) -> Comment | None:
    id = originator_of(workspace, Comment.KIND, comment)
    found = await asyncio.to_thread(services.feedback.load, id)
    assert found is None or isinstance(found, Comment)
    return found
