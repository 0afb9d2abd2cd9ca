"""The page in a real Chromium: it draws, asks for nothing, errs nowhere, and can be read, whatever anybody wrote."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from projections.report import Page as WholePage
from projections.report.page import data
from tests.support.chromium import chromium
from tests.support.decided import WORKSPACE
from tests.support.reported_workspace import HOSTILE

Scheme = Literal["light", "dark"]

DESKTOP, PHONE = 1280, 360
LEAST_CONTRAST = 4.5
"""WCAG 2.2, level AA, for text of usual size."""

CHARTS = ("standing", "changes", "flow", "cycle-time", "roadmap", "forecast", "goals")
_SAID_BY_A_CHART = "() => [...document.querySelectorAll('.chart text')].map(text => text.textContent)"
_WITHOUT_A_DRAWING = """() => [...document.querySelectorAll('.chart')].filter(chart => {
  const marks = chart.querySelectorAll('.mark-area path, .mark-line path, .mark-rect path, .mark-symbol path');
  return ![...marks].some(mark => mark.getBBox().width > 0);
}).map(chart => chart.id)"""
_CONTRASTS = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => {
    const [r, g, b] = numbers(colour).slice(0, 3).map(c => {
      const share = c / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const ground = getComputedStyle(at).backgroundColor;
      if (numbers(ground)[3] !== 0) return ground;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest('script, noscript') || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const drawn = element.namespaceURI.endsWith('svg');
    if (drawn && style.stroke !== 'none' && style.stroke === style.fill) continue;  // a halo, not a text
    const [a, b] = [light(drawn ? style.fill : style.color), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([contrast, element.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


class Seen:
    """A page that is looked at, and what went wrong with it."""

    def __init__(self, shown: Page) -> None:
        self.shown = shown
        self.wrong: list[str] = []
        self.asked: list[str] = []
        shown.on("console", lambda message: self.wrong.append(f"{message.type}: {message.text}"))
        shown.on("pageerror", lambda error: self.wrong.append(str(error)))
        shown.on("request", lambda request: self.asked.append(request.url))


@asynccontextmanager
async def looked_at(browser: Browser, file: Path, width: int, scheme: Scheme) -> AsyncIterator[Seen]:
    context = await browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        seen = Seen(await context.new_page())
        await seen.shown.goto(file.as_uri())
        await seen.shown.wait_for_selector("html[data-drawn]", state="attached")
        yield seen
    finally:
        await context.close()


@pytest.mark.parametrize(("width", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
async def test_every_chart_draws_without_an_error_and_without_the_network(
    browser: Browser, written: Path, width: int, scheme: Scheme
) -> None:
    async with looked_at(browser, written, width, scheme) as seen:
        found = await seen.shown.eval_on_selector_all(".chart", "charts => charts.map(chart => chart.id)")
        assert found == [f"chart-{name}" for name in CHARTS]
        assert await seen.shown.evaluate(_WITHOUT_A_DRAWING) == []
        assert seen.wrong == []
        assert [url for url in seen.asked if not url.startswith("data:")] == [written.as_uri()]


@pytest.mark.parametrize("width", [PHONE, 768])
async def test_a_narrow_page_is_read_without_scrolling_sideways(browser: Browser, written: Path, width: int) -> None:
    async with looked_at(browser, written, width, "light") as seen:
        for folded in await seen.shown.query_selector_all("summary"):
            await folded.click()
        assert await seen.shown.evaluate("document.documentElement.scrollWidth") == width
        wide = "charts => charts.filter(c => c.getBoundingClientRect().right > innerWidth + 0.5).map(c => c.id)"
        assert await seen.shown.eval_on_selector_all(".chart, .chart svg", wide) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read_on_its_ground(browser: Browser, written: Path, scheme: Scheme) -> None:
    async with looked_at(browser, written, DESKTOP, scheme) as seen:
        found = await seen.shown.evaluate(_CONTRASTS)
        assert len(found) > 300
        assert [text for contrast, text in found if contrast < LEAST_CONTRAST] == []


async def test_charts_follow_the_colour_scheme_without_being_drawn_again(browser: Browser, written: Path) -> None:
    fill_of = "path => getComputedStyle(path).fill"
    async with looked_at(browser, written, DESKTOP, "light") as seen:
        mark = seen.shown.locator("#chart-changes .mark-rect path").first
        light = await mark.evaluate(fill_of)
        await seen.shown.emulate_media(color_scheme="dark")
        dark = await mark.evaluate(fill_of)
        await seen.shown.emulate_media(color_scheme="dark", media="print")
        assert light == await mark.evaluate(fill_of) != dark


async def test_what_people_wrote_stays_text(browser: Browser, written: Path) -> None:
    async with looked_at(browser, written, DESKTOP, "light") as seen:
        assert await seen.shown.title() == f"{WORKSPACE}: product report, 24\xa0Nov\xa02026"
        assert await seen.shown.locator("main img, main script, main b").count() == 0
        told = await seen.shown.evaluate("document.querySelector('main').textContent")
        drawn = " ".join(await seen.shown.evaluate(_SAID_BY_A_CHART))
        assert "</script><script>document.title='taken'</script>" in told
        assert "<img src=x onerror=\"document.title='taken'\"> & 'quotes'" in told
        assert "{{ 7*7 }} ${7*7}" in told
        assert not any(steering in told + drawn for steering in "\u202d\u202e\u2066\u2067\u2068\u2069")


async def test_what_the_pointer_is_on_is_told_as_text(browser: Browser, written: Path) -> None:
    async with looked_at(browser, written, DESKTOP, "light") as seen:
        await seen.shown.locator("#chart-roadmap").scroll_into_view_if_needed()
        titles = set()
        for point in await seen.shown.query_selector_all("#chart-roadmap .mark-symbol.role-mark path"):
            await point.hover(force=True)
            titles.add(await seen.shown.locator("#vg-tooltip-element tr:first-child td.value").text_content())
        assert {title for title in HOSTILE if "<" in title} & titles
        assert await seen.shown.locator("#vg-tooltip-element img, #vg-tooltip-element script").count() == 0
        assert seen.wrong == []


def test_the_policy_lets_nothing_in_that_is_not_in_the_page(whole: WholePage) -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in whole.policy.split(";"))
    assert policy["default-src"] == "'none'"
    assert all(re.fullmatch(r"'sha256-[\w+/=]+'", source) for source in policy["script-src"].split())
    assert "unsafe" not in whole.policy
    assert f'content="{whole.policy}"'.replace("'", "&#39;") in whole.html
    assert re.findall(r'(?:src|href)="(?!#)([^"]*)"', whole.html.partition("<script")[0]) == ["data:,"]


def test_json_in_a_script_element_has_nothing_that_html_knows() -> None:
    value = {"title": "</script><!-- & \u2028 \u2029 '\""}
    written = data(value)
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == value
