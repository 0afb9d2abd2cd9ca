"""TLS, certificates both ways, and SCRAM: the whole path over them, and what a wrong one is told."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from events.ballots import partition_of
from events.domain.application import Feedback
from events.ledger.settings import LedgerSettings
from events.log.appender import Appender
from events.log.opening import LogRefused, open_log
from events.log.reader import end_offsets, read
from events.position import Partition
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from tests.support.api_process import ApiProcess
from tests.support.clickhouse import ClickHouseProcess
from tests.support.installation import Installation
from tests.support.installed import borrowed
from tests.support.kafka import environment
from tests.support.live_projector import LiveProjector
from tests.support.log import vote
from tests.support.secure_kafka import SecureKafka

NOWHERE = ClickHouseSettings(url="http://127.0.0.1:1")
REFUSED = "does not let the user 'groundswell' in by SCRAM-SHA-512"


def new_name() -> str:
    return f"s{uuid.uuid4().hex[:10]}"


def ways_in(kafka: SecureKafka, prefix: str) -> Mapping[str, KafkaSettings]:
    return {
        "certificate": kafka.by_certificate(prefix),
        "SCRAM-SHA-256": kafka.by_password(prefix, "SCRAM-SHA-256"),
        "SCRAM-SHA-512": kafka.by_password(prefix, "SCRAM-SHA-512"),
        "SCRAM-SHA-512 in the clear": kafka.by_password(prefix, "SCRAM-SHA-512", encrypted=False),
    }


def wrong_ways(kafka: SecureKafka) -> Mapping[str, tuple[KafkaSettings, str]]:
    """Settings that a broker refuses, and what that is told as."""
    good, certificates = kafka.by_password(new_name(), "SCRAM-SHA-512"), kafka.certificates
    return {
        "password": (good.model_copy(update={"sasl_password": SecretStr("wrong")}), REFUSED),
        "user": (good.model_copy(update={"sasl_username": "nobody"}), "does not let the user 'nobody' in"),
        "mechanism": (good.model_copy(update={"sasl_mechanism": "PLAIN"}), "does not take PLAIN here"),
        "authority": (good.model_copy(update={"ssl_cafile": str(certificates.other_authority)}), "can't trust"),
    }


@pytest.mark.parametrize("way", ["certificate", "SCRAM-SHA-256", "SCRAM-SHA-512", "SCRAM-SHA-512 in the clear"])
async def test_what_is_appended_is_read_back(secure_kafka: SecureKafka, way: str) -> None:
    settings = ways_in(secure_kafka, new_name())[way]
    topics = await open_log(settings, wait_seconds=60)
    record = vote(1)
    place = Partition(topics.ballots, partition_of(record.key, topics.count(topics.ballots)))
    appender = Appender(settings, topics.ballots, topics.count(topics.ballots))
    await appender.start()
    try:
        await appender.append([(place.partition, [record])])
    finally:
        await appender.stop()
    batches = [batch async for batch in read(settings, {place: 0}, await end_offsets(settings, [place]))]
    assert [value for batch in batches for value in batch.values] == [record.value]


def test_the_whole_path(secure_kafka: SecureKafka, clickhouse: ClickHouseProcess, tmp_path: Path) -> None:
    """API, ledger and projector as processes of their own, by a password over TLS."""
    name = new_name()
    settings = secure_kafka.by_password(name, "SCRAM-SHA-512")
    with borrowed(clickhouse.url) as database:
        installation = Installation(
            secure_kafka.process, clickhouse, tmp_path, name, settings=settings, database=database
        )
        a_vote_goes_through(installation, settings, tmp_path)


def a_vote_goes_through(installation: Installation, settings: KafkaSettings, tmp_path: Path) -> None:
    api, projector = ApiProcess(settings, installation.clickhouse, tmp_path), installation.projector()
    try:
        projector.start()
        api.start()
        feedback = Feedback(settings, LedgerSettings())
        try:
            key = feedback.create_key("acme", "admin")[0].text
        finally:
            feedback.close()
        with httpx.Client(base_url=api.url, headers={"authorization": f"Bearer {key}"}, timeout=30) as client:
            projector.until(
                lambda: client.put("/v1/boards/ideas", json={"name": "Ideas"}).is_success, what="the key is known"
            )
            client.put("/v1/posts/dark-mode", json={"board": "ideas", "title": "Dark mode"}).raise_for_status()
            client.put("/v1/posts/dark-mode/votes/ann", json={}).raise_for_status()
            installation.catch_up(projector)
            assert [each["up"] for each in client.get("/v1/ranking").json()["items"]] == [1]
        installation.compare()
    finally:
        api.kill()
        installation.end()


@pytest.mark.parametrize("wrong", ["password", "user", "mechanism", "authority"])
async def test_a_refusal_is_no_absence(secure_kafka: SecureKafka, wrong: str) -> None:
    settings, told = wrong_ways(secure_kafka)[wrong]
    with pytest.raises(LogRefused, match=told):  # and though no time limit is given, it comes to an end
        await open_log(settings)


async def test_whoever_hangs_up_is_said_to(secure_kafka: SecureKafka) -> None:
    """A port that wants a certificate, and one that wants a password, say nothing to those who have none."""
    prefix = new_name()
    nothing = {"ssl_certfile": None, "ssl_keyfile": None}
    for settings in (
        secure_kafka.by_certificate(prefix).model_copy(update=nothing),
        KafkaSettings(bootstrap_servers=f"127.0.0.1:{secure_kafka.sasl_port}", topic_prefix=prefix),
    ):
        with pytest.raises(Exception, match="hangs up before it answers"):
            await open_log(settings, wait_seconds=0.1)


def test_a_projector_that_is_refused_ends_with_one_line(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    projector = LiveProjector(wrong_ways(secure_kafka)["password"][0], NOWHERE, tmp_path)
    projector.start()
    assert projector.wait() == 1
    last = projector.printed.splitlines()[-1]
    assert last.startswith("projector: Kafka at ")
    assert REFUSED in last


def test_an_api_that_is_refused_answers_503_and_logs_why(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    """It goes on asking: a user may be made after it started."""
    api = ApiProcess(wrong_ways(secure_kafka)["password"][0], NOWHERE, tmp_path)
    api.start(wait=False)
    try:
        deadline = time.monotonic() + 60
        while REFUSED not in api.log.read_text():
            assert time.monotonic() < deadline, api.log.read_text()
            time.sleep(0.05)
        ready = httpx.get(f"{api.url}/health/ready")
        assert ready.status_code == 503
        assert ready.json()["log"] == "can't be opened: the log of this process says why"
        vote = httpx.put(f"{api.url}/v1/posts/p/votes/ann", headers={"authorization": "Bearer any"}, json={})
        assert (vote.status_code, int(vote.headers["retry-after"]) > 0) == (503, True)
    finally:
        api.kill()


def test_a_command_that_is_refused_says_so_in_one_line(secure_kafka: SecureKafka, tmp_path: Path) -> None:
    settings = wrong_ways(secure_kafka)["password"][0]
    said = subprocess.run(
        [sys.executable, "-m", "services.cli", "log", "show", "--topic", "ballots"],
        env=os.environ | environment(settings) | {"PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert said.returncode == 1
    assert said.stdout == ""
    assert REFUSED in said.stderr
    assert len(said.stderr.splitlines()) == 1
