"""`/docs`: the OpenAPI document as one plain page, without a script and without anything from the network."""

import json
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

Json = dict[str, Any]

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
h2{margin-top:2.5rem;border-bottom:1px solid #ddd}
summary{cursor:pointer;padding:.3rem 0}
code,pre{font:14px/1.4 ui-monospace,monospace;background:#f4f4f2;border-radius:4px}
code{padding:.1rem .3rem}pre{padding:.6rem;overflow:auto}
.m{display:inline-block;min-width:4.2rem;font-weight:600}
table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}code,pre{background:#2a2a2a}h2{border-color:#444}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def install(app: FastAPI) -> None:
    """Serve the page."""

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return HTMLResponse(_page(app.openapi()), headers={"content-security-policy": _POLICY})


def _page(document: Json) -> str:
    info = document["info"]
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            groups.setdefault(tag, []).append(_operation(document, method, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(items)}" for tag, items in groups.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['description'])}</p>"
        f'<p>The same for machines: <a href="/openapi.json">/openapi.json</a></p>{body}</html>'
    )


def _operation(document: Json, method: str, path: str, operation: Json) -> str:
    rows = "".join(_parameter(parameter) for parameter in operation.get("parameters", []))
    examples = "".join(_example(document, kind, media) for kind, media in _contents(operation.get("requestBody")))
    answers = "".join(
        f"<tr><td><code>{escape(str(status))}</code><td>{escape(answer.get('description', ''))}"
        for status, answer in operation["responses"].items()
    )
    return (
        f'<details><summary><span class="m">{escape(method.upper())}</span> <code>{escape(path)}</code> '
        f"{escape(operation.get('summary', ''))}</summary><p>{escape(operation.get('description', ''))}</p>"
        f"<table>{rows}</table>{examples}<table>{answers}</table></details>"
    )


def _parameter(parameter: Json) -> str:
    schema = parameter.get("schema", {})
    kind = schema.get("type") or "/".join(option.get("type", "") for option in schema.get("anyOf", []))
    return (
        f"<tr><td><code>{escape(parameter['name'])}</code><td>{escape(parameter['in'])}<td>{escape(kind)}"
        f"<td>{escape(parameter.get('description', ''))}"
    )


def _contents(body: Json | None) -> list[tuple[str, Json]]:
    return [] if body is None else list(body["content"].items())


def _example(document: Json, kind: str, media: Json) -> str:
    example = example_of(document, media)
    text = example if isinstance(example, str) else json.dumps(example, indent=2)
    return f"<p>Body, <code>{escape(kind)}</code>:</p><pre>{escape(text)}</pre>"


def example_of(document: Json, media: Json) -> object:
    """The example of a body: its own, or that of the schema that it refers to."""
    if "example" in media:
        return media["example"]
    schema = media.get("schema", {})
    for option in (schema, *schema.get("anyOf", [])):
        reference = option.get("$ref", "")
        resolved = document["components"]["schemas"].get(reference.rpartition("/")[2], option)
        if resolved.get("examples"):
            return resolved["examples"][0]
    return {}
