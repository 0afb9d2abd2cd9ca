"""Three brokers of one cluster on this machine, each of which a test may kill and start again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from events.settings import KafkaSettings
from services.stack.kafka import Broker
from services.stack.ports import free_port
from tests.support.fold_of_the_log import in_own_loop
from tests.support.kafka import KafkaProcess

NODES = (1, 2, 3)


@dataclass(frozen=True)
class Replicas:
    """Where a partition is: who leads it, and who has all of it."""

    leader: int
    in_sync: frozenset[int]


class KafkaCluster:
    """Topics that are made by its settings have three replicas, of which two must have a record to acknowledge it."""

    def __init__(self, nodes: Mapping[int, KafkaProcess]) -> None:
        self.nodes = nodes

    @classmethod
    def start(cls, folder: Path) -> "KafkaCluster":
        """Format and start all of them, and return when each serves."""
        voters = {node: free_port() for node in NODES}
        brokers = [Broker(folder / str(node), free_port(), voters[node], node, voters=voters) for node in NODES]
        cluster = cls({broker.node_id: KafkaProcess(broker) for broker in brokers})
        for process in cluster.nodes.values():
            process.restart(wait=False)
        for process in cluster.nodes.values():
            process.wait_ready()
        return cluster

    def settings(self, prefix: str) -> KafkaSettings:
        """How to reach it, and how topics are made on it."""
        servers = ",".join(process.bootstrap for process in self.nodes.values())
        return KafkaSettings(
            bootstrap_servers=servers, topic_prefix=prefix, replication_factor=len(NODES), min_insync_replicas=2
        )

    def kill(self) -> None:
        """End all of it."""
        for process in self.nodes.values():
            process.kill()

    def replicas(self, topic: str) -> Mapping[int, Replicas]:
        """By partition, as those say that live."""
        return in_own_loop(self._replicas(topic))

    def whole(self, *topics: str) -> bool:
        """Whether every partition has all its replicas again."""
        return all(
            replicas.in_sync == frozenset(NODES) for topic in topics for replicas in self.replicas(topic).values()
        )

    async def _replicas(self, topic: str) -> Mapping[int, Replicas]:
        alive = [process.bootstrap for process in self.nodes.values() if process.running]
        admin = AIOKafkaAdminClient(bootstrap_servers=alive)
        await admin.start()
        try:
            described = (await asyncio.wait_for(admin.describe_topics([topic]), 20))[0]
        finally:
            await admin.close()
        return {each["partition"]: Replicas(each["leader"], frozenset(each["isr"])) for each in described["partitions"]}
