"""Who watches an import."""

from typing import Protocol


class Progress(Protocol):
    """Told how far an import has come."""

    def begin(self, what: str, total: int | None) -> None:
        """A new part of the work, of `total` steps if that is known."""

    def advance(self, steps: int) -> None:
        """So many steps more are done."""


class Unwatched:
    """Nobody watches."""

    def begin(self, what: str, total: int | None) -> None:
        """Show nothing."""

    def advance(self, steps: int) -> None:
        """Show nothing."""
