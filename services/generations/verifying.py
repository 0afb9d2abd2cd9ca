"""Proving a generation: compared with the live one, table by table, both at the same position."""

import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec
from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.catalog import PROJECTIONS
from projections.clickhouse.generation_log import enter_generations, read_generations
from projections.clickhouse.progress import progress_of
from projections.generations import Generation, GenerationRefused, State, the_live_one, to_verify
from services.generations.checksums import Checksum, checksum, columns_of
from services.generations.differences import TableComparison, compare
from services.generations.held_tables import held_tables
from services.generations.met_tables import met
from services.generations.projection_log import ProjectionLog
from services.generations.together import NotTogether, Together, together


class Verdict(StrEnum):
    """What a comparison came to."""

    EQUAL = "equal"
    EXPLAINED = "explained"
    """Equal in all that both have; one has tables or columns that the other has not, for its code is another.

    Or what differs is not remade by folding from the start: what was believed before a dead letter was retried.
    """
    DIFFERENT = "different"
    NOT_COMPARED = "not compared"


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was compared, at which position, and what came out. `accepted` is why somebody took the differences."""

    projection: str
    live: int
    live_code: int
    generation: int
    code: int
    verdict: Verdict
    positions: Mapping[str, int]
    tables: Sequence[TableComparison]
    accepted: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the generation is verified now."""
        return self.verdict in (Verdict.EQUAL, Verdict.EXPLAINED) or self.accepted is not None


def verify(
    client: Client,
    database: str,
    projection: str,
    log: ProjectionLog,
    *,
    number: int | None = None,
    examples: int = 5,
    accept: str | None = None,
) -> Verification:
    """Compare a generation that has caught up with the live one, and enter it as verified if it passes.

    `accept` is a reason for which differences are taken: they are compared and shown all the same.

    Raises:
        GenerationRefused: if there is nothing to compare, or the two cannot be brought to the same position.
    """
    known = read_generations(client, database, projection)
    live, candidate = the_live_one(known, projection), to_verify(known, projection, number)
    try:
        positions, tables = _compare(client, database, live, candidate, log, examples)
        if not all(each.equal for each in tables):
            # A projector that is killed between rows and progress leaves rows that only its successor answers for.
            positions, tables = _compare(client, database, live, candidate, log, examples)
        verdict = _judged(tables, live, candidate)
    except NotTogether as error:
        if error.behind != live:
            raise
        positions, tables = _compare_where_met(client, database, live, candidate, log, examples)
        verdict = _judged(tables, live, candidate) if tables else Verdict.NOT_COMPARED
        if not tables and accept is None:
            raise GenerationRefused(f"{error}. Or take it without a comparison: --accept REASON") from error
    done = Verification(
        projection=projection,
        live=live.generation,
        live_code=live.code,
        generation=candidate.generation,
        code=candidate.code,
        verdict=verdict,
        positions={f"{each.topic}/{each.partition}": at for each, at in sorted(positions.items())},
        tables=tables,
        accepted=accept if verdict in (Verdict.DIFFERENT, Verdict.NOT_COMPARED) else None,
    )
    _enter(client, database, candidate, done)
    return done


def checksums(
    client: Client, database: str, generation: Generation
) -> tuple[Mapping[Partition, int], dict[str, Checksum]]:
    """Each table's checksum, and the position that it is of where nothing was folded meanwhile.

    Raises:
        GenerationRefused: if the generation moves while it is looked at.
    """
    before = progress_of(client, database, generation)
    with held_tables(client, database) as held:
        names = held.clone(generation)
        sums = {
            name: checksum(client, database, table, list(columns_of(client, database, table)))
            for name, table in names.items()
        }
    if progress_of(client, database, generation) != before:
        raise GenerationRefused(f"{generation.title} is being folded on: ask again when nothing is appended")
    return before, sums


class _Held(NamedTuple):
    """The tables of both at one position; `at_once` is their comparison, where it could not wait."""

    positions: Mapping[Partition, int]
    ours: Mapping[str, str]
    others: Mapping[str, str]
    at_once: Sequence[TableComparison] | None


def _compare(
    client: Client,
    database: str,
    live: Generation,
    candidate: Generation,
    log: ProjectionLog,
    examples: int,
) -> tuple[Mapping[Partition, int], Sequence[TableComparison]]:
    with held_tables(client, database) as held:

        def hold(holding: Together) -> _Held:
            held.drop()
            ours, others = held.clone(live), held.clone(candidate)
            # What is no clone must stand still for as long as it is looked at.
            at_once = None if held.all_cloned else _compared(client, database, ours, others, examples)
            holding.check()
            return _Held(holding.sides[0], ours, others, at_once)

        found = together(client, database, live, candidate, log, hold)
        if found.at_once is not None:
            return found.positions, found.at_once
        return found.positions, _compared(client, database, found.ours, found.others, examples)


def _compare_where_met(
    client: Client, database: str, live: Generation, candidate: Generation, log: ProjectionLog, examples: int
) -> tuple[Mapping[Partition, int], Sequence[TableComparison]]:
    """Beside a live one that stands still: the candidate as it was there. Nothing where that was not kept."""
    stands = progress_of(client, database, live)
    positions = {partition: stands.get(partition, 0) for partition in log.partitions}
    others = met(client, database, candidate, positions)
    if others is None:
        return {}, []
    return positions, _compared(client, database, live.stored, others, examples)


def _compared(
    client: Client, database: str, ours: Mapping[str, str], others: Mapping[str, str], examples: int
) -> Sequence[TableComparison]:
    names = dict.fromkeys([*ours, *others])
    return [compare(client, database, name, ours.get(name), others.get(name), examples=examples) for name in names]


def _judged(tables: Sequence[TableComparison], live: Generation, candidate: Generation) -> Verdict:
    others = {table.name for each in PROJECTIONS for table in each.tables if not table.remade}
    if not all(each.equal for each in tables if each.table not in others):
        return Verdict.DIFFERENT
    if all(each.same_shape for each in tables):
        return Verdict.EQUAL if all(each.equal for each in tables) else Verdict.EXPLAINED
    return Verdict.EXPLAINED if live.code != candidate.code else Verdict.DIFFERENT


def _enter(client: Client, database: str, candidate: Generation, done: Verification) -> None:
    """A generation that fails is no longer verified, if it was."""
    at = time.time_ns() // 1_000_000
    if done.passed:
        note = f"{done.verdict}" + (f": accepted, {done.accepted}" if done.accepted else "")
        enter_generations(client, database, [candidate.enter(State.VERIFIED, at=at, note=note)])
    elif candidate.state is State.VERIFIED:
        enter_generations(client, database, [candidate.enter(State.READY, at=at, note="different when verified again")])
