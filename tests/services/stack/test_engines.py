"""Kafka and ClickHouse as the local stack starts them, together."""

import os
import signal
from pathlib import Path

import clickhouse_connect
import pytest

from services.stack import StackOptions, down, status, up_detached
from tests.support.small_plans import engines


def test_tables_outlive_a_kill_of_the_supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.delenv("CLICKHOUSE_URL", raising=False)
    options = StackOptions(data=tmp_path / "data", port=0, kafka_port=0, clickhouse_port=0)
    try:
        stack = up_detached(options, planner=engines)
        with clickhouse_connect.get_client(dsn=stack.clickhouse) as client:
            client.command("CREATE DATABASE kept")
            client.command("CREATE TABLE kept.t (x Int32) ENGINE = MergeTree ORDER BY x")
            client.insert("kept.t", [[1], [2]], column_names=["x"])
        os.kill(stack.pids["supervisor"], signal.SIGKILL)
        stack = up_detached(options, planner=engines)
        with clickhouse_connect.get_client(dsn=stack.clickhouse) as client:
            assert client.query("SELECT sum(x) FROM kept.t").result_rows == [(3,)]
        assert {part.name: part.health for part in status(options.data)} == dict.fromkeys(
            ("supervisor", "kafka", "clickhouse"), "ok"
        )
    finally:
        down(options.data)
