"""The log as one projection sees it: the partitions that it reads, and who follows them."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Self

from aiokafka.admin import AIOKafkaAdminClient

from events.log.opening import open_log
from events.position import Partition
from events.settings import KafkaSettings
from projections.fold import Projection
from projections.generations import Generation
from services.projector.group import codes_in

CONNECT_SECONDS = 20.0
_MEMBERS = 5
"""Where a group's description has its members."""


class ProjectionLog(NamedTuple):
    """Its partitions, in the log that `kafka` names."""

    kafka: KafkaSettings
    partitions: Sequence[Partition]

    @classmethod
    def of(cls, kafka: KafkaSettings, projection: Projection) -> Self:
        """Asks Kafka. Raises LogError if it does not answer in time, or is another log."""
        topics = asyncio.run(open_log(kafka, wait_seconds=CONNECT_SECONDS))
        return cls(kafka, topics.partitions_of(projection.topics))

    def is_followed(self, generation: Generation) -> bool:
        """Whether a projector with a generation's code is in its group: then it follows it, or soon will.

        One that was killed counts for as long as the group waits for it.
        """
        return asyncio.run(self._is_followed(f"{generation.projection}{generation.code}"))

    async def _is_followed(self, code: str) -> bool:
        admin = AIOKafkaAdminClient(**self.kafka.client_options())
        await admin.start()
        try:
            groups = [group[0] for group in await admin.list_consumer_groups()]
            wanted = [group for group in groups if code in codes_in(group, self.kafka.topic_prefix)]
            # One at a time: aiokafka reads the answer about a second group from the wrong place.
            answers = [await admin.describe_consumer_groups([group]) for group in wanted]
            return any(described[_MEMBERS] for (answer,) in answers for described in answer.groups)
        finally:
            await admin.close()
