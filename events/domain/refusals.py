"""Why a command is refused. Each names what the caller can do something about."""


class Refusal(Exception):  # noqa: N818 - a refused command is an answer, not a fault
    """The command can't be carried out; nothing was written."""


class Invalid(Refusal):
    """A field has a value that it can't have."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class NotFound(Refusal):
    """There is no such thing in this workspace."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(f"no {kind} {id!r}")
        self.kind = kind
        self.id = id


class Conflict(Refusal):
    """What is asked can't be done to the thing as it stands; the message says what is in the way.

    `field` names the part of the request that it is about, as in `Invalid`.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class VersionMismatch(Refusal):
    """The aggregate is not at the version that the caller expects; `actual` is None if it does not exist."""

    def __init__(self, expected: int, actual: int | None) -> None:
        super().__init__(f"expected version {expected}, but it is at {actual or 'none'}")
        self.expected = expected
        self.actual = actual


class RequestReused(Refusal):
    """Another request was carried out under this commit id (idempotency key)."""


class TooMuchContention(Refusal):
    """Others kept being first, for as long as we tried: try again."""
