"""A view as a file is the view: whole, of the rows that were asked for, in place or not at all."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pyarrow import parquet

from projections.clickhouse.query import Query
from services.cli.program import run
from services.export import parquet as writing
from services.export.files import put_in_place
from services.export.lines import _Rows
from services.export.wanted import ExportRefused, Wanted, export_query
from tests.support.customers import BEGAN, DAY, World, filled
from tests.support.views import Database

WORLD = World(seed=5)


@pytest.fixture(scope="module")
def made(clickhouse_url: str) -> Iterator[Database]:
    with filled(clickhouse_url, WORLD) as database:
        yield database


@pytest.fixture
def here(made: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("CLICKHOUSE_URL", made.settings.url)
    monkeypatch.setenv("GROUNDSWELL_DATABASE", made.settings.database)
    return made


def key(row: dict) -> tuple:
    return row["workspace"], row["post"], row["person"]


def test_every_format_has_what_the_view_has(here: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    columns = "workspace, post, person, value, importance, since"
    rows = here.client.query(f"SELECT {columns} FROM {here.settings.database}.votes WHERE workspace = 'acme'")
    expected = {row[:3]: row[3:] for row in rows.result_rows}
    assert len(expected) > 50
    for format in ("parquet", "csv", "ndjson"):
        file = tmp_path / f"votes.{format}"
        assert run(["export", "votes", "-w", "acme", "--format", format, "-o", str(file), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["rows"] == len(expected)
    table = parquet.read_table(tmp_path / "votes.parquet")
    assert {
        key(row): (row["value"], row["importance"], row["since"].replace(tzinfo=None)) for row in table.to_pylist()
    } == expected
    lines = [json.loads(line) for line in (tmp_path / "votes.ndjson").read_text().splitlines()]
    for texts in (list(csv.DictReader((tmp_path / "votes.csv").open())), lines):
        assert {
            key(row): (
                int(row["value"]),
                int(row["importance"]),
                datetime.fromisoformat(row["since"]).replace(tzinfo=None),
            )
            for row in texts
        } == expected


@pytest.mark.parametrize("view", ["posts", "demand_by_plan", "generations"])
def test_columns_of_every_type_survive_in_parquet(here: Database, tmp_path: Path, view: str):
    """Arrays, maps, truths, numbers that may be missing: as ClickHouse itself would write them."""
    file = tmp_path / "view.parquet"
    assert run(["export", view, "-o", str(file)]) == 0
    found, own = parquet.read_table(file), here.client.query_arrow(f"SELECT * FROM {here.settings.database}.{view}")
    assert found.schema.equals(own.schema)
    assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, own.to_pylist()))
    assert found.num_rows > 0


def test_only_what_is_asked_for(here: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "some.ndjson"
    one = ["--where", "post=post-0", "--where", "value=-1"]
    assert run(["export", "votes", "-w", "acme", *one, "--format", "ndjson", "-o", str(file)]) == 0
    found = [json.loads(line) for line in file.read_text().splitlines()]
    assert {row["person"] for row in found} == {
        who for post, who, value, *_ in WORLD.standing(None) if (post, value) == ("post-0", -1)
    }
    moment = datetime.fromtimestamp((BEGAN + 60 * DAY) / 1000, UTC).isoformat().replace("+00:00", "Z")
    past = ["export", "ranking", "-w", "acme", "--as-of", moment, "--format", "ndjson", "-o", str(file)]
    assert run(past) == 0
    stood = WORLD.standing(BEGAN + 60 * DAY)
    assert {row["post"]: row["up"] for row in map(json.loads, file.read_text().splitlines())} == {
        f"post-{number}": sum(1 for post, _, value, *_ in stood if (post, value) == (f"post-{number}", 1))
        for number in range(6)
    }
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "there is no view 'nothing'; there are"),
        (["votes", "--where", "colour=red"], "votes has no column 'colour'; it has workspace, post"),
        (["votes", "--where", "value=much"], "ClickHouse refuses"),
        (["ranking_as_of"], "wants a moment: give one by --as-of"),
        (["votes", "--as-of", "2026-01-01"], "can't be asked for as of a moment; these can: "),
        (["progress", "-w", "acme"], "progress has no column 'workspace'"),
        (["demand_by_plan", "--where", "spend_now=5"], "spend_now is a map"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_told_and_nothing_is_left_behind(
    here: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
):
    file = tmp_path / "kept.csv"
    file.write_text("as it was")
    assert run(["export", *arguments, "--format", "csv", "-o", str(file)]) == 1
    assert message in capsys.readouterr().err
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("kept.csv", "as it was")]


def test_bad_usage(here: Database, tmp_path: Path):
    assert run(["export", "votes", "--where", "post", "-o", str(tmp_path / "x")]) == 2
    assert run(["export", "votes", "-o", str(tmp_path / "nowhere" / "x")]) == 2


def test_values_are_bound(made: Database):
    hostile = "' OR 1=1 --"
    query = export_query(made.client, made.settings.database, Wanted("votes", hostile, [("post", hostile)]))
    assert hostile not in query.sql
    assert made.client.query(query.sql, dict(query.parameters)).result_rows == []
    with pytest.raises(ExportRefused):
        export_query(made.client, made.settings.database, Wanted("votes` WHERE 1 --"))


def test_an_error_in_the_middle_leaves_no_file(here: Database, tmp_path: Path):
    from services.export.lines import write_lines

    late = Query("SELECT number, throwIf(number = 3000000) FROM numbers(4000000)", {})
    file = tmp_path / "never"
    with pytest.raises((httpx.HTTPError, ExportRefused)), put_in_place(file) as writer:
        write_lines(here.settings, late, "csv", writer, lambda _: None)
    with pytest.raises(Exception, match="throwIf"), put_in_place(file) as writer:
        writing.write_parquet(here.client, late, writer, lambda _: None)
    assert list(tmp_path.iterdir()) == []


def test_row_groups_are_bounded(made: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "ROWS_IN_A_GROUP", 30_000)
    file, seen = io.BytesIO(), []
    query = Query("SELECT number, toString(number) AS text FROM numbers(100000)", {})
    assert writing.write_parquet(made.client, query, file, seen.append) == 100_000
    read = parquet.ParquetFile(file)
    assert sum(seen) == 100_000
    groups = [read.metadata.row_group(number).num_rows for number in range(read.num_row_groups)]
    assert len(groups) >= 2
    assert max(groups) <= 100_000
    assert read.read().column("text")[99_999].as_py() == "99999"


def test_rows_are_counted_over_quotes_and_pieces():
    text = b'"a","b"\n"x\ny","1"\n"he said ""no\n""","2"\n'
    for size in range(1, len(text)):
        rows = _Rows("csv")
        for start in range(0, len(text), size):
            rows.count(text[start : start + size])
        assert rows.counted == 2
