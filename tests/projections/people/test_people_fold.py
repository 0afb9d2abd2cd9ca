"""What is known of somebody follows from the facts, in whatever order they came and whatever Kafka compacted."""

import random

import msgspec
import pytest

from events.log.batch import RecordBatch
from events.people import CompanyData, PersonData, Spend, Subject, encode_fact
from events.position import Partition
from events.times import format_time
from projections.people import PeopleProjection
from projections.people.fold import PeopleFold
from projections.people.state import FACTS_KEPT
from projections.people.tables import COMPANY_HISTORY, FORGOTTEN, PEOPLE, PERSON_HISTORY
from services.projector.memory import MemoryDeadLetters, MemoryStore, MemoryStores, MemoryView
from services.projector.partition_run import State
from services.projector.runner import Runner
from tests.support.people_log import PEOPLE_TOPIC, PeopleLog, company, person

ANN = Subject("acme", "person", "ann")
T = 1_700_000_000_000


def folded(log: PeopleLog, cuts: tuple[int, ...] = ()) -> tuple[MemoryView, MemoryStores, MemoryDeadLetters]:
    view, stores, letters = MemoryView(), MemoryStores(), MemoryDeadLetters()
    runner = Runner(PeopleProjection(), view, stores, letters, "epoch", partition_count=lambda _: log.partitions)
    for number in range(log.partitions):
        runner.open(Partition(PEOPLE_TOPIC, number))
    for batch in log.batches(lambda number: [cut for cut in cuts if cut < log.end(number)]):
        runner.feed(batch)
        runner.flush()
    return view, stores, letters


def said(view: MemoryView, table: str = "people") -> list[dict[str, object]]:
    columns = {"people": PEOPLE, "person_history": PERSON_HISTORY, "company_history": COMPANY_HISTORY}[table].columns
    return [dict(zip(columns, row, strict=True)) for row in view.rows(table)]


def test_a_fact_sets_what_it_says_and_leaves_the_rest():
    log = PeopleLog()
    log.learn(person("ann", T, PersonData(name="Ann", plan="free", traits={"seats": 3, "role": "dev"})))
    log.learn(person("ann", T + 20, PersonData(company="globex", spend=Spend(900, "EUR"), traits={"role": None})))
    log.learn(person("ann", T + 10, PersonData(plan="gold", name=None)))
    log.learn(company("globex", T, CompanyData(name="Globex", domain="globex.example", spend=Spend(5, "USD"))))
    view, _, letters = folded(log)
    [ann] = said(view)
    assert (ann["name"], ann["company"], ann["plan"]) == ("", "globex", "gold")
    assert (ann["spend"], ann["currency"], ann["traits"]) == (900, "EUR", '{"seats":3}')
    assert ann["fields"] == '{"company":"globex","plan":"gold","spend.EUR":900,"traits.seats":3}'
    assert (ann["first_seen"], ann["updated_at"], ann["forgotten"]) == (T, T + 20, False)
    past = sorted(
        (row["occurred_at"], row["plan"], row["spend"], row["traits"]) for row in said(view, "person_history")
    )
    assert past == [
        (T, "free", 0, '{"role":"dev","seats":3}'),
        (T + 10, "gold", 0, '{"role":"dev","seats":3}'),
        (T + 20, "gold", 900, '{"seats":3}'),
    ]
    assert [row["spend"] for row in said(view, "company_history")] == [5]
    assert letters.letters == {}


def test_no_history_holds_a_name_or_an_address():
    log = PeopleLog()
    log.learn(person("ann", T, PersonData(name="Ann Secret", email="ann@secret.example")))
    log.learn(company("globex", T, CompanyData(name="Secret AG", domain="secret.example")))
    view, _, _ = folded(log)
    for table in ("person_history", "company_history"):
        assert b"ecret" not in msgspec.json.encode(list(view.rows(table)))


