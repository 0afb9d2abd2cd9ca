"""`groundswell projections verify` and `checksums`: what a generation shows, beside the live one."""

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import place
from services.cli.errors import Failed
from services.cli.output import log_to_stderr, print_json, print_table, printable
from services.cli.projection_names import Name, projection_named

if TYPE_CHECKING:
    from services.generations.differences import RowDifference, TableComparison
    from services.generations.verifying import Verification

MAX_EXAMPLES = 100
COMPARE_SECONDS = 3600

Number = Annotated[int | None, typer.Option("--generation", "-g", min=1, help="Which one. Default: the newest.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(verify)
    app.command()(checksums)


def verify(
    name: Name,
    generation: Number = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, max=MAX_EXAMPLES, help="Show so many rows of each table that differ.")
    ] = 5,
    accept: Annotated[
        str | None,
        typer.Option("--accept", metavar="REASON", help="Take the differences, for this reason; it is kept."),
    ] = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Compare a projection's next generation with the live one, table by table, both at the same position.

    Equal, or equal in all that both have where the code changed: then it is verified, and can be switched to. Where
    rows differ they are shown, and it exits with 1, unless the differences are accepted.
    """
    from services.cli import views
    from services.generations.projection_log import ProjectionLog
    from services.generations.verifying import verify as compare

    projection = projection_named(name)
    log_to_stderr()
    settings, log = place.clickhouse(data), ProjectionLog.of(place.kafka(data), projection)
    with views.client(settings, seconds=COMPARE_SECONDS) as client:
        done = compare(
            client, settings.database, projection.name, log, number=generation, examples=examples, accept=accept
        )
    if json:
        print_json(done)
    else:
        _show(done)
    if not done.passed:
        raise Failed


def checksums(
    name: Annotated[str | None, typer.Argument(help="The projection. Default: all.", show_default=False)] = None,
    generation: Number = None,
    data: place.Data = None,
    json: place.Json = False,
) -> None:
    """Print a checksum of every table, which depends on what it shows alone: before and after a rebuild, say.

    Of the live generation, unless another is given. Ask while nothing is appended.
    """
    from projections.catalog import PROJECTIONS
    from projections.clickhouse.generation_log import read_generations
    from projections.generations import of_projection, the_live_one
    from services.cli import views
    from services.generations.verifying import checksums as sums_of

    wanted = PROJECTIONS if name is None else [projection_named(name)]
    settings, rows = place.clickhouse(data), []
    with views.client(settings, seconds=COMPARE_SECONDS) as client:
        every = read_generations(client, settings.database)
        for projection in wanted:
            known = of_projection(every, projection.name)
            live = the_live_one(known, projection.name)
            chosen = next((each for each in known if each.generation == generation), live)
            for table, found in sums_of(client, settings.database, chosen)[1].items():
                rows.append((projection.name, chosen.generation, table, found.rows, found.checksum))
    columns = ("projection", "generation", "table", "rows", "checksum")
    if json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        print_table(columns, rows, numbers=("generation", "rows"))


def _show(done: "Verification") -> None:
    title = f"generation {done.generation} (code {done.code}) beside the live {done.live} (code {done.live_code})"
    typer.echo(f"{done.projection}: {title}")
    if done.tables:
        columns = ("table", "rows live", "rows next", "checksum live", "checksum next", "result")
        print_table(columns, [_row(each) for each in done.tables], numbers=("rows live", "rows next"))
    for table in done.tables:
        for example in table.examples:
            typer.echo(f"  {table.table} {_described(example, done)}")
        if table.differing > len(table.examples):
            typer.echo(f"  {table.table} ... and {table.differing - len(table.examples):,} rows more")
    typer.echo(_conclusion(done))


def _row(table: "TableComparison") -> tuple[object, ...]:
    live, other = table.live, table.other
    return (
        table.table,
        "" if live is None else f"{live.rows:,}",
        "" if other is None else f"{other.rows:,}",
        "" if live is None else live.checksum,
        "" if other is None else other.checksum,
        _result(table),
    )


def _result(table: "TableComparison") -> str:
    if table.live is None or table.other is None:
        return "only in the next" if table.live is None else "only in the live"
    if not table.equal:
        return f"{table.differing:,} rows differ"
    notes = [f"without {', '.join(table.only_live_columns)}"] if table.only_live_columns else []
    notes += [f"with {', '.join(table.only_other_columns)}"] if table.only_other_columns else []
    return "equal" + (f", but {' and '.join(notes)}" if notes else "")


def _described(example: "RowDifference", done: "Verification") -> str:
    def side(values: object, code: int) -> str:
        if values is None:
            return f"no such row (code {code})"
        assert isinstance(values, dict)
        return ", ".join(f"{name} {printable(text)}" for name, text in values.items()) + f" (code {code})"

    key = " ".join(printable(text) for text in example.key.values())
    return f"[{key}]: live {side(example.live, done.live_code)}; next {side(example.other, done.code)}"


def _conclusion(done: "Verification") -> str:
    at = f"{sum(done.positions.values()):,} records in {len(done.positions)} partitions"
    name = done.projection
    following = f"Next: groundswell projections switch {name}"
    if done.accepted is not None:
        return f"{done.verdict}, accepted: {printable(done.accepted)}. {following}"
    match done.verdict.value:
        case "equal":
            return f"Equal at the same position, {at}. {following}"
        case "explained":
            why = (
                "the rest is the other code's"
                if done.code != done.live_code
                else "the rest was believed before dead letters were retried"
            )
            return f"Equal in all that both have, at the same position, {at}; {why}. {following}"
    why = (
        "the code changed: if this is what it was to change"
        if done.code != done.live_code
        else "with the same code: one of the two is wrong; if it is the live one"
    )
    return (
        f"Different at the same position, {at}, {why}, take it with groundswell projections verify {name} "
        "--accept REASON; else groundswell projections drop"
    )
