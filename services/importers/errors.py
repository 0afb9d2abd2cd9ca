"""What stops an import."""


class ImportRefused(Exception):  # noqa: N818 - an answer, not a fault
    """The import can't be done as asked; the message is one line that says what to do."""
