"""Errors as problem documents (RFC 9457): the one form in which this service says no."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from starlette.exceptions import HTTPException
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its status, the last part of its `type`, and its title."""

    status: int
    slug: str
    title: str


MALFORMED = Kind(400, "malformed", "The request can't be read as it stands")
UNAUTHENTICATED = Kind(401, "unauthenticated", "A valid API key is needed")
FORBIDDEN = Kind(403, "forbidden", "The API key's role does not allow this")
NOT_FOUND = Kind(404, "not-found", "There is no such thing in this workspace")
NO_ROUTE = Kind(404, "no-route", "There is nothing at this address")
NO_METHOD = Kind(405, "no-method", "This address does not take that method")
CLOSED = Kind(409, "closed", "The post takes no votes")
STATE = Kind(409, "state", "The thing does not take this as it stands")
CONFLICT = Kind(409, "conflict", "Others changed the same thing at the same time")
VERSION = Kind(412, "version", "The thing is not at the version that If-Match names")
TOO_LARGE = Kind(413, "too-large", "The request is too large")
MEDIA = Kind(415, "media-type", "The body is of a type that is not read here")
INVALID = Kind(422, "invalid", "A field has a value that it can't have")
KEY_REUSED = Kind(422, "key-reused", "The Idempotency-Key was used for another request")
INTERNAL = Kind(500, "internal", "Something went wrong on our side")
AWAY = Kind(503, "away", "A part of the service is away")
BUSY = Kind(503, "busy", "Too much is under way")
UNKNOWN_OUTCOME = Kind(503, "outcome-unknown", "It is not known whether this was recorded")
BEHIND = Kind(503, "behind", "The view has not come that far yet")


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with which field of the body, the query, the path or the headers."""

    field: str
    message: str


class ChangedSince(msgspec.Struct, frozen=True):
    """A decision that was made since the version that the caller knows: what, by whom, when, and why."""

    version: int
    line: str
    actor: str | None
    at: str
    reason: str | None


class ProblemDocument(msgspec.Struct, frozen=True):
    """What went wrong: `type` names the kind, `detail` this occurrence, `errors` the fields.

    `changes` says what others decided meanwhile, where that is what is in the way, the last first.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[FieldError, ...] = ()
    version: int | msgspec.UnsetType = msgspec.UNSET
    """At which version the thing is, where a request expected another one."""
    changes: tuple[ChangedSince, ...] | msgspec.UnsetType = msgspec.UNSET


class Problem(HTTPException):
    """Raised anywhere under a route; answered as a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        version: int | None = None,
        changes: Iterable[ChangedSince] = (),
    ) -> None:
        super().__init__(kind.status, detail, headers)
        self.kind = kind
        self.errors = tuple(errors)
        self.version = version
        self.changes = tuple(changes)

    @classmethod
    def of_field(cls, kind: Kind, field: str, message: str) -> "Problem":
        """A problem with one field."""
        return cls(kind, f"{field}: {message}", errors=[FieldError(field, message)])

    @classmethod
    def retry(cls, kind: Kind, detail: str, seconds: int = 1) -> "Problem":
        """A problem that time heals."""
        return cls(kind, detail, headers={"retry-after": str(seconds)})

    def response(self) -> Response:
        """The answer."""
        kind = self.kind
        document = ProblemDocument(
            f"urn:groundswell:problem:{kind.slug}", kind.title, kind.status, self.detail, self.errors,
            msgspec.UNSET if self.version is None else self.version, self.changes if self.changes else msgspec.UNSET,
        )  # fmt: skip
        headers = {"cache-control": "no-store", **(self.headers or {})}
        return Response(msgspec.json.encode(document), kind.status, headers, MEDIA_TYPE)
