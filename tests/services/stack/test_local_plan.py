"""The table of the local stack's parts, and parts that somebody else runs."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer
from pathlib import Path

import pytest

from services.stack import StackError, StackOptions, up
from services.stack.files import Stack, webhooks_key
from services.stack.local import local_plan
from services.stack.logs import LIMIT_BYTES, last_line, log_path, open_log, trim
from services.stack.part import Part, Plan
from services.stack.ports import free_port
from tests.support.small_part import Ready
from tests.support.small_plans import small_part


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("CLICKHOUSE_URL", raising=False)
    monkeypatch.delenv("GROUNDSWELL_WEBHOOKS_KEYS", raising=False)


def options(data: Path, **ports: int) -> StackOptions:
    return StackOptions(data=data, **{"port": 0, "kafka_port": 0, "clickhouse_port": 0, **ports})


def test_all_are_started_and_told_of_each_other(tmp_path: Path) -> None:
    plan = local_plan(options(tmp_path))
    assert [part.name for part in plan.parts] == ["kafka", "clickhouse", "projector", "sagas", "api"]
    assert not any(part.external for part in plan.parts)
    for part in plan.parts[2:]:
        assert part.needs == (("kafka",) if part.name == "sagas" else ("kafka", "clickhouse"))
        assert part.env["KAFKA_BOOTSTRAP_SERVERS"] == plan.kafka
        assert part.env["CLICKHOUSE_URL"] == plan.clickhouse
        assert part.env["GROUNDSWELL_DATA"] == str(tmp_path)
        assert part.env["GROUNDSWELL_WEBHOOKS_KEYS"] == webhooks_key(tmp_path)
    assert plan.parts[4].health == f"{plan.api}/health/ready"


def test_engines_of_the_environment_are_used_and_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "one.example:9092, two.example:9092")
    monkeypatch.setenv("CLICKHOUSE_URL", "https://me:secret@ch.example:8443/groundswell?secure=1")
    plan = local_plan(options(tmp_path))
    kafka, clickhouse, projector, *_ = plan.parts
    assert (kafka.external, kafka.health) == (True, "tcp://one.example:9092")
    assert (clickhouse.external, clickhouse.health) == (True, "https://me:secret@ch.example:8443/ping")
    assert projector.env["KAFKA_BOOTSTRAP_SERVERS"] == "one.example:9092, two.example:9092"


@pytest.mark.parametrize("given", ["localhost", "host:port"])
def test_a_bootstrap_server_without_a_port_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", given)
    with pytest.raises(StackError, match="KAFKA_BOOTSTRAP_SERVERS must be HOST:PORT"):
        local_plan(options(tmp_path))


@pytest.mark.parametrize(
    ("port", "option"), [("port", "--port"), ("kafka_port", "--kafka-port"), ("clickhouse_port", "--clickhouse-port")]
)
def test_a_port_in_use_names_its_option(tmp_path: Path, engine: int, port: str, option: str) -> None:
    with pytest.raises(StackError, match=rf"in use: .* with {option} "):
        local_plan(options(tmp_path, **{port: engine}))


@pytest.fixture
def engine() -> Iterator[int]:
    """Something that somebody else runs; its port."""
    server = HTTPServer(("127.0.0.1", 0), Ready)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class EnoughError(Exception):
    pass


def with_external(port: int, _: StackOptions) -> Plan:
    engine = Part(name="kafka", health=f"tcp://127.0.0.1:{port}", start_seconds=0.3)
    web = small_part("web", free_port(), needs=("kafka",))
    return Plan(parts=(engine, web), api="http://127.0.0.1:1", clickhouse="http://127.0.0.1:1", kafka="127.0.0.1:1")


async def test_an_external_part_is_waited_for_and_has_no_process(tmp_path: Path, engine: int) -> None:
    async def on_ready(stack: Stack) -> None:
        assert set(stack.pids) == {"supervisor", "web"}
        raise EnoughError

    with pytest.raises(EnoughError):
        await up(options(tmp_path), on_ready, planner=partial(with_external, engine))


async def test_an_external_part_that_is_away_is_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="kafka does not answer at the address in your environment"):
        await up(options(tmp_path), planner=partial(with_external, free_port()))


def test_a_long_log_is_moved_aside_under_its_writer(tmp_path: Path) -> None:
    path = log_path(tmp_path, "part")
    with open_log(tmp_path, "part") as log:
        log.write(b"short\n")
        log.flush()
        trim(tmp_path)
        assert path.read_bytes() == b"short\n"
        log.truncate(LIMIT_BYTES)
        log.write(b"\nlast words\n\n")
        log.flush()
        assert last_line(path) == "last words"
        trim(tmp_path)
        log.write(b"new\n")
    assert path.read_bytes() == b"new\n"
    assert path.with_name("part.log.1").stat().st_size > LIMIT_BYTES
