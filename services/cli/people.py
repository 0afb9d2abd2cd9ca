"""What the commands about persons and companies have in common."""

import asyncio
import re
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, cast, get_args

import typer
from msgspec import UNSET, UnsetType

from events.domain.bounds import check_id
from events.domain.forgetting.commands import ForgetCompany, ForgetPerson
from events.domain.forgetting.events import ForgetReason
from events.identifying import When, described, identified, record_of
from events.log.appender import Appender
from events.log.opening import open_log
from events.people import CompanyData, Kind, PersonData, Spend, Subject, Trait
from events.settings import KafkaSettings
from events.times import format_time
from projections.clickhouse.settings import ClickHouseSettings
from projections.money import minor_units
from projections.people import queries
from services.cli import views
from services.cli.errors import CliError, Failed, say
from services.cli.ledger import CONNECT_SECONDS, feedback
from services.cli.money import exact
from services.cli.output import print_json, print_table
from services.forgetting import settling
from services.forgetting.settling import Left

ACTOR = "command line"
HISTORY_ROWS = 1000
_SPEND = re.compile(r"([0-9]{1,19}(?:\.[0-9]{1,4})?) +(\S+)")
"""With a point an amount is in whole units, without one in minor ones, as in a fact."""


class Said(NamedTuple):
    """What options say: None was left out, an empty text takes away."""

    name: str | None
    plan: str | None
    spend: str | None
    trait: Sequence[str]

    def text(self, option: str | None) -> str | UnsetType | None:
        """A text as facts have it."""
        return UNSET if option is None else option or None

    def paid(self) -> Spend | UnsetType | None:
        """The spend as facts have it. Raises `CliError` if it is none."""
        if self.spend is None or not self.spend.strip():
            return UNSET if self.spend is None else None
        found = _SPEND.fullmatch(self.spend.strip())
        if found is None:
            raise CliError("--spend must be an amount and a currency: '129.00 EUR', or in the minor unit '12900 EUR'")
        amount, currency = found.groups()
        if "." not in amount:
            return Spend(int(amount), currency)
        try:
            return Spend(minor_units(Decimal(amount), currency), currency)
        except ValueError as error:
            raise CliError(f"--spend {self.spend!r} is too fine: {error}") from error

    def traits(self) -> dict[str, Trait | None]:
        """The traits as facts have them. Raises `CliError` if one has no value."""
        found: dict[str, Trait | None] = {}
        for each in self.trait:
            name, equals, value = each.partition("=")
            if not equals:
                raise CliError("--trait must be NAME=VALUE")
            found[name] = _scalar(value)
        return found


def identify(
    kafka: KafkaSettings, workspace: str, subject: str, data: PersonData | CompanyData, at: str | None
) -> None:
    """Put what is said of a person or company on the log. Raises `Invalid`."""
    present = time.time_ns() // 1_000_000
    when = When(at)

    async def put() -> None:
        topics = await open_log(kafka, wait_seconds=CONNECT_SECONDS)
        partitions = topics.count(topics.people)
        if isinstance(data, PersonData):
            partition, record = record_of(identified(workspace, subject, data, when, present), partitions)
        else:
            partition, record = record_of(described(workspace, subject, data, when, present), partitions)
        appender = Appender(kafka, topics.people, partitions)
        await appender.start()
        try:
            await appender.submit(partition, [record])
        finally:
            await appender.stop()

    asyncio.run(put())


def tell_written(what: Mapping[str, str], json: bool) -> None:
    """Say that it is on the log."""
    if json:
        print_json(what)
    else:
        typer.echo("on the log: " + ", ".join(f"{name} {value}" for name, value in what.items()))


def show(settings: ClickHouseSettings, workspace: str, kind: Kind, id: str, json: bool) -> None:
    """Print what is known, with its history. Raises `CliError` if nothing is."""
    now = queries.subject_query(settings.database, workspace, kind, id)
    past = queries.past_query(settings.database, workspace, kind, id, limit=HISTORY_ROWS)
    with views.client(settings) as client:
        rows = client.query(now.sql, parameters=dict(now.parameters)).result_rows
        history = client.query(past.sql, parameters=dict(past.parameters)).result_rows
    if not rows:
        raise CliError(f"nothing is known of {kind} {id!r} in workspace {workspace!r}")
    row_type = queries.PersonRow if kind == "person" else queries.CompanyRow
    known = {name: _shown(name, value) for name, value in zip(row_type._fields, rows[0], strict=True)}
    changes = [
        dict(zip(queries.PastRow._fields, map(_shown, queries.PastRow._fields, row), strict=True)) for row in history
    ]
    if json:
        print_json({**known, "history": changes})
        return
    print_table(["field", "value"], [[name, value] for name, value in _in_whole(known).items() if value != ""])
    columns = [name for name in queries.PastRow._fields if name not in ("offset", "recorded_at")]
    print_table(columns, [[change[name] for name in columns] for change in map(_in_whole, changes)])


