"""What `groundswell up` does and says once all parts are ready."""

from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from projections.ranking.formulas import FORMULAS
from projections.ranking.query import RankedPost, RankingRequest
from services.cli import demo, ranking, views
from services.cli.errors import say
from services.cli.lag import wait_until_folded
from services.cli.output import print_json
from services.stack import Stack, read_stack

FOLDED_SECONDS = 60.0
"""A log that takes longer to fold is no reason to keep people waiting."""

FIRST_POSTS = 10
SAMPLE_ENDS = "2026-10-31"
"""The day as of which there is most to see."""


def welcome(stack: Stack, data: Path, *, sample: bool, json: bool, detached: bool) -> None:
    """Load the sample where that is due, see to a key, wait until all is folded, and say how to go on."""
    kafka = KafkaSettings(bootstrap_servers=stack.kafka)
    clickhouse = ClickHouseSettings(url=stack.clickhouse)
    key = demo.admin_key(kafka, data) if demo.has_sample(kafka, data, wanted=sample) else None
    with Console(stderr=True).status("folding the log"):
        behind = wait_until_folded(kafka, clickhouse, seconds=FOLDED_SECONDS)
    if behind:
        what = ", ".join(f"{name} {count} records" for name, count in behind.items())
        say(f"the projections are still behind the log ({what}): groundswell status shows how they come along")
    if json:
        print_json(read_stack(data) or stack)
        return
    _print_addresses(stack, key)
    if key is not None:
        posts = _first_posts(clickhouse)
        typer.echo(f"\nThe ranking of workspace {demo.WORKSPACE}:")
        ranking.show(posts)
        _print_examples(stack, key, posts)
    else:
        typer.echo("Make a workspace and its key with: groundswell keys create --workspace WORKSPACE --role admin")
    typer.echo(f"Stop it with: groundswell down --data {data}" if detached else "Stop it with Ctrl-C.")


def _first_posts(clickhouse: ClickHouseSettings) -> Sequence[RankedPost]:
    request = RankingRequest(workspace=demo.WORKSPACE, formula=FORMULAS["top"], limit=FIRST_POSTS)
    with views.client(clickhouse) as client:
        return views.rank(client, clickhouse.database, request)


def _print_addresses(stack: Stack, key: str | None) -> None:
    typer.echo("\nGroundswell is up.\n")
    typer.echo(f"  API         {stack.api}     (try {stack.api}/docs)")
    typer.echo(f"  ClickHouse  {stack.clickhouse}")
    typer.echo(f"  Kafka       {stack.kafka}")
    if key is not None:
        typer.echo(f"  API key     {key}     (admin of workspace {demo.WORKSPACE})")
        page = f"{stack.api}/report?as_of={SAMPLE_ENDS}"
        typer.echo(f"  The page    {page}     (for a browser: any name, and the API key as the password)")


def _print_examples(stack: Stack, key: str, posts: Sequence[RankedPost]) -> None:
    """Lines that work as they are printed."""
    open_post = next((post.post for post in posts if post.status == "open"), None)
    typer.echo("Try:\n")
    typer.echo(f"  curl -H 'Authorization: Bearer {key}' '{stack.api}/v1/ranking?by=trending&limit=5'")
    typer.echo(f"  curl -H 'Authorization: Bearer {key}' '{stack.api}/v1/roadmaps/product?as_of=2026-06-15'")
    if open_post is not None:
        typer.echo(
            f"  curl -X PUT -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' "
            f"-d '{{\"importance\": 3}}' '{stack.api}/v1/posts/{open_post}/votes/you'"
        )
    typer.echo(
        f"  curl '{stack.clickhouse}/' --data-binary "
        f"\"SELECT post, score FROM groundswell.ranking_as_of(at = '2026-05-01') "
        f"WHERE workspace = '{demo.WORKSPACE}' ORDER BY score DESC LIMIT 5\"\n"
    )
