"""Names and bytes of the domain events: old bytes read for ever."""

import json
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from events.domain.event import DomainEvent
from events.domain.upcasting import State, UnknownEventType, Vocabulary
from events.domain.vocabulary import (
    EVENTS,
    decode_domain_event,
    encode_state,
)
from events.ledger.commit import Commit, decode_record, encode_commit
from tests.support.golden_events import (
    comments,
    formulas,
    goals,
    merging,
    people,
    planning,
    posts,
    quality,
    releases,
    roadmaps,
    webhooks,
)

GOLDEN = Path(__file__).parent.parent / "golden"

# What each golden file must read as. Never edit one: add a line when a type or version is added.
EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.workspace.opened.v1": {"at": "2026-01-02T03:04:05.678Z"},
    "groundswell.key.created.v1": {
        "key": "3977acc9d473", "role": "ingest", "label": "Web shop", "internal": False,
        "at": "2026-01-02T03:04:05.678Z", "hash": "90f33adc8f9b474e61436900d1a7b86ee37b9c41bc72664db5ea88214d511edd",
    },
    "groundswell.key.revoked.v1": {"key": "3977acc9d473", "reason": "", "at": "2026-01-02T03:04:05.678Z"},
    "groundswell.board.created.v1": {"board": "ideas", "name": "Idées", "at": "2026-01-02T03:04:05.678Z"},
    "groundswell.board.renamed.v1": {"board": "ideas", "name": "Wishes", "at": "2026-01-02T03:04:05.678Z"},
    "groundswell.post.submitted.v1": {
        "post": "dark-mode", "board": "ideas", "title": "Dark mode", "body": "My eyes.\n\"Please\" 🌒",
        "author": "u1", "status": "open", "kind": "open", "at": "2026-01-02T03:04:05.678Z",
    },
    "groundswell.post.edited.v1": {
        "post": "dark-mode", "title": "Darker mode", "body": None, "author": None, "reason": "",
        "at": "2026-01-02T03:04:05.678Z",
    },
    "groundswell.post.moved.v1": {
        "post": "dark-mode", "board": "bugs", "reason": "", "at": "2026-01-02T03:04:05.678Z",
    },
    "groundswell.post.closed.v1": {
        "post": "dark-mode", "reason": "done", "status": "closed", "kind": "declined",
        "at": "2026-01-02T03:04:05.678Z",
    },
    "groundswell.post.reopened.v1": {
        "post": "dark-mode", "reason": "", "status": "open", "kind": "open", "at": "2026-01-02T03:04:05.678Z",
    },
    "groundswell.post.duplicate-noted.v1": {
        "post": "dark-mode", "duplicate_of": "night-mode", "at": "2026-01-02T03:04:05.678Z",
    },
    **merging.EXPECTED,
    **posts.EXPECTED,
    **comments.EXPECTED,
    **roadmaps.EXPECTED,
    **releases.EXPECTED,
    **webhooks.EXPECTED,
    **people.EXPECTED,
    **quality.EXPECTED,
    **planning.EXPECTED,
    **formulas.EXPECTED,
    **goals.EXPECTED,
}  # fmt: skip


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.TYPE)
def test_every_type_has_golden_bytes_that_still_read(cls: type[DomainEvent]) -> None:
    state = (GOLDEN / f"{cls.TYPE}.json").read_bytes()
    event = decode_domain_event(cls.TYPE, state)
    assert type(event) is cls
    assert msgspec.structs.asdict(event) == EXPECTED[cls.TYPE]


@pytest.mark.parametrize("type", EXPECTED)
def test_old_bytes_read_whatever_became_of_the_type(type: str) -> None:
    assert decode_domain_event(type, (GOLDEN / f"{type}.json").read_bytes())


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.TYPE)
def test_what_is_written_today_is_the_golden_bytes(cls: type[DomainEvent]) -> None:
    state = (GOLDEN / f"{cls.TYPE}.json").read_bytes()
    assert encode_state(decode_domain_event(cls.TYPE, state)) == state


@pytest.mark.parametrize("cls", EVENTS, ids=lambda cls: cls.TYPE)
def test_fields_that_a_newer_version_added_are_let_pass(cls: type[DomainEvent]) -> None:
    state = (GOLDEN / f"{cls.TYPE}.json").read_bytes()
    newer = json.dumps(json.loads(state) | {"added_later": [1]}).encode()
    assert decode_domain_event(cls.TYPE, newer) == decode_domain_event(cls.TYPE, state)


def test_the_golden_commit_still_reads() -> None:
    value = (GOLDEN / "groundswell.ledger.commit.v1.json").read_bytes()
    commit = decode_record(value)
    assert isinstance(commit, Commit)
    assert (commit.id, commit.workspace, commit.actor) == ("c-1", "acme", "key:3977acc9d473")
    assert [(event.originator_version, event.type) for event in commit.events] == [
        (1, "groundswell.post.submitted.v1"),
        (2, "groundswell.post.closed.v1"),
        (1, "legacy.binary.v1"),
    ]
    assert commit.events[0].state_bytes == (GOLDEN / "groundswell.post.submitted.v1.json").read_bytes()
    assert commit.events[2].state_bytes == b"\x00\x01\xff"
    assert encode_commit(commit) == value


def test_an_unknown_type_is_named() -> None:
    for type in ("groundswell.post.exploded.v1", "groundswell.post.submitted.v99", "nonsense"):
        with pytest.raises(UnknownEventType, match=type.split(".v")[0]):
            decode_domain_event(type, b"{}")


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "test.paid.v3"
    cents: int
    currency: str


def _whole_to_cents(state: State) -> State:
    return {"cents": int(str(state["amount"])) * 100}


def _currency_named(state: State) -> State:
    return state | {"currency": "EUR"}


def test_old_versions_are_read_as_the_newest() -> None:
    vocabulary = Vocabulary([Paid], {("test.paid", 1): _whole_to_cents, ("test.paid", 2): _currency_named})
    assert vocabulary.decode("test.paid.v1", b'{"amount":3}') == Paid(cents=300, currency="EUR")
    assert vocabulary.decode("test.paid.v2", b'{"cents":7}') == Paid(cents=7, currency="EUR")
    assert vocabulary.decode("test.paid.v3", b'{"cents":7,"currency":"CHF"}') == Paid(cents=7, currency="CHF")
    with pytest.raises(msgspec.ValidationError):
        vocabulary.decode("test.paid.v2", b'{"cents":"seven"}')


def test_an_upcaster_that_leads_nowhere_is_refused_at_once() -> None:
    with pytest.raises(UnknownEventType, match=r"test\.paid\.v2"):
        Vocabulary([Paid], {("test.paid", 1): _whole_to_cents})


def test_two_classes_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        Vocabulary([Paid, Paid], {})
