"""The OpenAPI document: every route is in it, and every example in it works."""

import json
import re
from typing import Any

import httpx

from api.docs_page import example_of
from tests.support.stack import Api

CONTRACT = {
    ("put", "/v1/boards/{board}"),
    ("get", "/v1/boards"),
    ("put", "/v1/boards/{board}/budget"),
    ("get", "/v1/boards/{board}/budget"),
    ("get", "/v1/persons/{person}/budget"),
    ("put", "/v1/posts/{post}"),
    ("post", "/v1/posts"),
    ("get", "/v1/posts"),
    ("get", "/v1/posts/{post}"),
    *(
        ("post", f"/v1/posts/{{post}}:{decision}")
        for decision in (
            "close",
            "reopen",
            "status",
            "archive",
            "unarchive",
            "delete",
            "restore",
            "pin",
            "unpin",
            "move",
            "merge",
            "unmerge",
        )
    ),
    ("put", "/v1/posts/{post}/tags"),
    ("put", "/v1/posts/{post}/fields"),
    ("get", "/v1/posts/{post}/activity"),
    ("get", "/v1/posts/{post}/versions"),
    ("get", "/v1/posts/{post}/versions/{version}"),
    ("put", "/v1/workflow"),
    ("get", "/v1/workflow"),
    ("put", "/v1/tags/{tag}"),
    ("delete", "/v1/tags/{tag}"),
    ("get", "/v1/tags"),
    ("put", "/v1/boards/{board}/fields/{field}"),
    ("delete", "/v1/boards/{board}/fields/{field}"),
    ("get", "/v1/boards/{board}/fields"),
    ("put", "/v1/posts/{post}/votes/{person}"),
    ("delete", "/v1/posts/{post}/votes/{person}"),
    ("post", "/v1/votes:batch"),
    ("get", "/v1/posts/{post}/votes"),
    ("get", "/v1/posts/{post}/history"),
    ("post", "/v1/posts/{post}/comments"),
    ("get", "/v1/posts/{post}/comments"),
    ("get", "/v1/comments/{comment}"),
    ("put", "/v1/comments/{comment}"),
    ("delete", "/v1/comments/{comment}"),
    ("get", "/v1/comments/{comment}/versions"),
    ("post", "/v1/comments/{comment}:answer"),
    ("post", "/v1/comments/{comment}:unanswer"),
    ("put", "/v1/comments/{comment}/reactions/{reaction}/{person}"),
    ("delete", "/v1/comments/{comment}/reactions/{reaction}/{person}"),
    ("get", "/v1/persons/{person}/votes"),
    ("put", "/v1/persons/{person}"),
    ("post", "/v1/persons:batch"),
    ("get", "/v1/persons"),
    ("get", "/v1/persons/{person}"),
    ("delete", "/v1/persons/{person}"),
    ("get", "/v1/persons/{person}/history"),
    ("put", "/v1/companies/{company}"),
    ("get", "/v1/companies"),
    ("get", "/v1/companies/{company}"),
    ("delete", "/v1/companies/{company}"),
    ("get", "/v1/companies/{company}/history"),
    ("put", "/v1/segments/{segment}"),
    ("get", "/v1/segments"),
    ("get", "/v1/segments/{segment}"),
    ("get", "/v1/segments/{segment}/members"),
    ("post", "/v1/segments/{segment}:remove"),
    ("put", "/v1/teams/{team}"),
    ("delete", "/v1/teams/{team}"),
    ("get", "/v1/teams"),
    ("get", "/v1/teams:report"),
    ("get", "/v1/teams/{team}"),
    ("put", "/v1/posts/{post}/estimate"),
    ("delete", "/v1/posts/{post}/estimate"),
    ("get", "/v1/posts/{post}/estimate"),
    ("get", "/v1/posts/{post}/estimates"),
    ("get", "/v1/ranking"),
    ("get", "/v1/ranking/movement"),
    ("post", "/v1/ranking:what-if"),
    ("get", "/v1/posts/{post}/rank-history"),
    ("put", "/v1/formulas/{formula}"),
    ("get", "/v1/formulas"),
    ("get", "/v1/formulas/{formula}"),
    ("get", "/v1/formulas/{formula}/history"),
    ("post", "/v1/formulas/{formula}:remove"),
    ("post", "/v1/formulas:check"),
    ("get", "/v1/metrics"),
    ("get", "/v1/metrics/{metric}"),
    ("get", "/v1/posts/{post}/forecast"),
    ("get", "/v1/roadmaps/{roadmap}/forecast"),
    ("get", "/v1/forecasts/calibration"),
    ("get", "/v1/demand"),
    ("get", "/v1/posts/{post}/demand"),
    ("put", "/v1/roadmaps/{roadmap}"),
    ("get", "/v1/roadmaps"),
    ("get", "/v1/roadmaps/{roadmap}"),
    ("put", "/v1/roadmaps/{roadmap}/items/{post}"),
    ("delete", "/v1/roadmaps/{roadmap}/items/{post}"),
    ("get", "/v1/roadmaps/{roadmap}/revisions"),
    ("get", "/v1/roadmaps/{roadmap}/diff"),
    ("get", "/v1/roadmaps/{roadmap}/revision"),
    ("put", "/v1/goals/{goal}"),
    ("post", "/v1/goals/{goal}:close"),
    ("post", "/v1/goals/{goal}:reopen"),
    ("post", "/v1/goals/{goal}/key-results/{key_result}:measure"),
    ("put", "/v1/goals/{goal}/posts/{post}"),
    ("delete", "/v1/goals/{goal}/posts/{post}"),
    ("get", "/v1/goals"),
    ("get", "/v1/goals:coverage"),
    ("get", "/v1/goals/{goal}"),
    ("get", "/v1/goals/{goal}/posts"),
    ("get", "/v1/goals/{goal}/history"),
    ("get", "/v1/goals/{goal}/key-results/{key_result}/values"),
    ("get", "/v1/search"),
    ("put", "/v1/releases/{release}"),
    ("post", "/v1/releases/{release}:schedule"),
    ("post", "/v1/releases/{release}:publish"),
    ("post", "/v1/releases/{release}:withdraw"),
    ("get", "/v1/releases"),
    ("get", "/v1/releases/{release}"),
    ("get", "/v1/releases/{release}/history"),
    ("put", "/v1/boards/{board}/gate"),
    ("get", "/v1/boards/{board}/gate"),
    ("get", "/v1/boards/{board}/gate/history"),
    ("put", "/v1/posts/{post}/checks/{check}"),
    ("delete", "/v1/posts/{post}/checks/{check}"),
    ("get", "/v1/posts/{post}/checks"),
    ("get", "/v1/posts/{post}/checks/history"),
    ("get", "/v1/open-gates"),
    ("get", "/v1/gate-overrides"),
    ("put", "/v1/posts/{post}/defects/{defect}"),
    ("delete", "/v1/posts/{post}/defects/{defect}"),
    ("get", "/v1/posts/{post}/defects"),
    ("put", "/v1/comments/{comment}/complaint"),
    ("delete", "/v1/comments/{comment}/complaint"),
    ("put", "/v1/posts/{post}/satisfaction/{person}"),
    ("delete", "/v1/posts/{post}/satisfaction/{person}"),
    ("get", "/v1/posts/{post}/satisfaction"),
    ("get", "/v1/persons/{person}/questions"),
    ("get", "/v1/quality"),
    ("get", "/v1/changelog"),
    ("get", "/v1/changelog.atom"),
    ("get", "/report"),
    ("get", "/v1/posts:similar"),
    ("post", "/v1/posts:similar"),
    ("get", "/v1/events"),
    ("put", "/v1/webhooks/{webhook}"),
    ("get", "/v1/webhooks"),
    ("get", "/v1/webhooks/{webhook}"),
    ("delete", "/v1/webhooks/{webhook}"),
    ("post", "/v1/webhooks/{webhook}:rotate"),
    ("post", "/v1/webhooks/{webhook}:replay"),
    ("post", "/v1/webhooks/{webhook}:test"),
    ("get", "/v1/webhooks/{webhook}/deliveries"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
}


async def document_of(api: Api) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=api.url) as client:
        answer = await client.get("/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


async def test_it_names_every_route(api: Api) -> None:
    document = await document_of(api)
    assert {(method, path) for path, item in document["paths"].items() for method in item} == CONTRACT
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation.get("description") or operation.get("summary"), (method, path)
            assert ("security" in operation) == path.startswith(("/v1/", "/report")), (method, path)


async def test_every_reference_leads_somewhere(api: Api) -> None:
    document = await document_of(api)
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"], name


async def test_every_example_works(api: Api) -> None:
    document = await document_of(api)
    tried = 0
    async with await api.client("examples") as client:
        await a_second_post(client)
        for method, path, operation in in_order(document):
            for kind, body in bodies(document, operation):
                answer = await send(client, method, path, operation, kind, body)
                assert answer.status_code in (200, 201), (method, path, answer.text)
                assert str(answer.status_code) in operation["responses"], (method, path)
                check(document, operation, answer)
                tried += 1
    assert tried == len(CONTRACT) + 1  # a batch has two forms


async def a_second_post(client: httpx.AsyncClient) -> None:
    """The one that the example of a merge merges; and the other one was shipped once, so that it can be rated."""
    await client.put("/v1/boards/ideas", json={"name": "Ideas"})
    for post, title in (("night-mode", "A night mode"), ("dark-mode", "A dark mode")):
        answer = await client.put(f"/v1/posts/{post}", json={"board": "ideas", "title": title})
        assert answer.status_code == 201, answer.text
    for status in ("complete", "open"):
        answer = await client.post("/v1/posts/dark-mode:status", json={"status": status})
        assert answer.status_code == 200, answer.text


def in_order(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation as it stands there; what takes something away comes last."""
    operations = [(method, path, each) for path, item in document["paths"].items() for method, each in item.items()]
    return sorted(operations, key=lambda operation: operation[0] == "delete")


async def send(
    client: httpx.AsyncClient, method: str, path: str, operation: dict[str, Any], kind: str | None, body: object
) -> httpx.Response:
    params: dict[str, str] = {}
    for parameter in operation.get("parameters", []):
        example = parameter_example(parameter)
        if parameter["in"] == "path":
            assert isinstance(example, str | int), parameter
            path = path.replace(f"{{{parameter['name']}}}", str(example))
        elif parameter["in"] == "query" and example is not None:
            params[parameter["name"]] = str(example)
    content = None if kind is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    headers = {} if kind is None else {"content-type": kind}
    return await client.request(method, path, params=params, content=content, headers=headers)


def bodies(document: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str | None, object]]:
    if "requestBody" not in operation:
        return [(None, None)]
    found = [(kind, example_of(document, media)) for kind, media in operation["requestBody"]["content"].items()]
    assert all(example is not None for _, example in found)
    return [*found]


def parameter_example(parameter: dict[str, Any]) -> object:
    if "example" in parameter:
        return parameter["example"]
    schema = parameter.get("schema", {})
    return next(iter(schema.get("examples", [])), None)


def check(document: dict[str, Any], operation: dict[str, Any], answer: httpx.Response) -> None:
    """The answer has exactly the fields of its schema."""
    declared = operation["responses"][str(answer.status_code)].get("content", {}).get("application/json")
    if declared is None:
        return
    schema = document["components"]["schemas"][declared["schema"]["$ref"].rpartition("/")[2]]
    body = answer.json()
    assert set(body) == set(schema["properties"])
    items = schema["properties"].get("items")
    if items is not None and body["items"] and "$ref" in items["items"]:
        item = document["components"]["schemas"][items["items"]["$ref"].rpartition("/")[2]]
        assert set(body["items"][0]) == set(item["properties"])


async def test_the_page_needs_nothing_from_elsewhere(api: Api) -> None:
    async with httpx.AsyncClient(base_url=api.url) as client:
        page = await client.get("/docs")
    assert page.status_code == 200
    for path in {path for _, path in CONTRACT}:
        assert path in page.text
    assert "<script" not in page.text
    assert "http://" not in page.text
    assert re.search(r"(src|href|action)=.?https?:", page.text) is None, "it loads nothing from elsewhere"
