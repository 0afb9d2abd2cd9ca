"""What the manifests run is what the tests run, by version; and what they tell Kafka is what Kafka knows."""

import re
import shutil
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from services.stack.kafka import Broker, prepare
from tests.support.kafka import KafkaProcess
from tests.support.manifests import Container, compose_services, containers, kustomizations

EVERYTHING = (*compose_services(), *containers())
BROKERS = tuple(each for each in EVERYTHING if each.image.startswith("apache/kafka"))
NOT_PROPERTIES = {"CLUSTER_ID", "KAFKA_HEAP_OPTS", "NAMESPACE"}


def images() -> Iterator[tuple[str, str]]:
    for container in EVERYTHING:
        name, _, version = container.image.partition(":")
        yield name, version


def properties(broker: Container) -> dict[str, str]:
    """What the image makes of its environment: `KAFKA_NODE_ID` is `node.id`, and so on."""
    return {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in broker.environment.items()
        if name not in NOT_PROPERTIES
    }


def test_kafka_is_the_one_of_the_tests() -> None:
    (version,) = re.findall(
        r"org\.apache\.kafka:kafka_2\.13:([0-9.]+)", files("deploy.kafka").joinpath("jars.lock").read_text()
    )
    assert {found for name, found in images() if name == "apache/kafka"} == {version}


def test_clickhouse_is_of_the_engine_of_the_tests() -> None:
    version = ".".join(metadata.version("chdb-core").split(".")[:2])
    found = {version for name, version in images() if name.startswith("clickhouse/")}
    assert found == {version}


def test_ours_is_this_version() -> None:
    ours = {found for name, found in images() if name == "groundswell"} - {""}
    named = {image["newTag"] for each in kustomizations().values() for image in each.get("images", ())}
    assert ours | named == {metadata.version("groundswell")}


async def test_kafka_knows_every_property(kafka: KafkaProcess) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
    finally:
        await admin.close()
    known = {entry[0] for _, _, _, _, entries in answer.resources for entry in entries}
    assert len(BROKERS) == 4
    for broker in BROKERS:
        assert set(properties(broker)) <= known


@pytest.mark.parametrize("broker", [BROKERS[0], BROKERS[-1]], ids=lambda broker: broker.where)
def test_kafka_takes_what_it_is_told(broker: Container, tmp_path: Path) -> None:
    """Its storage tool reads the whole configuration; on Kubernetes a pod adds its own number and address."""
    told = {
        "node.id": "1", "advertised.listeners": "PLAINTEXT://127.0.0.1:9092", **properties(broker), "log.dirs": "log",
    }  # fmt: skip
    prepare(Broker(tmp_path, 9092, 9093, properties=told))
    assert (tmp_path / "log" / "meta.properties").exists()
    shutil.rmtree(tmp_path / "log")


def test_kafka_says_so_where_it_does_not(tmp_path: Path) -> None:
    told = {**properties(BROKERS[0]), "log.dirs": "log", "controller.quorum.voters": "nonsense"}
    with pytest.raises(Exception, match="can't format"):
        prepare(Broker(tmp_path, 9092, 9093, properties=told))
