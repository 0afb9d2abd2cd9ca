"""An installation whose webhooks are delivered, and what is done in one workspace of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import clickhouse_connect

from events.ballots import CastData, VoteCast, ballot_key, encode_ballot, partition_of
from events.domain.application import Feedback
from events.domain.commands import ClosePost, Command, PutBoard, PutPost, ReopenPost
from events.domain.originators import originator_of
from events.domain.webhooks.commands import PutWebhook, WebhookCommand
from events.domain.webhooks.secrets import Secrets
from events.domain.webhooks.settings import WebhookSettings
from events.domain.webhooks.webhook import Webhook, Wish
from events.log.appender import Record
from projections.clickhouse.settings import ClickHouseSettings
from projections.deliveries.queries import Attempt, deliveries_query
from services.sagas.part import Surroundings
from services.webhooks.delivering import Webhooks
from services.webhooks.settings import DeliverySettings
from tests.support.log import TestLog
from tests.support.receiver import Path
from tests.support.stack import ProjectorProcess

RETRIES = ",".join(["0.05", "0.1", *["0.2"] * 6])
DELIVERY = {"retry_seconds": RETRIES, "timeout_seconds": 0.5, "poll_seconds": 0.2, "page": 4, "most_held": 3}
WEBHOOKS = WebhookSettings.model_validate({"keys": "k1:" + "s" * 40, "allow_private": True})
AT = "2026-01-01T00:00:00.000Z"


@dataclass
class House:
    """What is decided, recorded and sent in this installation."""

    log: TestLog
    clickhouse: ClickHouseSettings
    feedback: Feedback
    projector: ProjectorProcess
    secrets: Secrets

    def surroundings(self) -> Surroundings:
        return Surroundings(self.log.settings, self.log.topics, self.feedback)

    def part(self, **settings: object) -> Webhooks:
        delivery = DeliverySettings.model_validate({**DELIVERY, **settings})
        return Webhooks(self.surroundings(), self.clickhouse, WEBHOOKS, delivery)


@dataclass
class Place:
    """One workspace of it, and what is done there."""

    house: House
    workspace: str
    webhooks: set[str] = field(default_factory=set)

    async def do(self, command: Command[Any]) -> Any:
        saved = await asyncio.to_thread(self.house.feedback.execute, command)
        return saved.aggregate

    async def subscribe(self, path: Path, name: str = "hook", **wish: Any) -> str:
        """A webhook to this path: its secret."""
        secret = self.house.secrets.fresh()
        self.webhooks.add(name)
        command = PutWebhook(workspace=self.workspace, webhook=name, wish=Wish(path.url, **wish), secret=secret)
        made: Webhook = await self.do(command)
        return self.house.secrets.text(self.workspace, name, made.secret)

    async def decide(self, kind: type[WebhookCommand], name: str = "hook", **fields: Any) -> Webhook:
        made: Webhook = await self.do(kind(workspace=self.workspace, webhook=name, **fields))
        return made

    def webhook(self, name: str = "hook") -> Webhook:
        found = self.house.feedback.load(originator_of(self.workspace, Webhook.KIND, name))
        assert isinstance(found, Webhook)
        return found

    async def posts(self, names: Sequence[str]) -> None:
        await self.do(PutBoard(workspace=self.workspace, board="ideas", name="Ideas", at=AT))
        for name in names:
            await self.do(PutPost(workspace=self.workspace, post=name, board="ideas", title=name, at=AT))

    async def change(self, post: str, times: int) -> None:
        """Close and reopen a post by turns, numbered by reason."""
        for number in range(times):
            command = (ClosePost, ReopenPost)[number % 2]
            await self.do(command(workspace=self.workspace, post=post, reason=str(number), at=AT))

    async def vote(self, person: str, posts: Sequence[str]) -> None:
        topics = self.house.log.topics
        records = [
            Record(
                ballot_key(self.workspace, person),
                encode_ballot(
                    VoteCast(id=f"{person}-{post}", source=self.workspace, subject=post, time=AT, data=CastData(person))
                ),
            )
            for post in posts
        ]
        partition = partition_of(records[0].key, topics.count(topics.ballots))
        await self.house.log.append(topics.ballots, [(partition, records)])

    async def deliveries(self, name: str = "hook") -> list[Attempt]:
        """The log of deliveries as it is now, the oldest first."""
        settings = self.house.clickhouse
        query = deliveries_query(settings.database, self.workspace, name, limit=1000)

        def read() -> list[Attempt]:
            client = clickhouse_connect.get_client(**settings.client_options(), autogenerate_session_id=False)
            with client:
                rows = client.query(query.sql, dict(query.parameters)).result_rows
            return [Attempt(*row) for row in rows][::-1]

        return await asyncio.to_thread(read)
