"""How a person or a company stands: fields that each are a register, over the timeline of what was said.

The same facts in any order end in the same state, and in the same past: a fact takes its place by when it became true,
and each field is as the last fact before says. The latest facts are kept one by one; what is older is kept as what it
comes to, and a fact that arrives later than that still counts where nothing newer was said.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import UNSET

from events.people import Fact, PersonIdentified, Trait
from events.times import Millis

FACTS_KEPT = 100
"""So many facts of one subject are kept one by one."""

Place = tuple[Millis, int]
"""When something became true, and the offset of the record that says so."""
Value = Trait | tuple[int, str]
"""A text, number or truth; spend is its amount and its currency."""
Fields = Mapping[str, Value]

_TRAIT = "traits."
_PERSONAL = frozenset({"name", "email", "domain"})


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One fact: None takes a field away."""

    time: Millis
    offset: int
    recorded: Millis
    id: str
    changes: dict[str, Value | None]

    @property
    def place(self) -> Place:
        """Where it stands in the timeline."""
        return self.time, self.offset


class SubjectState(msgspec.Struct):
    """What is known of a subject. What happened up to `forgotten` is never known again, whenever it arrives.

    `base` has the fields as the facts up to `horizon` left them, each with its place.
    """

    forgotten: Millis = -1
    first: Millis = 0
    horizon: Place = (-1, -1)
    base: dict[str, tuple[Place, Value | None]] = {}
    entries: list[Entry] = []

    @property
    def known(self) -> bool:
        """Whether anything is."""
        return bool(self.entries or self.base)


def take(state: SubjectState, entry: Entry) -> int | None:
    """Put a fact in its place; from which entry on the past now reads differently, None if nothing changes."""
    if entry.time <= state.forgotten or any(known.id == entry.id for known in state.entries):
        return None
    state.first = min(state.first, entry.time) if state.known else entry.time
    if entry.place <= state.horizon:
        _settle(state, entry)
        return 0
    index = bisect_right(state.entries, entry.place, key=lambda known: known.place)
    state.entries.insert(index, entry)
    if len(state.entries) > FACTS_KEPT:
        oldest = state.entries.pop(0)
        _settle(state, oldest)
        state.horizon = oldest.place
        return max(index - 1, 0)
    return index


def timeline(state: SubjectState) -> Iterator[tuple[Entry, Fields]]:
    """Each kept fact, and all that is so from it on."""
    fields = {name: value for name, (_, value) in state.base.items() if value is not None}
    for entry in state.entries:
        for name, value in entry.changes.items():
            if value is None:
                fields.pop(name, None)
            else:
                fields[name] = value
        yield entry, dict(fields)


def changes_of(fact: Fact) -> dict[str, Value | None]:
    """The fields that a fact sets or takes away."""
    data = fact.data
    if isinstance(fact, PersonIdentified):
        said = {"name": data.name, "email": fact.data.email, "company": fact.data.company}
    else:
        said = {"name": data.name, "domain": fact.data.domain}
    changes: dict[str, Value | None] = {name: value for name, value in said.items() if value is not UNSET}
    if data.plan is not UNSET:
        changes["plan"] = data.plan
    if data.spend is not UNSET:
        changes["spend"] = None if data.spend is None else (data.spend.amount, data.spend.currency)
    return changes | {f"{_TRAIT}{name}": value for name, value in data.traits.items()}


def text(fields: Fields, name: str) -> str:
    """A field that is a text; empty where there is none."""
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def spend(fields: Fields) -> tuple[int, str]:
    """Amount and currency; nothing in no currency where there is none."""
    value = fields.get("spend")
    return value if isinstance(value, tuple) else (0, "")


def traits(fields: Fields) -> str:
    """The traits as a JSON object."""
    return _json({name.removeprefix(_TRAIT): value for name, value in fields.items() if name.startswith(_TRAIT)})


def ruled_by(fields: Fields) -> str:
    """What rules of segments look at, as a JSON object: spend stands under its currency."""
    amount, currency = spend(fields)
    seen = {name: value for name, value in fields.items() if name not in _PERSONAL and name != "spend"}
    return _json(seen | ({f"spend.{currency}": amount} if currency else {}))


def _settle(state: SubjectState, entry: Entry) -> None:
    """Keep of a fact only what it comes to."""
    for name, value in entry.changes.items():
        known = state.base.get(name)
        if known is None or known[0] < entry.place:
            state.base[name] = (entry.place, value)


def _json(values: Fields) -> str:
    return msgspec.json.encode(dict(sorted(values.items()))).decode()


encode_state = msgspec.msgpack.Encoder().encode
decode_state = msgspec.msgpack.Decoder(SubjectState).decode
