"""`groundswell company`: what is known of a company, saying it, and forgetting it."""

from typing import Annotated

import typer

from services.cli import place
from services.cli.output import log_to_stderr
from services.cli.person import At, Spend, Trait

app = typer.Typer(help="What is known of companies, and forgetting it.", no_args_is_help=True)

Company = Annotated[str, typer.Argument(help="The company's id.", show_default=False)]


@app.command()
def put(
    company: Company,
    workspace: place.Workspace,
    name: Annotated[str | None, typer.Option("--name", help="'' takes it away.")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="'' takes it away.")] = None,
    plan: Annotated[str | None, typer.Option("--plan")] = None,
    spend: Spend = None,
    trait: Trait = None,
    at: At = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Say what is so of a company. What is left out stays as it was."""
    from events.people import CompanyData
    from services.cli import people

    said = people.Said(name, plan, spend, trait or ())
    facts = CompanyData(
        name=said.text(name), domain=said.text(domain), plan=said.text(plan), spend=said.paid(), traits=said.traits()
    )
    people.identify(place.kafka(data), workspace, company, facts, at)
    people.tell_written({"company": company}, json)


@app.command()
def show(company: Company, workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show what is known of a company, with its history."""
    from services.cli import people

    people.show(place.clickhouse(data), workspace, "company", company, json)


@app.command()
def forget(
    company: Company,
    workspace: place.Workspace,
    reason: Annotated[
        str, typer.Option("--reason", help="requested, retention, contract-ended or mistake: no free text.")
    ] = "requested",
    wait: Annotated[float, typer.Option("--wait", min=0, help="How many seconds to see to it.")] = 30.0,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Forget a company: name, domain, plan, spend and traits go from every table, state and file."""
    from services.cli import people

    log_to_stderr()
    people.forget(place.kafka(data), place.clickhouse(data), workspace, "company", company, reason, wait, json)


@app.command()
def check(company: Company, workspace: place.Workspace, data: place.Data = None, json: place.Json = False) -> None:
    """Show what is left of a company that was forgotten; exit code 0 if nothing is, in no file."""
    from services.cli import people

    log_to_stderr()
    people.check(place.kafka(data), place.clickhouse(data), workspace, "company", company, json)
