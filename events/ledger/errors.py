"""What can go wrong when something is saved in the ledger. All are errors of the `eventsourcing` library's kinds."""

from eventsourcing.persistence import DataError, IntegrityError, NotSupportedError, OperationalError


class VersionConflict(IntegrityError):  # noqa: N818 - a verdict, named as such
    """Void: somebody else wrote the aggregate's next version first. Try again on its fresh state."""


class CommitIdReused(IntegrityError):  # noqa: N818
    """Void: another commit was admitted under this id. Whoever chooses ids must choose another."""


class LedgerUnavailable(OperationalError):  # noqa: N818
    """Nothing was appended: the log can't be reached, or too much waits for it. Trying again is safe."""


class OutcomeUnknown(OperationalError):  # noqa: N818
    """Appended perhaps: the log did not say in time.

    Never a guess: whoever needs to know saves the same again under the same commit id, which can't count twice.
    """


class LedgerStopped(OperationalError):  # noqa: N818
    """This process stopped following the ledger and can't save or see what is new; the message says why."""


class CommitTooLarge(DataError):  # noqa: N818
    """Refused before it was appended: split it into several commits."""


class IndexInUse(OperationalError):  # noqa: N818
    """Another process holds this index: give each process a path of its own."""


class TooManyPartitions(NotSupportedError):  # noqa: N818
    """The ledger has more than one partition, so its commits have no one order to number."""
