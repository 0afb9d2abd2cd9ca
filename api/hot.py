"""The application with a lane of its own for the hot routes: FastAPI's layers cost more than a vote does."""

import logging
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.failures import problem_of
from api.gate import Gate
from api.routes.batch import ManyVotes
from api.routes.votes import OneVote
from api.services import Services

logger = logging.getLogger(__name__)

_POSTS = "/v1/posts/"


class Application(FastAPI):
    """FastAPI behind the gate. The hot routes are its routes too, but are answered without it."""

    def __init__(self, services: Services, **options: Any) -> None:
        super().__init__(**options)
        self._one, self._many = OneVote(services), ManyVotes(services)
        self.router.routes.append(Route(OneVote.path, self._one, methods=["PUT", "DELETE"]))
        self.router.routes.append(Route(ManyVotes.path, self._many, methods=["POST"]))
        self._gate = Gate(self._pass, services.metrics, services.settings.max_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        await self._gate(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        hot = self._hot(scope)
        if hot is None:
            await super().__call__(scope, receive, send)
            return
        scope["endpoint"] = hot
        try:
            await hot(scope, receive, send)
        except Exception as error:
            problem = problem_of(scope, error)
            if problem.status_code == 500:
                logger.exception("request failed path=%s", scope["path"])
            await problem.response()(scope, receive, send)

    def _hot(self, scope: Scope) -> ASGIApp | None:
        """The hot route of a request, if it is for one."""
        if scope["type"] != "http":
            return None
        method, path = scope["method"], scope["path"]
        if method == "POST":
            return self._many if path == ManyVotes.path else None
        if method in ("PUT", "DELETE") and path.startswith(_POSTS):
            post, votes, person = (*path[len(_POSTS) :].split("/"), "", "", "")[:3]
            if votes == "votes" and post and person and path.count("/") == 5:
                scope["path_params"] = {"post": post, "person": person}
                return self._one
        return None