def random_facts(rng: random.Random, count: int) -> list:
    def one(number: int):
        time = T + rng.randrange(40)
        traits = {rng.choice("ab"): rng.choice([1, "x", True, None])}
        plan = rng.choice([None, "free", "gold", msgspec.UNSET])
        spend = rng.choice([None, Spend(number, "EUR"), Spend(number, "USD"), msgspec.UNSET])
        if rng.random() < 0.3:
            return company("globex", time, CompanyData(plan=plan, spend=spend, traits=traits), event=f"c{number}")
        data = PersonData(name=rng.choice(["A", None, msgspec.UNSET]), plan=plan, spend=spend, traits=traits)
        return person(rng.choice(["ann", "bob"]), time, data, event=f"e{number}")

    return [one(number) for number in range(count)]


def naive_plan(facts: list, subject: str, at: int) -> str:
    """The plan as the facts up to a moment say: they are in the order of the log."""
    plan = ""
    for fact in sorted((each for each in facts if each.subject == subject), key=lambda each: each.time):
        if fact.time <= format_time(at) and fact.data.plan is not msgspec.UNSET:
            plan = fact.data.plan or ""
    return plan


@pytest.mark.parametrize("seed", range(20))
def test_cuts_and_duplicates_change_nothing_and_the_past_is_what_the_facts_say(seed: int):
    rng = random.Random(seed)
    facts = random_facts(rng, 60)
    whole, cut = PeopleLog(partitions=3), PeopleLog(partitions=3)
    for fact in facts:
        whole.learn(fact)
    for fact in facts:
        cut.learn(fact)
    for fact in rng.sample(facts, 20):
        cut.learn(fact)
    one, _, _ = folded(whole)
    other, _, _ = folded(cut, tuple(rng.sample(range(60), 8)))
    assert _without_versions(one) == _without_versions(other)
    for at in range(T - 1, T + 41, 7):
        for subject in ("ann", "bob"):
            rows = [r for r in said(one, "person_history") if r["person"] == subject and r["occurred_at"] <= at]
            last = max(rows, key=lambda row: (row["occurred_at"], row["offset"]), default={"plan": ""})
            assert last["plan"] == naive_plan(facts, subject, at)


@pytest.mark.parametrize("seed", range(20))
def test_what_kafka_compacted_makes_no_difference(seed: int):
    """Facts, forgettings and facts again; compacted up to anywhere, at any time: the same rows of whoever is known."""
    rng = random.Random(seed)
    log = PeopleLog(partitions=2)
    after_all = format_time(log.now + 10_000)
    for fact in random_facts(rng, 40):
        log.learn(fact if rng.random() < 0.5 else msgspec.structs.replace(fact, time=after_all))
        if rng.random() < 0.1:
            subject = rng.choice([ANN, Subject("acme", "company", "globex")])
            log.forget(subject)
            log.bury(subject)
    before = _known(folded(log)[0])
    for partition in range(2):
        log.compact(partition, rng.randrange(log.end(partition) + 1))
    assert _known(folded(log, tuple(rng.sample(range(60), 6)))[0]) == before
    for partition in range(2):
        log.compact(partition, log.end(partition))
    assert _known(folded(log)[0]) == before


def test_who_is_forgotten_is_in_no_state_and_what_happened_before_never_comes_back():
    log = PeopleLog()
    secret = "9f3ab77c0e2d4418"
    log.learn(person("ann", T, PersonData(name=secret, plan="gold", traits={"who": secret})))
    log.learn(person("bob", T, PersonData(name="Bob")))
    log.forget(ANN)
    forgotten_at = log.now
    log.learn(person("ann", T + 5, PersonData(name=secret), event="late"))
    log.learn(person("ann", T, PersonData(name=secret, plan="gold", traits={"who": secret})))  # the client tries again
    view, stores, _ = folded(log)
    assert {row["person"]: (row["name"], row["forgotten"]) for row in said(view)} == {
        "ann": ("", True), "bob": ("Bob", False),
    }  # fmt: skip
    assert {row["person"] for row in said(view, "person_history")} == {"bob"}
    assert list(view.rows(FORGOTTEN.name)) == [("acme", "person", "ann", forgotten_at, 2)]
    store = stores.open(Partition(PEOPLE_TOPIC, 0))
    assert secret.encode() not in b"".join(value for _, value in store.scan(b""))
    log.learn(person("ann", log.now + 1000, PersonData(name="Ann again")))
    view, _, _ = folded(log, (1, 2, 4))
    assert {row["person"]: (row["name"], row["forgotten"], row["plan"]) for row in said(view)}["ann"] == (
        "Ann again", False, "",
    )  # fmt: skip


