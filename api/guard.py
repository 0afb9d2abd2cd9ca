"""Before a route reads anything: the key and its role, the body's type and length, and no unknown query parameter."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Header
from fastapi.openapi.models import HTTPBase
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from api import problems
from api.auth import check_sees_internal
from api.bodies import bounded_receive, media_type
from api.problems import Problem
from api.services import Services
from events.domain.directory import KeyEntry
from events.domain.keys import Role

_KEY = "groundswell.key"
_bearer = HTTPBearer(auto_error=False, description="An API key; it names the workspace.", scheme_name="key")


class _Password(SecurityBase):
    """The document's word for a key as a password; the guard is who looks at it."""

    scheme_name = "password"
    model = HTTPBase(scheme="basic", description="An API key as the password, with any user name: for feed readers.")

    async def __call__(self) -> None:
        """Nothing is left to look at."""


class _GuardedRoute(APIRoute):
    """A route for keys of at least one role."""

    role: ClassVar[Role]
    basic: ClassVar[bool] = False
    """Whether the key may also come as the password of HTTP Basic authentication."""
    internal: ClassVar[bool] = False
    """Whether the key must be one that sees what is internal."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, behind the guard."""
        inner = super().get_route_handler()
        takes_query = bool(self.dependant.query_params)
        takes_body = self.body_field is not None

        async def guarded(request: Request) -> Response:
            services: Services = request.app.state.services
            scope = request.scope
            scope[_KEY] = key = await services.keys.authenticate(scope, self.role, basic=self.basic)
            if self.internal:
                check_sees_internal(key, "this is internal: it is")
            if not takes_query:
                refuse_query(scope)
            if not takes_body:
                return await inner(request)
            media_type(scope)
            receive = bounded_receive(scope, request.receive, services.settings.max_body_bytes)
            return await inner(Request(scope, receive))

        return guarded


class _ReadRoute(_GuardedRoute):
    role = "read"


class _FeedRoute(_ReadRoute):
    basic = True


class _InternalRoute(_ReadRoute):
    internal = True


class _PageRoute(_InternalRoute):
    basic = True


class _IngestRoute(_GuardedRoute):
    role = "ingest"


class _AdminRoute(_GuardedRoute):
    role = "admin"


def read_router(tag: str) -> APIRouter:
    """For routes that any key may use."""
    return APIRouter(route_class=_ReadRoute, tags=[tag], dependencies=[Depends(_bearer)])


def internal_router(tag: str) -> APIRouter:
    """For routes that keys of role admin may use, and those made with `--internal`: what a product manager looks at."""
    return APIRouter(route_class=_InternalRoute, tags=[tag], dependencies=[Depends(_bearer)])


def feed_router(tag: str) -> APIRouter:
    """For routes that any key may use, and that feed readers ask, which know HTTP Basic authentication at best."""
    return APIRouter(route_class=_FeedRoute, tags=[tag], dependencies=[Depends(_bearer), Depends(_Password())])


def page_router(tag: str) -> APIRouter:
    """For pages of what is internal, that a browser shows: the key is the password that it asks for."""
    return APIRouter(route_class=_PageRoute, tags=[tag], dependencies=[Depends(_bearer), Depends(_Password())])


def ingest_router(tag: str) -> APIRouter:
    """For routes that need a key of role ingest or admin."""
    return APIRouter(route_class=_IngestRoute, tags=[tag], dependencies=[Depends(_bearer)])


def admin_router(tag: str) -> APIRouter:
    """For routes that need a key of role admin."""
    return APIRouter(route_class=_AdminRoute, tags=[tag], dependencies=[Depends(_bearer), Depends(_decision_headers)])


def refuse_query(scope: Scope, allowed: tuple[str, ...] = ()) -> dict[str, str]:
    """The query parameters of a route that knows these names.

    Raises:
        Problem: 400 naming any other.
    """
    if not scope["query_string"]:
        return {}
    found = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="strict"))
    for name in found:
        if name not in allowed:
            raise Problem.of_field(problems.MALFORMED, name[:64], "there is no such query parameter here")
    return found


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _key(request: Request) -> KeyEntry:
    key: KeyEntry = request.scope[_KEY]
    return key


def _decision_headers(
    if_match: Annotated[str | None, Header(description="The `ETag` at which the thing must be, else 412.")] = None,
    idempotency_key: Annotated[
        str | None, Header(description="The same key again is the same request: it is carried out once.")
    ] = None,
    x_groundswell_actor: Annotated[
        str | None,
        Header(
            description="Who decides: an id or a label, never an e-mail address. Without it, the key's label or its id."
        ),
    ] = None,
) -> None:
    """What every decision may carry. `api.commands` reads it; here it is for those who read the documentation."""


ServicesOf = Annotated[Services, Depends(_services)]
KeyOf = Annotated[KeyEntry, Depends(_key)]
