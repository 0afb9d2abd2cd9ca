"""The OpenAPI document: FastAPI's own, completed by the hot routes, which FastAPI does not look into."""

from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.decoding import BatchBody
from api.openapi import PROBLEM_SCHEMA, PROBLEMS
from api.parameters import ID
from api.problems import ProblemDocument
from api.routes import batch, votes
from api.routes.batch import BatchAnswer
from api.routes.feed import FeedPage
from api.routes.votes import VoteAnswer, VoteBody, Withdrawal

Json = dict[str, Any]

_VOTES = [
    {"post": "dark-mode", "person": "p-1042", "value": 1, "importance": 3},
    {"post": "dark-mode", "person": "p-7", "value": -1, "at": "2026-01-31T12:00:00Z", "id": "imported-77"},
    {"post": "dark-mode", "person": "p-8", "value": 0},
]
_BATCH = {"votes": _VOTES}
_LINES = "\n".join(msgspec.json.encode(vote).decode() for vote in _VOTES) + "\n"


def install(app: FastAPI) -> None:
    """Have the application serve the completed document."""

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def _complete(app: FastAPI) -> Json:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    hot = {votes.PATH: {"put": _put_vote(), "delete": _delete_vote()}, batch.PATH: {"post": _batch()}}
    paths: Json = {}
    for path, operations in document["paths"].items():
        paths[path] = operations
        if path == "/v1/posts/{post}:reopen":  # after posts and before what reads votes, for whoever tries one by one
            paths |= hot
    document["paths"] = paths
    structs = (VoteBody, Withdrawal, VoteAnswer, BatchAnswer, BatchBody, FeedPage, ProblemDocument)
    _, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    components[PROBLEM_SCHEMA] = components.pop(ProblemDocument.__name__)
    document["components"]["schemas"] |= components
    _drop_default_validation_errors(document)
    return document


def _drop_default_validation_errors(document: Json) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)


def _operation(name: str, summary: str, description: str, answer: type, parameters: list[Json]) -> Json:
    schema = {"$ref": f"#/components/schemas/{answer.__name__}"}
    done = {"description": "Acknowledged by the log.", "content": {"application/json": {"schema": schema}}}
    return {
        "tags": ["votes"],
        "summary": summary,
        "description": description,
        "operationId": name,
        "parameters": [*parameters, _IDEMPOTENCY],
        "responses": {"200": done, **{str(status): answer for status, answer in PROBLEMS.items() if status != 412}},
        "security": [{"key": []}],
    }


def _body(schema: type, example: Json, **others: Json) -> Json:
    content = {"schema": {"$ref": f"#/components/schemas/{schema.__name__}"}, "example": example}
    return {"content": {"application/json": content, **others}}


def _parameter(where: str, name: str, example: str | None, description: str) -> Json:
    schema = {"type": "string"} | ({"pattern": ID} if where == "path" else {})
    parameter: Json = {"name": name, "in": where, "required": where == "path", "schema": schema}
    return parameter | {"description": description} | ({} if example is None else {"example": example})


_IDEMPOTENCY = _parameter("header", "Idempotency-Key", None, "The same key again is the same request: it counts once.")
_PATH = [
    _parameter("path", "post", "dark-mode", "The post's id."),
    _parameter("path", "person", "p-1042", "The person's pseudonymous id."),
]


def _put_vote() -> Json:
    operation = _operation(
        "put_vote", "Vote", "Have this person stand on this post: set, never toggled.", VoteAnswer, _PATH
    )
    return operation | {"requestBody": _body(VoteBody, {"value": 1, "importance": 2})}


def _delete_vote() -> Json:
    query = [
        _parameter("query", "at", None, "When it happened (default: now)."),
        _parameter("query", "id", None, "The event's identity."),
        _parameter("query", "by", None, "Who does it for them."),
    ]
    operation = _operation(
        "delete_vote",
        "Withdraw a vote",
        "Have this person no longer stand on this post. The fields may come in the query or in a JSON body.",
        VoteAnswer,
        [*_PATH, *query],
    )
    return operation | {"requestBody": _body(Withdrawal, {})}


def _batch() -> Json:
    operation = _operation(
        "post_votes",
        "Vote many times",
        "At most 10,000 votes, as JSON or as NDJSON with one vote a line; `value` 0 withdraws. The good ones are on "
        "the log whatever the bad ones were; those are named by their index.",
        BatchAnswer,
        [],
    )
    lines: Json = {"schema": {"type": "string"}, "example": _LINES}
    body = _body(BatchBody, _BATCH, **{"application/x-ndjson": lines}) | {"required": True}
    return operation | {"requestBody": body}
