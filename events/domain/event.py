"""What every domain event has, whichever aggregate it belongs to."""

from typing import ClassVar, Protocol


class DomainEvent(Protocol):
    """A struct of plain data: its stable name, and when it happened at the client."""

    TYPE: ClassVar[str]
    """Ends in its version: `groundswell.post.submitted.v1`. The part before the last is its subject, `post`."""

    @property
    def at(self) -> str:
        """RFC 3339 in UTC with milliseconds."""
        ...


class NotItsEvent(ValueError):  # noqa: N818 - it names the event, not the fault
    """An event that no history of such an aggregate can go on with."""

    def __init__(self, aggregate: str, event: DomainEvent) -> None:
        super().__init__(f"{event.TYPE} can't follow in the history of {aggregate}")
