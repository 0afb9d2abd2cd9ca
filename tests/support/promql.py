"""Enough of PromQL to say, without a Prometheus, which of our alerts would fire on what processes really show.

Over a list of scrapes, oldest first: an instant is the last one, a range is all of them, whatever its length. What an
expression needs beyond that raises `NotImplementedError`, so that no alert passes for lack of understanding.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import httpx
import promql_parser as promql
from prometheus_client.parser import text_string_to_metric_families

from tests.support.polling import POLL

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Series = dict[Labels, list[float]]


@dataclass
class Target:
    """What Prometheus would scrape: a job at an address."""

    job: str
    url: str


@dataclass
class Scraped:
    """Scrapes of the same targets, one after another: name -> labels -> value, of each."""

    targets: Sequence[Target]
    scrapes: list[Mapping[str, Vector]] = field(default_factory=list)

    def scrape(self) -> None:
        """Ask every target once more."""
        found: dict[str, Vector] = {"up": {}}
        for target in self.targets:
            own = {"job": target.job, "instance": target.url.partition("//")[2]}
            try:
                text = POLL.get(f"{target.url}/metrics", timeout=5).raise_for_status().text
            except httpx.HTTPError:
                found["up"][frozenset(own.items())] = 0.0
                continue
            found["up"][frozenset(own.items())] = 1.0
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    labels = frozenset({**sample.labels, **own}.items())
                    found.setdefault(sample.name, {})[labels] = sample.value
        self.scrapes.append(found)

    def fires(self, expression: str) -> bool:
        """Whether an alert of this expression would be pending or firing."""
        return bool(self.evaluate(expression))

    def evaluate(self, expression: str) -> Vector:
        """The expression's vector now."""
        value = self._value(promql.parse(expression))
        assert isinstance(value, dict)
        return value

    def _value(self, node: promql.Expr) -> Vector | float:
        match node:
            case promql.NumberLiteral():
                return float(node.val)
            case promql.ParenExpr():
                return self._value(node.expr)
            case promql.VectorSelector():
                return self._selected(node, self.scrapes[-1])
            case promql.AggregateExpr():
                return _aggregated(str(node.op), node.modifier, self._vector(node.expr))
            case promql.Call():
                return self._called(node)
            case promql.BinaryExpr():
                assert node.modifier is None or not node.modifier.matching, "only matching by all labels is known here"
                return _combined(str(node.op), self._value(node.lhs), self._value(node.rhs))
        raise NotImplementedError(type(node).__name__)

    def _vector(self, node: promql.Expr) -> Vector:
        value = self._value(node)
        assert isinstance(value, dict)
        return value

    def _called(self, node: promql.Call) -> Vector:
        of = {
            "increase": lambda values: sum(max(0.0, b - a) for a, b in itertools.pairwise(values)),
            "changes": lambda values: float(sum(a != b for a, b in itertools.pairwise(values))),
        }.get(node.func.name)
        if of is None or not isinstance(node.args[0], promql.MatrixSelector):
            raise NotImplementedError(node.func.name)
        series: Series = {}
        for scrape in self.scrapes:
            for labels, value in self._selected(node.args[0].vector_selector, scrape).items():
                series.setdefault(labels, []).append(value)
        return {labels: of(values) for labels, values in series.items() if len(values) > 1}

    @staticmethod
    def _selected(node: promql.VectorSelector, scrape: Mapping[str, Vector]) -> Vector:
        def matches(labels: Labels) -> bool:
            known = dict(labels)
            return all(_matches(each, known.get(each.name, "")) for each in node.matchers.matchers)

        return {labels: value for labels, value in scrape.get(node.name, {}).items() if matches(labels)}


def expressions(node: promql.Expr) -> Iterator[promql.Expr]:
    """Every expression within one, itself first."""
    found: list[promql.Expr] = []
    promql.walk(node, pre_visit=found.append)
    yield from found


def _matches(matcher: promql.Matcher, value: str) -> bool:
    match matcher.op:
        case promql.MatchOp.Equal:
            return value == matcher.value
        case promql.MatchOp.NotEqual:
            return value != matcher.value
        case promql.MatchOp.Re:
            return re.fullmatch(matcher.value, value) is not None
    return re.fullmatch(matcher.value, value) is None


def _aggregated(operator: str, modifier: promql.AggModifier | None, vector: Vector) -> Vector:
    of: Mapping[str, Callable[[list[float]], float]] = {"sum": sum, "max": max, "min": min}
    by = set(modifier.labels) if modifier is not None else set()
    assert modifier is None or modifier.type == promql.AggModifierType.By
    groups: Series = {}
    for labels, value in vector.items():
        groups.setdefault(frozenset(label for label in labels if label[0] in by), []).append(value)
    return {labels: of[operator](values) for labels, values in groups.items()}


def _combined(operator: str, left: Vector | float, right: Vector | float) -> Vector:
    assert isinstance(left, dict)
    if isinstance(right, float):
        compare: Mapping[str, Callable[[float, float], bool]] = {
            ">": lambda a, b: a > b, "<": lambda a, b: a < b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
        }  # fmt: skip
        return {labels: value for labels, value in left.items() if compare[operator](value, right)}
    match operator:
        case "or":
            return {**right, **left}
        case "and":
            return {labels: value for labels, value in left.items() if labels in right}
        case "*":
            return {labels: value * right[labels] for labels, value in left.items() if labels in right}
    raise NotImplementedError(operator)
