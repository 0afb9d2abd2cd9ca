"""Starting, stopping, being killed, and being there twice."""

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError

from tests.support.clickhouse import ClickHouseProcess


@pytest.fixture
def front(tmp_path: Path) -> Iterator[ClickHouseProcess]:
    process = ClickHouseProcess.start(tmp_path / "data")
    yield process
    process.kill()


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services.clickhouse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_acknowledged_blocks_survive_kills(front: ClickHouseProcess) -> None:
    httpx.post(front.url, content="CREATE TABLE t (block UInt64, row UInt64) ORDER BY (block, row)").raise_for_status()
    acknowledged: set[int] = set()
    first = 0
    for _ in range(4):
        stop = threading.Event()
        writers = [
            threading.Thread(target=write, args=(front.url, range(start, 10**9, 3), acknowledged, stop))
            for start in range(first, first + 3)
        ]
        before = len(acknowledged)
        for writer in writers:
            writer.start()
        while len(acknowledged) < before + 12:
            assert any(writer.is_alive() for writer in writers)
        front.kill()
        stop.set()
        for writer in writers:
            writer.join()
        first += 1_000_000
        front.restart()
        found = httpx.post(front.url, content="SELECT block, count(), uniqExact(row) FROM t GROUP BY block").text
        blocks = {int(line.split("\t")[0]): line.split("\t")[1:] for line in found.splitlines()}
        assert acknowledged <= blocks.keys()
        assert all(counts == ["5000", "5000"] for counts in blocks.values()), "a block is torn"
    assert front.stop() == 0


def write(url: str, blocks: range, acknowledged: set[int], stop: threading.Event) -> None:
    try:
        with clickhouse_connect.get_client(dsn=url) as client:
            for block in blocks:
                if stop.is_set():
                    return
                client.insert(
                    "t", [[block] * 5000, list(range(5000))], column_names=["block", "row"], column_oriented=True
                )
                acknowledged.add(block)
    except ClickHouseError:
        return


def test_a_stop_and_a_start_keep_everything(front: ClickHouseProcess) -> None:
    port = front.port
    for text in (
        "CREATE DATABASE g",
        "CREATE TABLE default.t (a UInt8) ORDER BY a",
        "INSERT INTO default.t VALUES (1)",
        "CREATE VIEW g.v AS SELECT * FROM default.t",
    ):
        httpx.post(front.url, content=text).raise_for_status()
    for _ in range(2):
        assert front.stop() == 0
        front.restart()
        assert front.port == port
        assert httpx.post(front.url, content="SELECT sum(a) FROM g.v").text == "1\n"


def test_a_folder_has_one_front(front: ClickHouseProcess) -> None:
    second = run("--path", str(front.path), "--port", "0")
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert f"{front.path} is used by another process" in second.stderr
    assert httpx.get(f"{front.url}/ping").text == "Ok.\n"


def test_a_port_in_use_and_a_foreign_address(front: ClickHouseProcess, tmp_path: Path) -> None:
    second = run("--path", str(tmp_path / "other"), "--port", str(front.port))
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert f"port {front.port}" in second.stderr
    outside = run("--path", str(tmp_path / "other"), "--port", "0", "--host", "0.0.0.0")
    assert (outside.returncode, outside.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count() FROM numbers(1000000000000) WHERE number % 7 = 100",
        "SELECT number FROM numbers(1000000000000)",
        "SELECT sleepEachRow(1) FROM numbers(1000) SETTINGS max_block_size = 1",
    ],
)
def test_term_stops_it_with_a_query_in_flight(front: ClickHouseProcess, query: str) -> None:
    def ask() -> None:
        try:
            with httpx.stream("POST", front.url, content=query, timeout=60) as answer:
                for _ in answer.iter_raw():
                    pass
        except httpx.HTTPError:
            return

    thread = threading.Thread(target=ask)
    thread.start()
    count = "SELECT count() FROM system.processes"
    while httpx.post(front.url, content=count).text != "2\n":
        assert thread.is_alive()
    assert front.stop() == 0
    thread.join()


def test_a_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_PASSWORD", "s3cret:é")
    front = ClickHouseProcess.start(tmp_path / "data")
    basic = base64.b64encode("default:s3cret:é".encode()).decode()
    good: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {"Authorization": f"Basic {basic}"}),
        ({"user": "default", "password": "s3cret:é"}, {}),
    ]
    wrong: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"user": "default", "password": "guess"}, {}),
        ({}, {"X-ClickHouse-User": "default", "X-ClickHouse-Key": "guess"}),
        ({}, {"X-ClickHouse-User": "root", "X-ClickHouse-Key": "s3cret"}),
        ({}, {"Authorization": "Basic nonsense"}),
    ]
    try:
        for params, headers in good:
            assert httpx.post(front.url, params=params, headers=headers, content="SELECT 1").text == "1\n"
        for params, headers in wrong:
            answer = httpx.post(front.url, params=params, headers=headers, content="SELECT 1")
            assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (403, "516")
            assert "AUTHENTICATION_FAILED" in answer.text
        assert httpx.get(f"{front.url}/ping").text == "Ok.\n"
    finally:
        front.stop()
    assert os.path.exists(front.path)
