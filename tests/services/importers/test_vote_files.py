"""Reading files of votes."""

import gzip
import io
from pathlib import Path

import pytest

from events.submission import FieldError, SubmittedVote
from services.importers.errors import ImportRefused
from services.importers.vote_files import MAX_LINE_BYTES, Format, open_votes, read_votes


def read(text: bytes, form: Format) -> list[tuple[int, SubmittedVote | FieldError]]:
    return [tuple(line) for line in read_votes(io.BytesIO(text), form)]  # type: ignore[misc]


def wrong(text: bytes, form: Format) -> list[tuple[int, str]]:
    return [(number, vote.field) for number, vote in read(text, form) if isinstance(vote, FieldError)]


def test_ndjson_line_by_line() -> None:
    text = b'\xef\xbb\xbf{"post":"p","person":"u"}\n\n  {"post":"q","person":"v","value":0,"id":"e"}  \r\n'
    assert read(text, "ndjson") == [
        (1, SubmittedVote("p", "u")),
        (3, SubmittedVote("q", "v", value=0, id="e")),
    ]


def test_bad_ndjson_is_told_by_line_and_field() -> None:
    lines = [
        b'{"post":"p","person":"u"}',
        b'{"post":"p"}',
        b"not json",
        b'{"post":"p","person":"u","value":7}',
        b'{"post":"p","person":"\xff"}',
        b'{"post":"p","person":"' + b"x" * MAX_LINE_BYTES + b'"}',
        b"[" * 5000,
        b'{"post":"p","person":"u"}',
    ]
    assert wrong(b"\n".join(lines), "ndjson") == [(2, "person"), (3, ""), (4, "value"), (5, ""), (6, ""), (7, "")]
    assert len(read(b"\n".join(lines), "ndjson")) == 8


def test_csv_by_its_header() -> None:
    text = b'Person, POST ,value,at,mood\nu,p,-1,2026-01-31,"glad, really"\n"u2",q,,,\n\nu3,p\n'
    assert read(text, "csv") == [
        (2, SubmittedVote("p", "u", value=-1, at="2026-01-31")),
        (3, SubmittedVote("q", "u2")),
        (5, SubmittedVote("p", "u3")),
    ]


def test_bad_csv_is_told_by_line_and_field() -> None:
    text = b"post,person,value,importance\np,u,up,\np,u,2,\np,,1,\np,u,1,1,1,1\np,u,1,9\np,u,1,3\n"
    assert wrong(text, "csv") == [(2, "value"), (3, "value"), (4, "person"), (5, ""), (6, "importance")]


@pytest.mark.parametrize("text", [b"", b"who,what\nu,p\n", b"p,u\n"])
def test_csv_without_its_columns_is_refused(text: bytes) -> None:
    with pytest.raises(ImportRefused, match="first line must name its columns"):
        read(text, "csv")


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("v.csv", b'{"post": "p"}', "csv"),
        ("v.jsonl", b"post,person", "ndjson"),
        ("v.txt", b'\xef\xbb\xbf\n {"post": "p"}', "ndjson"),
        ("v", b"post,person\n", "csv"),
        ("v.ndjson.gz", gzip.compress(b"", mtime=0), "ndjson"),
        ("v.gz", gzip.compress(b'{"post": "p"}', mtime=0), "ndjson"),
    ],
)
def test_knows_what_a_file_is(tmp_path: Path, name: str, content: bytes, form: Format) -> None:
    (tmp_path / name).write_bytes(content)
    with open_votes(tmp_path / name, io.BytesIO()) as (_, found):
        assert found == form


def test_knows_what_standard_input_is() -> None:
    with open_votes(None, io.BytesIO(b'{"post":"p","person":"u"}')) as (stream, found):
        assert found == "ndjson"
        assert [line.number for line in read_votes(stream, found)] == [1]


def test_a_file_that_is_not_there_or_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="can't be read"), open_votes(tmp_path / "none.csv", io.BytesIO()):
        pass
    cut = tmp_path / "v.ndjson.gz"
    cut.write_bytes(gzip.compress(b'{"post":"p","person":"u"}\n' * 1000)[:-20])
    with open_votes(cut, io.BytesIO()) as (stream, form), pytest.raises(ImportRefused, match="to its end"):
        list(read_votes(stream, form))
