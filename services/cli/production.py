"""`groundswell api`, `projector` and `sagas`: one service alone, for production, by settings."""

import os
import sys

import typer


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Production")(api)
    app.command(rich_help_panel="Production")(projector)
    app.command(rich_help_panel="Production")(sagas)


def api() -> None:
    """Run one API process, by settings (KAFKA_*, CLICKHOUSE_*, GROUNDSWELL_API_*), until it is told to stop."""
    _become("api")


def projector() -> None:
    """Run one projector, by settings (KAFKA_*, CLICKHOUSE_*, GROUNDSWELL_*), until it is told to stop."""
    _become("services.projector")


def sagas() -> None:
    """Run the sagas, by settings (KAFKA_*, GROUNDSWELL_*): what follows from decisions. One process is enough."""
    _become("services.sagas")


def _become(module: str) -> None:
    """Let the service have this process: signals and exit codes are its own. (-P: not out of the current folder.)"""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-P", "-m", module])  # noqa: S606 - our own interpreter, no shell
