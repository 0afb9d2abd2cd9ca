"""Names and versions of event types, and reading old versions as the newest one."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Generic, Protocol, TypeVar

import msgspec

State = dict[str, object]
Upcaster = Callable[[State], State]
"""Turns one version's state into the next one's. It may change what it is given, and must not look elsewhere."""


class Named(Protocol):
    """An event class with its stable name, which ends in its version: `groundswell.post.submitted.v1`."""

    TYPE: ClassVar[str]


_E = TypeVar("_E", bound=Named)


class UnknownEventType(ValueError):  # noqa: N818 - it names the type, not the fault
    """No event of this type is known here; a newer version may have written it."""


class Vocabulary(Generic[_E]):
    """Some event classes by name, and how to read the older versions that they replaced.

    An upcaster stands under the name and version that it reads, as in `("groundswell.post.submitted", 1)`, and
    yields the state of the next version.
    """

    def __init__(self, classes: Sequence[type[_E]], upcasters: Mapping[tuple[str, int], Upcaster]) -> None:
        self.classes: Mapping[str, type[_E]] = {cls.TYPE: cls for cls in classes}
        if len(self.classes) != len(classes):
            raise ValueError("two event classes have one name")
        self._upcasters = dict(upcasters)
        self._decoders = {cls.TYPE: msgspec.json.Decoder(cls).decode for cls in classes}
        self._encode = msgspec.json.Encoder().encode
        for name, version in self._upcasters:
            self._newest(name, version)  # an upcaster that leads nowhere is found at the start

    def encode(self, event: _E) -> bytes:
        """The event's state."""
        return self._encode(event)

    def decode(self, type: str, state: bytes) -> _E:
        """The event, read as the newest version of its type.

        Raises:
            UnknownEventType: if neither the type nor a way from it to a newer one is known.
            msgspec.MsgspecError: if the state is not one of that type.
        """
        decoder = self._decoders.get(type)
        if decoder is not None:
            return decoder(state)
        return self._upcast(type, state)

    def _upcast(self, type: str, state: bytes) -> _E:
        name, version = split_type(type)
        newest = self._newest(name, version)
        fields = msgspec.json.decode(state, type=State)
        while (upcaster := self._upcasters.get((name, version))) is not None:
            fields, version = upcaster(fields), version + 1
        return msgspec.convert(fields, newest)

    def _newest(self, name: str, version: int) -> type[_E]:
        while (name, version) in self._upcasters:
            version += 1
        cls = self.classes.get(f"{name}.v{version}")
        if cls is None:
            raise UnknownEventType(
                f"no event type {name}.v{version} is known here: if a newer version wrote it, upgrade"
            )
        return cls


def split_type(type: str) -> tuple[str, int]:
    """`groundswell.post.submitted.v1` as a name and a version.

    Raises:
        UnknownEventType: if it does not end in a version.
    """
    name, _, version = type.rpartition(".v")
    if not name or not version.isdecimal():
        raise UnknownEventType(f"{type!r} is no event type of ours: it does not end in a version")
    return name, int(version)
