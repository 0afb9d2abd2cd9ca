"""What is said of persons and companies: its bytes for ever, its keys, and what is refused."""

from pathlib import Path

import msgspec
import pytest

from events.ballots import ballot_key, partition_of
from events.domain.refusals import Invalid
from events.identifying import When, described, identified, record_of, tombstone_of
from events.people import (
    FACT_DECODER,
    CompanyData,
    CompanyDescribed,
    PersonData,
    PersonIdentified,
    Spend,
    Subject,
    encode_fact,
    read_key,
)

GOLDEN = Path(__file__).parent / "golden"
AT = "2026-01-02T03:04:05.678Z"
NOW = 1_790_000_000_000
EXPECTED = {
    "groundswell.person.identified.v1": PersonIdentified(
        id="e-1", source="acme", subject="u1", time=AT,
        data=PersonData(
            name="Zoë Example", email="zoe@example.com", company="globex", plan="gold", spend=Spend(12900, "EUR"),
            traits={"seats": 25, "ratio": 0.5, "beta": True, "role": "admin", "old": None},
        ),
    ),
    "groundswell.company.described.v1": CompanyDescribed(
        id="e-2", source="acme", subject="globex", time=AT,
        data=CompanyData(name="Globex", domain="globex.example", spend=None, traits={"industry": "steel"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("type", EXPECTED)
def test_golden_bytes_still_read(type: str):
    value = (GOLDEN / f"{type}.json").read_bytes()
    assert FACT_DECODER.decode(value) == EXPECTED[type]
    assert encode_fact(EXPECTED[type]) == value
    newer = msgspec.json.encode(msgspec.json.decode(value) | {"added": 1})
    assert FACT_DECODER.decode(newer) == EXPECTED[type]


def test_each_record_has_a_key_of_its_own_in_its_subjects_partition():
    fact = EXPECTED["groundswell.person.identified.v1"]
    (partition, one), (again, other) = record_of(fact, 12), record_of(fact, 12)
    assert partition == again == partition_of(ballot_key("acme", "u1"), 12)  # where that person's votes are
    assert one.key != other.key
    assert one.value == other.value
    assert read_key(one.key).subject == Subject("acme", "person", "u1")
    assert read_key(one.key).record
    company = Subject("acme", "company", "u1")
    assert tombstone_of(company, 12)[1] == (b"acme/@u1", None, ())
    assert read_key(company.key) == (company, "")
    for key in (None, b"", b"acme", b"acme/", b"/u1", b"acme/u 1", b"acme/u1/x/y", "acme/ü".encode()):
        with pytest.raises(ValueError, match="not one of this stream"):
            read_key(key)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (PersonData(email="no address"), "email"),
        (PersonData(email="a@b\x07"), "email"),
        (PersonData(email="a@" + "b" * 400), "email"),
        (PersonData(name=""), "name"),
        (PersonData(name="two\nlines"), "name"),
        (PersonData(name="x" * 201), "name"),
        (PersonData(company="no id"), "company"),
        (PersonData(company=""), "company"),
        (PersonData(plan="\x1b[2J"), "plan"),
        (PersonData(spend=Spend(-1, "EUR")), "spend.amount"),
        (PersonData(spend=Spend(10**16, "EUR")), "spend.amount"),
        (PersonData(spend=Spend(1, "EURO")), "spend.currency"),
        (PersonData(traits={"no name": 1}), "traits"),
        (PersonData(traits={f"t{number}": 1 for number in range(51)}), "traits"),
        (PersonData(traits={"t": "x" * 501}), "traits.t"),
        (PersonData(traits={"t": float("nan")}), "traits.t"),
        (PersonData(traits={"t": 2**60}), "traits.t"),
    ],
)
def test_what_cannot_be_so_is_refused_by_its_field_and_not_quoted(data: PersonData, field: str):
    with pytest.raises(Invalid) as refused:
        identified("acme", "u1", data, When(), NOW)
    assert refused.value.field == field
    assert "no address" not in refused.value.message


def test_a_company_and_a_time_that_cannot_be_so():
    for data, when, field in (
        (CompanyData(domain="not a domain"), When(), "domain"),
        (CompanyData(), When(at="yesterday"), "at"),
        (CompanyData(), When(at="2100-01-01T00:00:00Z"), "at"),
        (CompanyData(), When(id="two words"), "id"),
    ):
        with pytest.raises(Invalid) as refused:
            described("acme", "globex", data, when, NOW)
        assert refused.value.field == field


def test_whole_numbers_are_whole_however_they_were_written():
    fact = identified("acme", "u1", PersonData(traits={"seats": 5.0}), When(id="e", at="2026-01-01"), NOW)
    assert fact.data.traits == {"seats": 5}
    assert encode_fact(fact).endswith(b'{"traits":{"seats":5}}}')
    assert fact.time == "2026-01-01T00:00:00.000Z"
