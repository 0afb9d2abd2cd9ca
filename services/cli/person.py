"""`groundswell person`: what is known of a person, saying it, and forgetting it."""

from typing import Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr

app = typer.Typer(help="What is known of persons, and forgetting it.", no_args_is_help=True)

Person = Annotated[str, typer.Argument(help="The person's pseudonymous id.", show_default=False)]
Trait = Annotated[
    list[str] | None,
    typer.Option("--trait", help="NAME=VALUE; a number, true or false is one; NAME= takes it away. May be repeated."),
]
Spend = Annotated[
    str | None,
    typer.Option(
        "--spend", help="What is paid a month: '129.00 EUR', or in the minor unit '12900 EUR'; '' takes it away."
    ),
]
At = Annotated[str | None, typer.Option("--at", help="Since when: 2026-01-31T12:00:00Z. Default: now.")]


@app.command()
def put(
    person: Person,
    workspace: place.Workspace,
    name: Annotated[str | None, typer.Option("--name", help="'' takes it away.")] = None,
    email: Annotated[str | None, typer.Option("--email", help="'' takes it away.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="The company's id.")] = None,
    plan: Annotated[str | None, typer.Option("--plan")] = None,
    spend: Spend = None,
    trait: Trait = None,
    at: At = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Say what is so of a person. What is left out stays as it was."""
    from events.people import PersonData
    from services.cli import people

    said = people.Said(name, plan, spend, trait or ())
    facts = PersonData(
        name=said.text(name), email=said.text(email), company=said.text(company), plan=said.text(plan),
        spend=said.paid(), traits=said.traits(),
    )  # fmt: skip
    people.identify(place.kafka(data), workspace, person, facts, at)
    people.tell_written({"person": person}, json)


@app.command()
def show(person: Person, workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show what is known of a person, with its history."""
    from services.cli import people

    people.show(place.clickhouse(data), workspace, "person", person, json)


@app.command()
def forget(
    person: Person,
    workspace: place.Workspace,
    reason: Annotated[
        str, typer.Option("--reason", help="requested, retention, contract-ended or mistake: no free text.")
    ] = "requested",
    wait: Annotated[float, typer.Option("--wait", min=0, help="How many seconds to see to it.")] = 30.0,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Forget a person: name, address, plan, spend and traits go from every table, state and file. Votes stay.

    Exit code 0 means that nothing is left but records in Kafka's files, which it compacts in time. Safe to repeat.
    """
    from services.cli import people

    log_to_stderr()
    people.forget(place.kafka(data), place.clickhouse(data), workspace, "person", person, reason, wait, json)


@app.command()
def check(person: Person, workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show what is left of a person who was forgotten; exit code 0 if nothing is, in no file."""
    from services.cli import people

    log_to_stderr()
    people.check(place.kafka(data), place.clickhouse(data), workspace, "person", person, json)
