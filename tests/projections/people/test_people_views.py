"""The views of persons, companies and segments in the real ClickHouse: now, as of a moment, and as of each vote."""

from collections.abc import Iterator

import pytest

from events.domain.segments.events import Condition, SegmentDefined, SegmentRemoved
from events.people import CompanyData, PersonData, Spend, Subject
from events.position import Partition
from events.times import format_time
from projections.people import PeopleProjection
from tests.support.ballots import MemoryLog, Vote
from tests.support.ledger import LEDGER_TOPIC, MemoryLedger
from tests.support.people_log import PEOPLE_TOPIC, PeopleLog, company, person
from tests.support.views import Database
from tests.support.views import database as make_database

T = 1_700_000_000_000
VOTED = T + 50
SEGMENTS = {
    "gold": ("all", [Condition("plan", "eq", ("gold",))]),
    "paying": (
        "any",
        [Condition("company.spend", "gte", (50_000,), "EUR"), Condition("spend", "gt", (0,), "USD")],
    ),
    "big-steel": (
        "all",
        [Condition("company.traits.industry", "in", ("steel/ü", "iron")), Condition("traits.seats", "gte", (5,))],
    ),
    "not-beta": ("all", [Condition("traits.beta", "ne", (True,))]),
    "no-company": ("all", [Condition("company", "missing")]),
    "small": ("all", [Condition("traits.seats", "lt", (4.5,)), Condition("traits.seats", "exists")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(clickhouse_url: str) -> Iterator[Database]:
    with make_database(clickhouse_url) as made:
        runner = made.runner(PeopleProjection(), 1)
        for topic in (PEOPLE_TOPIC, LEDGER_TOPIC):
            runner.open(Partition(topic, 0))
        for batch in facts().batches():
            runner.feed(batch)
        runner.feed(rules().batch())
        runner.flush()
        votes = MemoryLog(partitions=1, began=T + 1000)
        votes.append([Vote("a", who, 1, VOTED, f"v-{who}") for who in ("ann", "bob", "cy", "dan", "nobody")])
        made.fold_votes(votes)
        yield made


def facts() -> PeopleLog:
    """Ann was gold with Globex when she voted, and is free with Initech now; Bob became gold, Cy pays herself."""
    log = PeopleLog()
    globex = CompanyData(plan="team", spend=Spend(60_000, "EUR"), traits={"industry": "steel/ü"})
    log.learn(company("globex", T, globex))
    log.learn(company("globex", T + 60, CompanyData(spend=Spend(10_000, "EUR"))))
    log.learn(company("initech", T, CompanyData(name="Initech", spend=Spend(70_000, "USD"))))
    seats = {"seats": 5, "beta": True}
    log.learn(person("ann", T, PersonData(name="Ann", company="globex", plan="gold", traits=seats)))
    log.learn(person("ann", T + 60, PersonData(company="initech", plan="free", traits={"seats": 4})))
    log.learn(person("bob", T, PersonData(company="globex", plan="free")))
    log.learn(person("bob", T + 60, PersonData(plan="gold"), event="late"))
    log.learn(person("cy", T, PersonData(plan="free", spend=Spend(900, "USD"), traits={"seats": 4.25})))
    log.learn(person("dan", T, PersonData(name="Dan", plan="gold", company="globex", traits={"seats": 9})))
    log.forget(Subject("acme", "person", "dan"))
    log.learn(person("eve", T, PersonData(plan="gold"), workspace="other"))
    return log


def rules() -> MemoryLedger:
    ledger = MemoryLedger(began=T + 1000)
    for name, (match, conditions) in SEGMENTS.items():
        event = SegmentDefined(
            segment=name, name=name, match=match, conditions=tuple(conditions), at=format_time(T + 10)
        )
        ledger.commit("segment", name, 1, event)
    gone = SegmentDefined(segment="gone", name="Gone", conditions=(Condition("plan", "exists"),), at=format_time(T))
    ledger.commit("segment", "gone", 1, gone, SegmentRemoved(segment="gone", at=format_time(T + 55)))
    return ledger


def members(filled: Database, view: str) -> dict[str, set[str]]:
    rows = filled.rows(f"SELECT segment, person FROM groundswell.{view} WHERE workspace = 'acme'")
    found: dict[str, set[str]] = {}
    for segment, who in rows:
        found.setdefault(segment, set()).add(who)
    return found


def test_who_is_in_a_segment_now(filled: Database):
    assert members(filled, "segment_members") == {
        "gold": {"bob"}, "paying": {"cy"}, "not-beta": {"bob", "cy"}, "no-company": {"cy"}, "small": {"ann", "cy"},
    }  # fmt: skip


def test_who_was_in_a_segment_at_a_moment(filled: Database):
    at = f"segment_members_as_of(at = '{format_time(T + 50)[:-1].replace('T', ' ')}')"
    found = members(filled, at)
    left = {segment: {who for who in found[segment] if who != "dan"} for segment in found}
    assert left == {
        "gold": {"ann"}, "paying": {"ann", "bob", "cy"}, "big-steel": {"ann"}, "not-beta": {"bob", "cy"},
        "no-company": {"cy"}, "small": {"cy"}, "gone": {"ann", "bob", "cy"},
    }  # fmt: skip


def test_what_a_vote_weighs_as_of_the_vote_and_as_of_now(filled: Database):
    rows = filled.rows(
        """SELECT person, company_then, plan_then, spend_then, currency_then, company_plan_then, company_spend_then,
  company_currency_then, company_now, plan_now, spend_now, currency_now, company_plan_now, company_spend_now,
  company_currency_now FROM groundswell.vote_weights WHERE workspace = 'acme' AND post = 'a' ORDER BY person"""
    )
    assert {row[0]: (row[1:8], row[8:]) for row in rows if row[0] != "dan"} == {
        "ann": (("globex", "gold", 0, "", "team", 60_000, "EUR"), ("initech", "free", 0, "", "", 70_000, "USD")),
        "bob": (("globex", "free", 0, "", "team", 60_000, "EUR"), ("globex", "gold", 0, "", "team", 10_000, "EUR")),
        "cy": (("", "free", 900, "USD", "", 0, ""), ("", "free", 900, "USD", "", 0, "")),
        "nobody": (("", "", 0, "", "", 0, ""), ("", "", 0, "", "", 0, "")),
    }
    revenue = """SELECT post, sum(company_spend_then) FROM (
  SELECT DISTINCT post, company_then, company_spend_then FROM groundswell.vote_weights
  WHERE workspace = 'acme' AND company_currency_then = 'EUR'
) GROUP BY post"""
    assert filled.rows(revenue) == [("a", 60_000)]


def test_which_segment_a_voter_was_in_then_and_is_in_now(filled: Database):
    rows = filled.rows(
        """SELECT segment, groupArrayIf(person, member_then), groupArrayIf(person, member_now)
FROM (SELECT * FROM groundswell.vote_segments WHERE workspace = 'acme' AND person != 'dan' ORDER BY segment, person)
GROUP BY segment ORDER BY segment"""
    )
    assert {row[0]: (set(row[1]), set(row[2])) for row in rows} == {
        "gold": ({"ann"}, {"bob"}),
        "paying": ({"ann", "bob", "cy"}, {"cy"}),
        "big-steel": ({"ann"}, set()),
        "not-beta": ({"bob", "cy", "nobody"}, {"bob", "cy", "nobody"}),
        "no-company": ({"cy", "nobody"}, {"cy", "nobody"}),
        "small": ({"cy"}, {"ann", "cy"}),
    }


def test_who_was_forgotten_is_not_there_and_nobody_sees_another_workspace(filled: Database):
    assert filled.rows("SELECT workspace, person, name FROM groundswell.people ORDER BY workspace, person") == [
        ("acme", "ann", "Ann"), ("acme", "bob", ""), ("acme", "cy", ""), ("other", "eve", ""),
    ]  # fmt: skip
    assert filled.rows("SELECT workspace, kind, subject FROM groundswell.forgotten") == [("acme", "person", "dan")]
    assert filled.rows("SELECT segment, revision, removed FROM groundswell.segment_history WHERE segment = 'gone'") == [
        ("gone", 1, False), ("gone", 2, True),
    ]  # fmt: skip
