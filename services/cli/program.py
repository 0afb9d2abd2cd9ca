"""The program: all commands under one name, and the promise about exit codes and errors."""

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer

from services.cli import (
    boards,
    check,
    comments,
    company,
    dead_letters,
    defect,
    demand,
    estimate,
    export,
    forecast,
    formulas,
    gate,
    goal,
    importing,
    keys,
    log,
    merging,
    metrics,
    person,
    posts,
    production,
    projections,
    quality,
    ranking,
    release,
    report,
    roadmap,
    segment,
    sql,
    stack,
    status,
    team,
    webhook,
    workflow,
)
from services.cli.errors import DONE, FAILED, CliError, Failed, debugging, say

app = typer.Typer(
    name="groundswell",
    help="A product-feedback platform built on an event log: votes, rankings and roadmaps as of any moment.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
for module in (stack, status, ranking, report, metrics, demand, quality, merging, sql, export, production):
    module.register(app)
for name, group in (
    ("keys", keys.app),
    ("boards", boards.app),
    ("posts", posts.app),
    ("workflow", workflow.app),
    ("comments", comments.app),
    ("roadmap", roadmap.app),
    ("forecast", forecast.app),
    ("team", team.app),
    ("estimate", estimate.app),
    ("release", release.app),
    ("gate", gate.app),
    ("check", check.app),
    ("defect", defect.app),
    ("goal", goal.app),
    ("person", person.app),
    ("company", company.app),
    ("segment", segment.app),
    ("formula", formulas.app),
    ("webhooks", webhook.app),
    ("import", importing.app),
    ("log", log.app),
    ("projections", projections.app),
    ("dead-letters", dead_letters.app),
):
    app.add_typer(group, name=name)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"groundswell {version('groundswell')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run a command: 0 done, 1 failed, 2 bad usage. What goes wrong is one line on standard error."""
    try:
        code = app(args=list(arguments), prog_name="groundswell", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        say(_usage(error))
        return error.exit_code
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has seen enough (Typer makes a SystemExit of it, and of nothing else here); nothing
        # may be flushed into the closed pipe at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt) as error:
        _tell(error)
        return FAILED
    return code if isinstance(code, int) else DONE


def _tell(error: BaseException) -> None:
    """Say what went wrong, unless it was said already."""
    match error:
        case Failed():
            pass
        case CliError():
            say(str(error))
        case typer.Abort() | KeyboardInterrupt():
            say("interrupted")
        case Exception() if not debugging():
            from services.cli.failures import describe

            say(describe(error))
        case _:
            raise error


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the arguments, and where to read how they go."""
    message = " ".join(error.format_message().replace("Value error, ", "").split())
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path if context else 'groundswell'} --help)"
