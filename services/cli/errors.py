"""How a command fails: one line on standard error, and an exit code."""

import os

import typer

DONE, FAILED, BAD_USAGE = 0, 1, 2


class CliError(Exception):
    """The command failed; the message is one line that says what to do."""


class Failed(Exception):  # noqa: N818 - an outcome
    """The command failed, and everything about it was said already."""


def say(message: str) -> None:
    """One line on standard error."""
    typer.echo(f"groundswell: {' '.join(message.split())}", err=True)


def debugging() -> bool:
    """Whether whoever runs this wants tracebacks (`GROUNDSWELL_DEBUG=1`)."""
    return os.environ.get("GROUNDSWELL_DEBUG", "") not in ("", "0")
