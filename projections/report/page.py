"""The page: one HTML document with everything in it, and a policy that lets nothing else in.

Texts are escaped by the template. Charts go in as JSON in a script element that is data, not a program, in which no
character that HTML knows is left as it is.
"""

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from projections.report.bundle import library
from projections.report.report import Report

_ESCAPED = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"})


class Page(NamedTuple):
    """The document, and the Content-Security-Policy that holds for it (and stands in it, too)."""

    html: str
    policy: str


class _Parts(NamedTuple):
    style: Markup
    library: Markup
    draw: Markup

    @property
    def policy(self) -> str:
        """Only these scripts, and only this style."""
        scripts = f"{_source(self.library)} {_source(self.draw)}"
        return (
            f"default-src 'none'; script-src {scripts}; style-src {_source(self.style)}; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )


def page(report: Report) -> Page:
    """The page of a report.

    Raises:
        RuntimeError: if the charts' library can't be made.
    """
    parts = _parts()
    specs = {chart.name: chart.spec for section in report.sections for chart in section.charts}
    template = _environment().get_template("page.html")
    html = template.render(parts=parts, charts=_trusted(data(specs)), report=report)
    return Page(html, parts.policy)


def _trusted(text: str) -> Markup:
    """Our own words, or what was escaped for where it goes."""
    return Markup(text)  # noqa: S704 - that is what it is for


def data(value: object) -> str:
    """JSON that can stand in a script element: no tag, comment or line can begin or end in it."""
    return msgspec.json.encode(value).decode().translate(_ESCAPED)


@lru_cache(maxsize=1)
def _parts() -> _Parts:
    script = _file("notice.js") + library().replace("</script", "<\\/script")
    return _Parts(*map(_trusted, (_file("style.css"), script, _file("draw.js"))))


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = DictLoader({"page.html": _file("page.html")})
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


def _file(name: str) -> str:
    return files("projections.report").joinpath("templates", name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """How a policy names an element that holds just this."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
