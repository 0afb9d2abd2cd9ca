"""Whether Kafka compacts the topic `people` in time: a topic of an earlier release was made without saying so."""

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from events.log.topics import PEOPLE, Topics
from events.settings import KafkaSettings

NAMES = ("cleanup.policy", "max.compaction.lag.ms", "segment.ms", "delete.retention.ms")


async def complaint(settings: KafkaSettings, topics: Topics) -> str | None:
    """What is wrong with the topic's settings and how to mend it, in one line; None if nothing is.

    Raises:
        KafkaError: if Kafka does not answer.
    """
    wanted = PEOPLE.configs(settings)
    admin = AIOKafkaAdminClient(**settings.client_options())
    try:
        await admin.start()
        resource = ConfigResource(ConfigResourceType.TOPIC, topics.people, configs=dict.fromkeys(NAMES))
        [answer] = await admin.describe_configs([resource])
    finally:
        await admin.close()
    found = {entry[0]: entry[1] for *_, entries in answer.resources for entry in entries}
    wrong = [f"{name}={wanted[name]}" for name in NAMES if found.get(name) != wanted[name]]
    if not wrong:
        return None
    return (
        f"Kafka is told otherwise than GROUNDSWELL_FORGET_WITHIN_SECONDS says how long it may hold who was forgotten: "
        f"kafka-configs.sh --alter --entity-type topics --entity-name {topics.people} --add-config {','.join(wrong)}"
    )
