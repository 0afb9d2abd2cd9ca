"""Persons, companies and segments, as they are and as they were: one of them, and pages by key."""

from typing import NamedTuple

from events.people import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.moments import AT

Parameters = dict[str, str | int]

_WORTH = "plan, spend, currency, traits"
_SEEN = "toUnixTimestamp64Milli(first_seen), toUnixTimestamp64Milli(updated_at)"
_COLUMNS: dict[Kind, str] = {
    "person": f"person, name, email, company, {_WORTH}, {_SEEN}",
    "company": f"company, name, domain, {_WORTH}, {_SEEN}",
}
_VIEWS: dict[Kind, str] = {"person": "people", "company": "companies"}


class PersonRow(NamedTuple):
    """What is known of a person. `spend` is in the minor unit of `currency`; empty texts are unknown."""

    person: str
    name: str
    email: str
    company: str
    plan: str
    spend: int
    currency: str
    traits: str
    first_seen: Millis
    updated_at: Millis


class CompanyRow(NamedTuple):
    """What is known of a company."""

    company: str
    name: str
    domain: str
    plan: str
    spend: int
    currency: str
    traits: str
    first_seen: Millis
    updated_at: Millis


class PastRow(NamedTuple):
    """What was so of a person or company from a moment on; `company` is empty for a company."""

    occurred_at: Millis
    offset: int
    recorded_at: Millis
    company: str
    plan: str
    spend: int
    currency: str
    traits: str


class SegmentRow(NamedTuple):
    """A segment; `conditions` is the JSON of its rules."""

    segment: str
    name: str
    match: str
    conditions: str
    updated_at: Millis
    revision: int


def subject_query(database: str, workspace: str, kind: Kind, id: str) -> Query:
    """One row of `PersonRow` or `CompanyRow`, or none."""
    where = f"workspace = {{workspace:String}} AND {kind} = {{id:String}}"
    sql = f"SELECT {_COLUMNS[kind]} FROM <{_VIEWS[kind]}> WHERE {where}"
    return Query(qualify(sql, database), {"workspace": workspace, "id": id})


def subjects_query(
    database: str, workspace: str, kind: Kind, *, limit: int, after: str = "", company: str | None = None
) -> Query:
    """Persons (of a company) or companies by id, from the one after `after`; rows as of `subject_query`."""
    parameters: Parameters = {"workspace": workspace, "after": after, "limit": limit}
    where = f"workspace = {{workspace:String}} AND {kind} > {{after:String}}"
    if company is not None:
        where += " AND company = {company:String}"
        parameters["company"] = company
    sql = f"SELECT {_COLUMNS[kind]} FROM <{_VIEWS[kind]}> WHERE {where} ORDER BY {kind} LIMIT {{limit:UInt32}}"
    return Query(qualify(sql, database), parameters)


def past_query(
    database: str, workspace: str, kind: Kind, id: str, *, limit: int, after: tuple[Millis, int] | None = None
) -> Query:
    """What was so, in order, after (time, offset); rows of `PastRow`."""
    parameters: Parameters = {"workspace": workspace, "id": id, "limit": limit}
    where = f"workspace = {{workspace:String}} AND {kind} = {{id:String}}"
    if after is not None:
        where += " AND (occurred_at, `offset`) > (fromUnixTimestamp64Milli({at:Int64}, 'UTC'), {offset:UInt64})"
        parameters |= {"at": after[0], "offset": after[1]}
    company = "company" if kind == "person" else "''"
    sql = f"""SELECT toUnixTimestamp64Milli(occurred_at) AS at, `offset`, toUnixTimestamp64Milli(recorded_at),
  {company}, {_WORTH}
FROM <{kind}_history> WHERE {where} ORDER BY occurred_at, `offset` LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def segments_query(database: str, workspace: str, *, limit: int, after: str = "") -> Query:
    """Segments by id, from the one after `after`; rows of `SegmentRow`."""
    sql = """SELECT segment, name, match, conditions, toUnixTimestamp64Milli(updated_at), revision FROM <segments>
WHERE workspace = {workspace:String} AND segment > {after:String} ORDER BY segment LIMIT {limit:UInt32}"""
    return Query(qualify(sql, database), {"workspace": workspace, "after": after, "limit": limit})


def members_query(
    database: str, workspace: str, segment: str, *, limit: int, after: str = "", as_of: Millis | None = None
) -> Query:
    """Who is, or was at a moment, in a segment: persons by id, from the one after `after`."""
    parameters: Parameters = {"workspace": workspace, "segment": segment, "after": after, "limit": limit}
    source = "<segment_members>"
    if as_of is not None:
        source = f"<segment_members_as_of>(at = {AT})"
        parameters["at"] = as_of
    sql = f"""SELECT person FROM {source}
WHERE workspace = {{workspace:String}} AND segment = {{segment:String}} AND person > {{after:String}}
ORDER BY person LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)
