"""Alerts, dashboard and the page of metrics speak of metrics that there are; every alert has its runbook."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from tests.support.metrics_page import API, PROJECTOR, SAGAS, page
from tests.support.promql import Scraped, expressions

ROOT = Path(__file__).parents[2]
RUNBOOK = ROOT / "docs" / "operations.md"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/groundswell.json").read_text())
ALERTS: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SCRAPED = {"job", "instance"}
METRICS = (*API, *PROJECTOR, *SAGAS)
SAMPLES = {sample: set(metric.labels) for metric in METRICS for sample in metric.samples} | {"up": set()}
BUCKETS = {f"{metric.name}_bucket" for metric in METRICS if metric.kind == "histogram"}


def of_alerts() -> Iterator[tuple[str, str]]:
    for rule in ALERTS:
        yield rule["alert"], rule["expr"]


def of_panels() -> Iterator[tuple[str, str]]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def known_labels(sample: str) -> set[str]:
    return SAMPLES[sample] | SCRAPED | ({"le"} if sample in BUCKETS else set())


@pytest.mark.parametrize(("where", "expression"), [*of_alerts(), *of_panels()])
def test_every_expression_asks_for_what_there_is(where: str, expression: str) -> None:
    parts = list(expressions(promql.parse(expression)))
    selectors = [each for each in parts if isinstance(each, promql.VectorSelector)]
    assert selectors, f"{where} asks for nothing"
    assert {each.name for each in selectors} <= set(SAMPLES)
    for each in selectors:
        assert {matcher.name for matcher in each.matchers.matchers} <= known_labels(each.name)
    for each in parts:
        if isinstance(each, promql.AggregateExpr) and each.modifier is not None:
            within = [part.name for part in expressions(each.expr) if isinstance(part, promql.VectorSelector)]
            assert all(set(each.modifier.labels) <= known_labels(name) for name in within)
        if isinstance(each, promql.Call) and each.func.name in ("rate", "increase"):
            within = [part.name for part in expressions(each) if isinstance(part, promql.VectorSelector)]
            assert all(name.endswith(("_total", "_bucket", "_sum", "_count")) for name in within), "not a counter"


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_every_alert_says_what_is_wrong_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert ROOT / path == RUNBOOK
    assert anchor in anchors()
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert shown <= labels_of(promql.parse(rule["expr"]))


def labels_of(node: promql.Expr) -> set[str]:
    """The labels that an expression's values carry."""
    match node:
        case promql.AggregateExpr():
            return set(node.modifier.labels) if node.modifier is not None else set()
        case promql.BinaryExpr():
            sides = [labels_of(side) for side in (node.lhs, node.rhs) if not isinstance(side, promql.NumberLiteral)]
            return set.intersection(*sides)
        case promql.VectorSelector():
            return known_labels(node.name)
        case promql.Call(func=function) if function.name == "histogram_quantile":
            return labels_of(node.args[1]) - {"le"}
        case promql.Call():
            return labels_of(node.args[0])
        case promql.MatrixSelector():
            return known_labels(node.vector_selector.name)
    raise NotImplementedError(type(node).__name__)


def anchors() -> set[str]:
    """The sections of the runbook, as links name them."""
    titles = re.findall(r"^#+ (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_runbook_speaks_of_every_alert_and_of_no_other() -> None:
    spoken_of = set(re.findall(r"`(Groundswell\w+)`", RUNBOOK.read_text()))
    assert spoken_of == {rule["alert"] for rule in ALERTS}


def test_what_is_scraped_has_the_names_that_alerts_ask_for() -> None:
    scraping = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yaml").read_text())
    jobs = {job["job_name"] for job in scraping["scrape_configs"]}
    assert jobs == {"groundswell-projector", "groundswell-sagas", "groundswell-api"}
    assert scraping["rule_files"] == ["alerts.yaml"]


def test_the_dashboard_is_one() -> None:
    assert {"uid", "title", "schemaVersion", "time", "templating"} <= set(DASHBOARD)
    names = {each["name"]: each["type"] for each in DASHBOARD["templating"]["list"]}
    assert names == {"datasource": "datasource"}
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert all(x < 24 for x, _ in cells)
        assert not taken & cells, f"{panel['title']} lies over another panel"
        taken |= cells
    for panel in PANELS:
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${datasource}"}


def test_every_metric_of_ours_is_on_the_dashboard() -> None:
    shown = " ".join(expression for _, expression in of_panels())
    left_out = {
        metric.name
        for metric in METRICS
        if metric.name.startswith("groundswell") and not any(sample in shown for sample in metric.samples)
    }
    assert not left_out


def test_the_page_of_metrics_is_what_is_declared() -> None:
    made = (ROOT / "docs/metrics.md").read_text()
    assert made == page(), "make it again: python -m tests.support.metrics_page > docs/metrics.md"


@pytest.mark.parametrize(
    ("alert", "sample", "labels", "before", "after"),
    [
        ("GroundswellHoles", "groundswell_projector_holes_total", {}, 1, 4),
        ("GroundswellApiErrors", "groundswell_api_requests_total", {"status": "500", "route": "/v1/x"}, 0, 1),
        ("GroundswellProjectorStalled", "groundswell_projector_progress_age_seconds", {}, 0, 61),
        ("GroundswellProjectorBehind", "groundswell_projector_lag", {"partition": "0"}, 900_000, 1_000_001),
        ("GroundswellKafkaAway", "groundswell_projector_kafka_age_seconds", {}, 0.2, 16),
    ],
)
def test_what_no_test_waits_for_fires_by_its_numbers(
    alert: str, sample: str, labels: dict[str, str], before: float, after: float
) -> None:
    expression = next(rule["expr"] for rule in ALERTS if rule["alert"] == alert)
    series = frozenset({**labels, "job": "j", "instance": "i"}.items())
    still = Scraped([], [{sample: {series: before}}, {sample: {series: before}}])
    assert not still.fires(expression)
    assert Scraped([], [{sample: {series: before}}, {sample: {series: after}}]).fires(expression)
