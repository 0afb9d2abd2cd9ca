"""What the OpenAPI document says beyond what FastAPI reads off the routes: the hot routes, problems, examples."""

from typing import Any

PROBLEM_SCHEMA = "Problem"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{PROBLEM_SCHEMA}"}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": _PROBLEM}


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: _problem("The query, the path, a header or the JSON can't be read."),
    401: _problem("There is no valid API key."),
    403: _problem("The key's role does not allow this."),
    404: _problem("There is no such thing in this workspace."),
    409: _problem("Closed, or changed by others at the same time."),
    412: _problem("Not at the version that `If-Match` names."),
    413: _problem("More than 8 MiB."),
    415: _problem("A body of another type."),
    422: _problem("A field of the body has a value that it can't have."),
    503: _problem("A part of the service is away or busy: see `Retry-After`."),
}
CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Created."}}
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The same as `If-None-Match` says is known."}}
FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, and the position to go on from.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/FeedPage"}}},
    }
}