def _in_whole(told: Mapping[str, object]) -> dict[str, object]:
    """The same with what is paid in whole units, for people to read."""
    amount, currency = told["spend"], told["currency"]
    assert isinstance(amount, int)
    assert isinstance(currency, str)
    return {**told, "spend": exact(amount, currency)}


def forget(
    kafka: KafkaSettings, clickhouse: ClickHouseSettings, workspace: str, kind: Kind, id: str, reason: str,
    seconds: float, json: bool,
) -> None:  # fmt: skip
    """Forget somebody, see to it for so long, and say what is left.

    Raises:
        Failed: if more is left than records in Kafka's files.
    """
    if reason not in get_args(ForgetReason):
        raise typer.BadParameter(f"must be one of {', '.join(get_args(ForgetReason))}", param_hint="'--reason'")
    subject, why = Subject(workspace, kind, id), cast(ForgetReason, reason)

    check_id("workspace", workspace)
    check_id(kind, id)

    async def put() -> None:
        topics = await open_log(kafka, wait_seconds=CONNECT_SECONDS)
        await settling.put_tombstone(kafka, topics, subject)

    with feedback(kafka) as ledger:
        command = (
            ForgetPerson(workspace=workspace, person=id, reason=why)
            if kind == "person"
            else ForgetCompany(workspace=workspace, company=id, reason=why)
        )
        asyncio.run(put())
        ledger.execute(command, actor=ACTOR)  # type: ignore[misc]  # of either kind
    _tell(_left(kafka, clickhouse, subject, seconds), kafka, subject, json)


def check(
    kafka: KafkaSettings, clickhouse: ClickHouseSettings, workspace: str, kind: Kind, id: str, json: bool
) -> None:
    """Say what is left of somebody who was forgotten.

    Raises:
        Failed: if anything is.
    """
    left = _left(kafka, clickhouse, Subject(workspace, kind, id), None)
    _tell(left, kafka, Subject(workspace, kind, id), json, also_records=True)


def _left(kafka: KafkaSettings, clickhouse: ClickHouseSettings, subject: Subject, seconds: float | None) -> Left:
    async def ask() -> Left:
        topics = await open_log(kafka, wait_seconds=CONNECT_SECONDS)
        with views.client(clickhouse) as client:
            if seconds is None:
                return await settling.look(kafka, topics, client, clickhouse.database, subject)
            return await settling.see_to_it(kafka, topics, client, clickhouse.database, subject, seconds=seconds)

    return asyncio.run(ask())


def _tell(left: Left, kafka: KafkaSettings, subject: Subject, json: bool, *, also_records: bool = False) -> None:
    who = f"{subject.kind} {subject.id!r} of workspace {subject.workspace!r}"
    if left.forgotten_at is None:
        raise CliError(f"{who} was never forgotten")
    if json:
        print_json({**left._asdict(), "forgotten_at": format_time(left.forgotten_at)})
    else:
        hours = kafka.forget_within_seconds / 3600
        typer.echo(f"forgotten {format_time(left.forgotten_at)}")
        typer.echo(f"rows left in ClickHouse: {left.rows}")
        typer.echo(
            f"records left in Kafka's files: {left.records}" + (f" (gone within {hours:g} h)" if left.records else "")
        )
    if left.behind or left.rows or left.unburied or (also_records and left.records):
        behind = f"; not past it yet: {', '.join(left.behind)}: start a projector" if left.behind else ""
        say(f"something is left of {who}{behind}; run groundswell {subject.kind} check {subject.id} again later")
        raise Failed


def _scalar(text: str) -> Trait | None:
    """A trait's value: a number or a truth where it reads as one."""
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or None


def _shown(name: str, value: object) -> object:
    return format_time(value) if name.endswith(("_at", "_seen")) and isinstance(value, int) else value
