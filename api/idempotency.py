"""Retries that count once: the `Idempotency-Key` of a request, and the identities that follow from it."""

from starlette.types import Scope

from api import problems
from api.bodies import header
from api.problems import Problem
from events.ids import derived_id, is_event_id

HEADER = "Idempotency-Key"
_HEADER = HEADER.lower().encode()


def idempotency_key(scope: Scope) -> str | None:
    """The request's key, if it has one.

    Raises:
        Problem: 400 if it is not 1 to 128 printable ASCII characters.
    """
    value = header(scope, _HEADER)
    if value is None:
        return None
    text = value.decode("latin-1")
    if is_event_id(text) is None:
        raise Problem.of_field(problems.MALFORMED, HEADER, "must be 1 to 128 printable ASCII characters without spaces")
    return text


def vote_id(workspace: str, key: str, index: int, post: str, person: str) -> str:
    """The event id of the `index`-th vote of a request with this key: always the same for the same request."""
    return derived_id("vote", workspace, key, str(index), post, person)


def commit_id(workspace: str, key: str) -> str:
    """The commit id of a decision that a request with this key asks for."""
    return derived_id("commit", workspace, key)


def post_id(workspace: str, key: str) -> str:
    """The id that we make for the post of a request with this key."""
    return derived_id("post", workspace, key)


def comment_id(workspace: str, key: str) -> str:
    """The id that we make for the comment of a request with this key."""
    return derived_id("comment", workspace, key)


def fact_id(workspace: str, key: str, index: int, kind: str, subject: str) -> str:
    """The event id of the `index`-th thing that a request with this key says of persons or companies."""
    return derived_id("fact", workspace, key, str(index), kind, subject)


def reaction_id(workspace: str, key: str, comment: str, reaction: str, person: str) -> str:
    """The event id of the reaction of a request with this key."""
    return derived_id("reaction", workspace, key, comment, reaction, person)


def rating_id(workspace: str, key: str, post: str, person: str) -> str:
    """The event id of the rating of a request with this key."""
    return derived_id("rating", workspace, key, post, person)
