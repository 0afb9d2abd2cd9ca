"""`groundswell sql`: a query against ClickHouse, or a prompt."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import CliError, say

if TYPE_CHECKING:
    from services.cli.queries import Queries


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sql)


def sql(
    query: Annotated[str | None, typer.Argument(help="The query; without one, a prompt (or standard input).")] = None,
    data: place.Data = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a row.")] = False,
) -> None:
    """Ask ClickHouse: a query, or a prompt with history where none is given.

    The views are in the database groundswell, which is the one that names without a database mean.
    """
    from services.cli.queries import Queries

    if query is None and not sys.stdin.isatty():
        query = sys.stdin.read()
    with Queries(place.clickhouse(data), json=json) as queries:
        if query is not None:
            queries.run(query)
        else:
            _prompt(queries)


def _prompt(queries: "Queries") -> None:
    """Read queries to the semicolon, until Ctrl-D."""
    from services.cli.history import with_history

    typer.echo("End a query with ; and leave with Ctrl-D.", err=True)
    with with_history():
        gathered: list[str] = []
        while True:
            try:
                line = input("groundswell> " if not gathered else "         ... ")
            except EOFError:
                typer.echo()
                return
            except KeyboardInterrupt:
                gathered.clear()
                typer.echo()
                continue
            if not gathered and line.strip() in ("", "exit", "quit", "\\q"):
                if line.strip():
                    return
                continue
            gathered.append(line)
            if line.rstrip().endswith(";"):
                _answer(queries, "\n".join(gathered))
                gathered.clear()


def _answer(queries: "Queries", query: str) -> None:
    """One query of many: what goes wrong ends the query, not the prompt."""
    from services.cli.failures import describe

    try:
        queries.run(query)
    except CliError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("interrupted")
    except Exception as error:
        say(describe(error))
