"""Reading a file of votes, line by line: NDJSON or CSV, by its name or by its first character."""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, cast

import msgspec

from events.submission import FieldError, SubmittedVote, explain
from services.importers.errors import ImportRefused
from services.importers.votes import Line

MAX_LINE_BYTES = 64 * 1024

Format = Literal["ndjson", "csv"]
_FORMATS: dict[str, Format] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".csv": "csv"}
_FIELDS = SubmittedVote.__struct_fields__
_decode = msgspec.json.Decoder(SubmittedVote).decode


@contextmanager
def open_votes(path: Path | None, stdin: IO[bytes]) -> Iterator[tuple[IO[bytes], Format]]:
    """The bytes of a file (gunzipped where its name ends in `.gz`) or of standard input, and what they are.

    Raises:
        ImportRefused: if there is no such file.
    """
    if path is None:
        content = stdin if isinstance(stdin, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stdin))
        yield content, _sniff(content)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ImportRefused(f"{path} can't be read ({error.strerror}): name a file of votes, or - for stdin") from error
    with file:
        zipped = path.suffix == ".gz"
        content = io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=file))) if zipped else file
        known = _FORMATS.get((path.with_suffix("") if zipped else path).suffix.lower())
        yield content, known or _sniff(content)


def read_votes(stream: IO[bytes], form: Format) -> Iterator[Line]:
    """The votes of a file, each with the number of its line.

    Raises:
        ImportRefused: if the file is cut off, or a CSV has no header that names its columns.
    """
    try:
        yield from _read_ndjson(stream) if form == "ndjson" else _read_csv(stream)
    except (gzip.BadGzipFile, EOFError, OSError) as error:
        raise ImportRefused(f"the file can't be read to its end ({error}): what came before is in") from error


def _sniff(stream: "io.BufferedReader") -> Format:
    return "ndjson" if stream.peek(1024)[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv"


def _read_ndjson(stream: IO[bytes]) -> Iterator[Line]:
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE_BYTES)
            yield Line(number, FieldError("", f"is longer than {MAX_LINE_BYTES} bytes"))
            continue
        line = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if line:
            yield Line(number, _vote_of_json(line))


def _vote_of_json(line: bytes) -> SubmittedVote | FieldError:
    try:
        return _decode(line)
    except msgspec.MsgspecError as error:
        return explain(error)
    except (UnicodeDecodeError, RecursionError):
        return FieldError("", "is not JSON in UTF-8")


def _read_csv(stream: IO[bytes]) -> Iterator[Line]:
    text = io.TextIOWrapper(cast("io.BufferedReader", stream), encoding="utf-8-sig", errors="replace", newline="")
    rows = csv.reader(text)
    columns = _columns(rows)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Line(rows.line_num, FieldError("", f"is not CSV: {error}"))
            continue
        if row:
            yield Line(rows.line_num, _vote_of_row(columns, row))


def _columns(rows: Iterator[list[str]]) -> Sequence[str]:
    try:
        columns = [name.strip().lower() for name in next(rows, [])]
    except csv.Error:
        columns = []
    missing = [name for name in ("post", "person") if name not in columns]
    if missing:
        raise ImportRefused(
            f"the CSV's first line must name its columns ({', '.join(_FIELDS)}); it has no {' and no '.join(missing)}"
        )
    return columns


def _vote_of_row(columns: Sequence[str], row: Sequence[str]) -> SubmittedVote | FieldError:
    if len(row) > len(columns):
        return FieldError("", f"has {len(row)} values for {len(columns)} columns")
    given = {name: value.strip() for name, value in zip(columns, row, strict=False) if value.strip()}
    values: dict[str, object] = {name: value for name, value in given.items() if name in _FIELDS}
    for name in ("value", "importance"):
        if name in given:
            try:
                values[name] = int(given[name])
            except ValueError:
                return FieldError(name, f"{given[name][:40]!r} is no whole number")
    try:
        return msgspec.convert(values, SubmittedVote)
    except msgspec.ValidationError as error:
        return explain(error)
