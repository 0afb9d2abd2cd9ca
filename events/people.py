"""The stream of what is known of persons and companies: its event types, their bytes and their keys.

Names, e-mail addresses and traits are here and nowhere else. CloudEvents 1.0 in JSON; `source` is the workspace,
`subject` the person or company, `id` the event's identity, `time` when it became true at the client.

Each record has a key of its own below its subject's: `workspace/person/<id>`, `workspace/@company/<id>`. So compaction
takes nothing away until somebody is forgotten. A tombstone under the subject's own key forgets all that was recorded
before it; one under each record's key then lets Kafka take the record away. docs/decisions/022 says why.
"""

from typing import Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from events.ballots import SPECVERSION, partition_of
from events.ids import is_client_id, new_id

Trait = str | int | float | bool
Kind = Literal["person", "company"]

NUDGE_KEY = b"!nudge"
"""A tombstone under this key says nothing: it only makes Kafka begin a new file, so that the last one is compacted."""

_COMPANY_MARK = "@"


class Spend(msgspec.Struct, frozen=True, gc=False):
    """What somebody pays a month: `amount` in the minor unit (cents) of `currency` (ISO 4217)."""

    amount: int
    currency: str


class PersonData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is now so of a person: what is not set stays as it was, None takes it away, and so in `traits`."""

    name: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    company: str | UnsetType | None = UNSET
    plan: str | UnsetType | None = UNSET
    spend: Spend | UnsetType | None = UNSET
    traits: dict[str, Trait | None] = {}


class CompanyData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is now so of a company; see `PersonData`."""

    name: str | UnsetType | None = UNSET
    domain: str | UnsetType | None = UNSET
    plan: str | UnsetType | None = UNSET
    spend: Spend | UnsetType | None = UNSET
    traits: dict[str, Trait | None] = {}


class _Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """A CloudEvent."""

    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str


class PersonIdentified(_Fact, frozen=True, kw_only=True, tag="groundswell.person.identified.v1"):
    """Something became true of a person."""

    data: PersonData


class CompanyDescribed(_Fact, frozen=True, kw_only=True, tag="groundswell.company.described.v1"):
    """Something became true of a company."""

    data: CompanyData


Fact = PersonIdentified | CompanyDescribed

FACT_DECODER: msgspec.json.Decoder[Fact] = msgspec.json.Decoder(Fact)
encode_fact = msgspec.json.Encoder().encode
"""A fact's bytes."""


class Subject(NamedTuple):
    """Whom or what facts are about."""

    workspace: str
    kind: Kind
    id: str

    @property
    def key(self) -> bytes:
        """The key of its tombstone, and the beginning of the keys of all its records."""
        mark = _COMPANY_MARK if self.kind == "company" else ""
        return f"{self.workspace}/{mark}{self.id}".encode()

    def record_key(self) -> bytes:
        """A key for one more record."""
        return b"%b/%b" % (self.key, new_id().encode())

    def partition(self, partitions: int) -> int:
        """Which of so many partitions all its records stand in."""
        return partition_of(self.key, partitions)


class RecordKey(NamedTuple):
    """A record's key, read: `record` is empty for the subject's own key."""

    subject: Subject
    record: str


def subject_of(fact: Fact) -> Subject:
    """Whom or what a fact is about."""
    return Subject(fact.source, "person" if isinstance(fact, PersonIdentified) else "company", fact.subject)


def read_key(key: bytes | None) -> RecordKey:
    """A record's key as we write it.

    Raises:
        ValueError: if it is none; the message holds nothing of it.
    """
    try:
        workspace, name, record = [*(key or b"").decode("ascii").split("/", 2), "", ""][:3]
    except UnicodeDecodeError:
        raise ValueError("the key is not one of this stream") from None
    kind: Kind = "company" if name.startswith(_COMPANY_MARK) else "person"
    id = name.removeprefix(_COMPANY_MARK)
    if is_client_id(workspace) is None or is_client_id(id) is None or "/" in record:
        raise ValueError("the key is not one of this stream")
    return RecordKey(Subject(workspace, kind, id), record)
