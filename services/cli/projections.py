"""`groundswell projections`: what is built from the log."""

import typer

from services.cli import place
from services.cli.output import print_json, print_table

app = typer.Typer(help="What is built from the log, and how far it has come.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    pass


@app.command("list")
def list_projections(data: place.Data = None, json: place.Json = False) -> None:
    """List every projection with its generations: state, code, rows, and how far behind the log it is."""
    from services.cli import views

    settings = place.clickhouse(data)
    with views.client(settings) as client:
        rows = client.query(
            f"""SELECT generation.projection, generation.generation, generation.state, generation.code,
  generation.rows, progress.lag, progress.at
FROM {settings.database}.generations AS generation
LEFT JOIN (
  SELECT projection, generation, toInt64(sum(log_end)) - toInt64(sum(next_offset)) AS lag, max(at) AS at
  FROM {settings.database}.progress GROUP BY projection, generation
) AS progress ON progress.projection = generation.projection AND progress.generation = generation.generation
ORDER BY 1, 2"""
        ).result_rows
    columns = ("projection", "generation", "state", "code", "rows", "lag", "at")
    if json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, numbers=("generation", "code", "rows", "lag"))
