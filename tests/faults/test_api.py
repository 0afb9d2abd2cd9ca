"""What the API acknowledged is counted once, whatever dies: Kafka stopped and killed, the API itself killed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from tests.support.api_process import ApiProcess, WritingClient
from tests.support.installation import Installation

AWAY_SECONDS = 3.0


@pytest.fixture
def api(installation: Installation, tmp_path: Path) -> Iterator[ApiProcess]:
    process = ApiProcess(installation.kafka, installation.clickhouse, tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def key(installation: Installation, api: ApiProcess) -> str:
    """An admin's, in a workspace with a post."""
    feedback = Feedback(installation.kafka, LedgerSettings())
    try:
        text = feedback.create_key("acme", "admin")[0].text
    finally:
        feedback.close()
    with httpx.Client(base_url=api.url, headers={"authorization": f"Bearer {text}"}, timeout=30) as client:
        until(lambda: client.put("/v1/boards/ideas", json={"name": "Ideas"}).is_success, "the key is known")
        client.put("/v1/posts/dark-mode", json={"board": "ideas", "title": "Dark mode"}).raise_for_status()
    return text


def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s until {what}"
        time.sleep(0.05)


def test_every_acknowledged_vote_is_there_once(installation: Installation, api: ApiProcess, key: str) -> None:
    broker, projector = installation.broker, installation.projector()
    projector.start()
    client = WritingClient(api, key, "dark-mode")

    def goes_on() -> None:
        before = len(client.acknowledged)
        until(lambda: len(client.acknowledged) >= before + 100, "votes are taken again")

    try:
        goes_on()
        away: list[tuple[float, float]] = []
        for end in (broker.stop, broker.kill):
            end()
            gone = time.monotonic()
            time.sleep(AWAY_SECONDS)
            away.append((gone, time.monotonic()))
            broker.restart()
            goes_on()
        api.kill()
        api.start()
        goes_on()
    finally:
        client.stop()
    for gone, back in away:
        meanwhile = [each for each in client.answers if gone < each.asked and each.answered < back]
        assert all(each.status == 503 for each in meanwhile), meanwhile
    assert any(each.status == 0 for each in client.answers), "the API was never away"
    assert any(each.status == 503 for each in client.answers), "Kafka was never away"

    installation.catch_up(projector)
    folded = installation.compare()
    votes = [row for row in folded.tables["votes"].values() if row[3]]
    assert {row[2] for row in votes} == client.acknowledged
    counted = [row for row in folded.tables["vote_history"].values() if row[9] != row[10]]
    assert len(counted) == len(client.acknowledged)