def test_what_is_to_be_erased_is_said_once():
    log = PeopleLog()
    log.learn(person("ann", T, PersonData(name="Ann")))
    log.forget(ANN)
    fold = PeopleFold(Partition(PEOPLE_TOPIC, 0), 1)
    fold.apply(log.batches()[0], State(MemoryStore(), {}))
    sealed = fold.seal()
    assert sealed.erased == [b"sacme/ann"]
    assert sealed.changes.keys() == {b"sacme/ann"}
    assert fold.seal().erased == []


def test_more_facts_than_are_kept_end_in_the_same_state():
    log = PeopleLog()
    for number in range(FACTS_KEPT + 30):
        log.learn(person("ann", T + number, PersonData(plan=f"p{number}", traits={f"t{number % 7}": number})))
    log.learn(person("ann", T + 3, PersonData(name="older than all that is kept", plan="old"), event="late"))
    view, stores, _ = folded(log, (50,))
    [ann] = said(view)
    assert (ann["plan"], ann["name"]) == (f"p{FACTS_KEPT + 29}", "older than all that is kept")
    assert len(msgspec.json.decode(str(ann["traits"]))) == 7
    [(_, state)] = stores.open(Partition(PEOPLE_TOPIC, 0)).scan(b"sacme/ann")
    assert len(state) < 10_000


def test_what_cannot_be_folded_is_refused_without_quoting_it():
    fact = person("ann", T, PersonData(name="Secret"))
    good = encode_fact(fact)
    bad: list[tuple[bytes | None, bytes | None]] = [
        (None, good), (b"acme/ann", good), (b"acme/bob/1", good), (b"acme/@ann/1", good), (b"other/ann/1", good),
        (b"acme/ann/1", b"{"), (b"acme/ann/1", good.replace(b'"Secret"', b'["Secret"]')), (b"acme/ann/1", b"\xff"),
        (b"acme/ann/1", good.replace(format_time(T).encode(), b"Secret")), (b"nonsense", None),
        (b"acme/ann/1", good.replace(b'"name"', b'"spend":{"amount":-1,"currency":"EUR"},"name"')),
    ]  # fmt: skip
    count = len(bad)
    batch = RecordBatch(
        PEOPLE_TOPIC, 0, 0, count, range(count), [T] * count, [key for key, _ in bad], [value for _, value in bad]
    )
    fold = PeopleFold(Partition(PEOPLE_TOPIC, 0), 1)
    rejected = fold.apply(batch, State(MemoryStore(), {}))
    assert [each.offset for each in rejected] == list(range(count))
    assert not any("Secret" in each.reason for each in rejected)
    assert fold.seal().rows == {}


def _without_versions(view: MemoryView) -> dict[str, set]:
    """What the tables say; a duplicate has an offset of its own, and late facts restate their neighbours."""
    skipped = {"offset", "recorded_at", "version"}
    tables = {"people": PEOPLE, "person_history": PERSON_HISTORY, "company_history": COMPANY_HISTORY}
    return {
        name: {
            tuple(cell for cell, column in zip(row, table.columns, strict=True) if column not in skipped)
            for row in view.rows(name)
        }
        for name, table in tables.items()
    }


def _known(view: MemoryView) -> dict[str, list]:
    """The rows that are left once what was forgotten is deleted, whole."""
    forgotten = {(row[1], row[2]): row[4] for row in view.rows(FORGOTTEN.name)}
    found: dict[str, list] = {FORGOTTEN.name: sorted(view.rows(FORGOTTEN.name))}
    for name in ("people", "person_history", "companies", "company_history"):
        kind = "person" if name in ("people", "person_history") else "company"
        found[name] = sorted(row for row in view.rows(name) if row[-1] >= forgotten.get((kind, row[1]), 0))
    return found
