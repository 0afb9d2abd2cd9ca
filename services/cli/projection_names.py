"""A projection by its name, and the partitions that it reads."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.position import Partition
    from events.settings import KafkaSettings
    from projections.fold import Projection

Name = Annotated[str, typer.Argument(help="The projection.", show_default=False)]

CONNECT_SECONDS = 20.0


def projection_named(name: str) -> "Projection":
    """The projection of a name; bad usage where there is none."""
    from projections.catalog import PROJECTIONS

    for projection in PROJECTIONS:
        if projection.name == name:
            return projection
    raise typer.BadParameter(
        f"there is no projection {name!r}; there are: {', '.join(each.name for each in PROJECTIONS)}"
    )


def partitions_of(kafka: "KafkaSettings", projection: "Projection") -> "Sequence[Partition]":
    """Every partition of the topics that it reads."""
    import asyncio

    from events.log.topics import open_log, topic_name
    from events.position import Partition

    topics = asyncio.run(open_log(kafka, wait_seconds=CONNECT_SECONDS))
    names = [topic_name(topics.prefix, spec) for spec in projection.topics]
    return [Partition(topic, number) for topic in names for number in range(topics.count(topic))]
