"""One installation as it would be watched: what its metrics, alerts, log and traces say while parts of it go away.

The tests run in their order, on one house: each leaves it well.
"""

import json
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from projections.clickhouse.schema import GENERATIONS_TABLE
from projections.votes import VotesProjection
from tests.support.api_process import ApiProcess
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import in_own_loop
from tests.support.installation import Installation
from tests.support.kafka import KafkaProcess
from tests.support.live_projector import LiveProjector
from tests.support.local_stack import groundswell
from tests.support.metrics_page import API, PROJECTOR
from tests.support.otlp import Collector, Span
from tests.support.promql import Scraped, Target

ALERTS: dict[str, dict[str, Any]] = {
    rule["alert"]: rule
    for group in yaml.safe_load((Path(__file__).parents[2] / "deploy/prometheus/alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
}
WATCHED = set(ALERTS) - {"GroundswellApiSlow"}  # a quantile is Prometheus' own to work out
UNCONCERNED = {"GroundswellDeadLetters", "GroundswellProjectionRefused", "GroundswellApiErrors", "GroundswellHoles"}
"""What nothing that is away has any part in."""
WAIT_SECONDS = 90.0
MOST_REQUESTS = 4


class House:
    """Kafka, ClickHouse, a projector and an API of our own, both of which trace and log JSON."""

    def __init__(self, kafka: KafkaProcess, data: Path) -> None:
        self.collector = Collector()
        self.front = ClickHouseProcess.start(data / "clickhouse")
        self.installation = Installation(kafka, self.front, data, f"w{uuid.uuid4().hex[:10]}")
        settings = {**self.collector.settings, "GROUNDSWELL_LOG_FORMAT": "json"}
        stalled = {"GROUNDSWELL_PROJECTOR_STALLED_AFTER_SECONDS": 5}
        self.projector: LiveProjector = self.installation.projector(settings={**settings, **stalled})
        self.projector.start()
        self.key = self._make_key()
        bound = {"GROUNDSWELL_API_MAX_REQUESTS": MOST_REQUESTS}
        self.api = ApiProcess(
            self.installation.kafka, self.installation.clickhouse, data, settings={**settings, **bound}
        )
        self.api.start()
        self._make_post()
        self.projector.until(lambda: self.projector.ready()[0] == 200, what="it is ready")

    @property
    def targets(self) -> list[Target]:
        return [
            Target("groundswell-projector", f"http://127.0.0.1:{self.projector.port}"),
            Target("groundswell-api", self.api.url),
        ]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.api.url, headers={"authorization": f"Bearer {self.key}"}, timeout=30)

    def vote(self, person: str, **headers: str) -> int:
        with self.client() as client:
            return client.put(f"/v1/posts/a/votes/{person}", headers=headers).status_code

    def spans(self, trace: str, *names: str) -> dict[str, Span]:
        """The spans of a trace by name, once these have all come: each process sends its own when it likes."""
        found: dict[str, Span] = {}

        def all_there() -> bool:
            found.update({span.name: span for span in self.collector.of_trace(trace)})
            return set(names) <= set(found)

        self.projector.until(all_there, what=f"the spans {names} have come")
        return found

    def firing(self, scraped: Scraped) -> set[str]:
        """The alerts whose expressions are true."""
        return {name for name in WATCHED if scraped.fires(ALERTS[name]["expr"])}

    def until_firing(
        self,
        wanted: set[str],
        meanwhile: Callable[[], object] = lambda: None,
        scraped: Scraped | None = None,
    ) -> set[str]:
        """Scrape until all of these alerts fire; which fire then."""
        scraped = scraped or Scraped(self.targets)
        scraped.scrape()
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            meanwhile()
            scraped.scrape()
            firing = self.firing(scraped)
            if wanted <= firing:
                return firing
            assert time.monotonic() < deadline, f"only {firing} fire, not {wanted - firing}"
            time.sleep(0.2)

    def until_well(self) -> None:
        """Until nothing fires over some moments."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            scraped = Scraped(self.targets)
            scraped.scrape()
            time.sleep(0.2)
            scraped.scrape()
            if not (firing := self.firing(scraped)) and self.projector.lag() == 0:
                return
            assert time.monotonic() < deadline, f"{firing} still fire"

    def append(self, topic: str, value: bytes, partition: int = 0) -> None:
        async def send() -> None:
            producer = AIOKafkaProducer(bootstrap_servers=self.installation.kafka.bootstrap_servers)
            await producer.start()
            await producer.send_and_wait(topic, value, key=b"w/nobody", partition=partition)
            await producer.stop()

        in_own_loop(send())

    def enter_code(self, projection: str, code: int) -> None:
        """Have the live generation's record say that it was built by this code."""
        table = f"{self.installation.clickhouse.database}.{GENERATIONS_TABLE}"
        statement = f"""INSERT INTO {table} SELECT * REPLACE (toUInt32({code}) AS code, version + 1 AS version)
FROM {table} FINAL WHERE projection = '{projection}' AND state = 'live'"""
        httpx.post(self.front.url, content=statement).raise_for_status()

    def status(self) -> "subprocess.CompletedProcess[str]":
        settings = {
            "KAFKA_BOOTSTRAP_SERVERS": self.installation.kafka.bootstrap_servers,
            "GROUNDSWELL_TOPIC_PREFIX": self.installation.kafka.topic_prefix,
            "CLICKHOUSE_URL": self.installation.clickhouse.url,
            "GROUNDSWELL_DATABASE": self.installation.clickhouse.database,
        }
        return groundswell("status", env=settings)

    def _make_key(self) -> str:
        feedback = Feedback(self.installation.kafka, LedgerSettings())
        try:
            return feedback.create_key("watched", "admin")[0].text
        finally:
            feedback.close()

    def _make_post(self) -> None:
        with self.client() as client:
            client.put("/v1/boards/ideas", json={"name": "Ideas"}).raise_for_status()
            client.put("/v1/posts/a", json={"board": "ideas", "title": "A"}).raise_for_status()

    def end(self) -> None:
        self.api.kill()
        self.installation.end()
        self.front.kill()
        self.collector.stop()


@pytest.fixture(scope="module")
def house(fragile_broker: KafkaProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not fragile_broker.running:
        fragile_broker.restart()
    made = House(fragile_broker, tmp_path_factory.mktemp("watched"))
    yield made
    made.end()


# -- while all is well --


def test_one_vote_is_one_trace_from_the_request_to_its_rows(house: House) -> None:
    trace = uuid.uuid4().hex
    assert house.vote("traced", traceparent=f"00-{trace}-00f067aa0ba902b7-01") == 200

    topic = house.installation.topics.ballots
    spans = house.spans(trace, "PUT /v1/posts/{post}/votes/{person}", f"append {topic}", "fold votes", "fold events")
    request, append = spans["PUT /v1/posts/{post}/votes/{person}"], spans[f"append {topic}"]
    assert (request.service, request.parent) == ("groundswell-api", "00f067aa0ba902b7")
    assert request.attributes["http.response.status_code"] == 200
    assert append.parent == request.id
    for projection in ("votes", "events"):
        row = spans[f"fold {projection}"]
        assert (row.service, row.parent) == ("groundswell-projector", append.id)
        assert (row.attributes["groundswell.projection"], row.attributes["groundswell.generation"]) == (projection, 1)
        assert append.began < row.began < row.ended
    assert not [span for span in house.collector.spans if "traced" in repr(span)], "people are in no trace"


def test_a_decision_is_one_trace_too(house: House) -> None:
    trace = uuid.uuid4().hex
    header = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    with house.client() as client:
        client.put("/v1/posts/b", json={"board": "ideas", "title": "B"}, headers=header).raise_for_status()
    topic = house.installation.topics.ledger
    spans = house.spans(trace, "PUT /v1/posts/{post}", f"append {topic}", "fold posts")
    append = spans[f"append {topic}"]
    assert append.parent == spans["PUT /v1/posts/{post}"].id
    assert spans["fold posts"].parent == append.id


def test_a_batch_is_followed_by_the_last_vote_in_each_partition(house: House) -> None:
    trace = uuid.uuid4().hex
    votes = [{"post": "a", "person": f"many-{number}", "value": 1} for number in range(200)]
    header = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    with house.client() as client:
        answer = client.post("/v1/votes:batch", json={"votes": votes}, headers=header)
    assert answer.json()["accepted"] == len(votes)

    def folded() -> list[str]:
        return [span.name for span in house.collector.of_trace(trace) if span.name == "fold votes"]

    house.projector.until(lambda: len(folded()) == 12, what="each partition's span has come")


def test_a_request_without_a_trace_begins_one_and_one_that_is_not_sampled_none(house: House) -> None:
    trace = uuid.uuid4().hex
    assert house.vote("unsampled", traceparent=f"00-{trace}-00f067aa0ba902b7-00") == 200
    assert house.vote("nonsense", traceparent="nonsense") == 200
    begun = {span.trace for span in house.collector.spans}
    assert house.vote("untraced") == 200

    def has_come() -> bool:
        roots = {span.trace for span in house.collector.spans if span.parent == ""}
        folded = {span.trace for span in house.collector.spans if span.name == "fold votes"}
        return bool((roots & folded) - begun)

    house.projector.until(has_come, what="a trace of its own has come")
    assert not house.collector.of_trace(trace)


def test_every_process_shows_exactly_what_is_declared(house: House) -> None:
    for target, declared in zip(house.targets, (PROJECTOR, API), strict=True):
        text = httpx.get(f"{target.url}/metrics").text
        shown = {family.name: family for family in text_string_to_metric_families(text)}
        assert {(family.name, family.type) for family in shown.values()} == {
            (metric.name, metric.kind) for metric in declared
        }
        for metric in declared:
            family = shown[metric.name]
            for sample in family.samples:
                assert sample.name in metric.samples
                assert set(sample.labels) - {"le"} == set(metric.labels)
            if metric.name.startswith("groundswell"):
                assert family.documentation == metric.meaning


def test_nothing_fires_while_all_is_well(house: House) -> None:
    house.until_well()


# -- while something is not --


def sooner(monkeypatch: pytest.MonkeyPatch, alert: str, bound: str, lower: str) -> None:
    """Do not wait as long as Prometheus would."""
    expression = ALERTS[alert]["expr"]
    assert bound in expression
    monkeypatch.setitem(ALERTS[alert], "expr", expression.replace(bound, lower))


def test_dead_letters(house: House) -> None:
    def refuse() -> None:
        house.append(house.installation.topics.ballots, b"rubbish")

    assert house.until_firing({"GroundswellDeadLetters"}, refuse) == {"GroundswellDeadLetters"}
    house.until_well()


def test_clickhouse_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sooner(monkeypatch, "GroundswellProjectorBehind", "> 1000000", "> 0")
    house.front.kill()
    try:

        def use() -> None:
            assert house.vote(uuid.uuid4().hex) == 200, "votes are taken all the same"
            with house.client() as client:
                assert client.get("/v1/ranking").status_code == 503

        wanted = {"GroundswellClickHouseAway", "GroundswellProjectorBehind"}
        assert not house.until_firing(wanted, use) & UNCONCERNED
        house.projector.until(lambda: house.projector.ready()[0] == 503, what="it is no longer ready")
        assert "made no progress" in house.projector.ready()[1]
    finally:
        house.front.restart()
    house.until_well()


def test_a_projector_that_stalls(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sooner(monkeypatch, "GroundswellProjectorStalled", "> 60", "> 3")
    house.front.freeze()
    try:
        assert house.vote(uuid.uuid4().hex) == 200
        assert not house.until_firing({"GroundswellProjectorStalled"}) & UNCONCERNED
    finally:
        house.front.wake()
    house.until_well()


def test_a_projection_of_other_code_is_refused_until_it_is_ours_again(house: House) -> None:
    house.enter_code("votes", 99)
    try:
        assert house.until_firing({"GroundswellProjectionRefused"}) == {"GroundswellProjectionRefused"}
        said = house.status()
        assert said.returncode == 1
        assert "votes is refused" in said.stdout.splitlines()[0]
        assert "groundswell projections rebuild votes" in said.stdout.splitlines()[0]
    finally:
        house.enter_code("votes", VotesProjection.code)
    house.until_well()
    assert house.vote(uuid.uuid4().hex) == 200
    house.projector.until(lambda: house.status().returncode == 0, what="the projection is folded again")


def test_kafka_away(house: House, fragile_broker: KafkaProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    sooner(monkeypatch, "GroundswellKafkaAway", "> 15", "> 6")
    fragile_broker.freeze()
    try:

        def crowd() -> None:
            with ThreadPoolExecutor(2 * MOST_REQUESTS) as threads:
                answers = set(threads.map(house.vote, (uuid.uuid4().hex for _ in range(2 * MOST_REQUESTS))))
            assert answers == {503}

        wanted = {"GroundswellKafkaAway", "GroundswellVotesNotAcknowledged", "GroundswellApiTurnsAway"}
        assert not house.until_firing(wanted, crowd) & UNCONCERNED
    finally:
        fragile_broker.wake()
    house.until_well()


def test_an_api_that_lost_the_ledger_ends_and_does_not_come_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sooner(monkeypatch, "GroundswellRestarts", "> 3", "> 0")
    before = Scraped(house.targets)
    before.scrape()
    house.append(house.installation.topics.ledger, b"rubbish")
    assert house.api.wait() == 1
    said = [line for line in said_by(house.api.log) if line["level"] == "CRITICAL"]
    assert "can't be read by this version" in said[-1]["reason"]
    assert house.until_firing({"GroundswellDown"}) == {"GroundswellDown"}
    house.api.start(wait=False)
    assert house.until_firing({"GroundswellApiWithoutLog", "GroundswellRestarts"}, scraped=before)


# -- what was said meanwhile --


def test_the_logs_were_json_with_positions_and_generations(house: House) -> None:
    projector, api = said_by(house.projector.log), said_by(house.api.log)
    refused = next(line for line in projector if line["event"] == "record refused")
    assert (refused["projection"], refused["topic"]) == ("votes", house.installation.topics.ballots)
    assert isinstance(refused["offset"], int)
    assert {line["service"] for line in projector} == {"projector"}
    assert {line["service"] for line in api} == {"api"}
    assert any("trace_id" in line for line in api), "what a request logs carries its trace"
    assert house.key not in house.api.log.read_text()


def said_by(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()]
