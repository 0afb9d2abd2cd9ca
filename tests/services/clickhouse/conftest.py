"""A database of its own for every test here, and a plain HTTP client beside the real one."""

import uuid
from collections.abc import Iterator

import clickhouse_connect
import httpx
import pytest
from clickhouse_connect.driver.client import Client


@pytest.fixture
def http(clickhouse_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=clickhouse_url, timeout=60) as client:
        yield client


@pytest.fixture
def database(http: httpx.Client) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex}"
    http.post("/", content=f"CREATE DATABASE {name}").raise_for_status()
    yield name
    http.post("/", content=f"DROP DATABASE {name}").raise_for_status()


@pytest.fixture
def client(clickhouse_url: str, database: str) -> Iterator[Client]:
    with clickhouse_connect.get_client(dsn=clickhouse_url, database=database) as client:
        yield client
