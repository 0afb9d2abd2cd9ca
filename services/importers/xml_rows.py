"""The rows of a dump's XML file, one at a time: `<row Id="1" .../>`, plain or gzipped, in memory that does not grow.

The file is untrusted: expat reads no document type and so no entity of the file's own, and a row has a bound.
"""

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, cast
from xml.parsers import expat

from services.importers.errors import ImportRefused
from services.importers.progress import Progress

CHUNK_BYTES = 64 * 1024
MAX_ROW_BYTES = 16 * 1024 * 1024

Row = Mapping[str, str]


def find_dump_file(folder: Path, name: str) -> Path | None:
    """`NAME.xml` or `NAME.xml.gz` in the folder; None if neither is there."""
    for candidate in (folder / f"{name}.xml", folder / f"{name}.xml.gz"):
        if candidate.is_file():
            return candidate
    return None


def read_rows(path: Path, progress: Progress) -> Iterator[Row]:
    """The attributes of each row, in order. Progress is told in bytes of the file as it lies on disk.

    Raises:
        ImportRefused: if the file is no such XML, is cut off, or declares a document type.
    """
    try:
        with path.open("rb") as file:
            yield from _parse(path, file, progress)
    except (gzip.BadGzipFile, EOFError, OSError, expat.ExpatError) as error:
        raise ImportRefused(f"{path} can't be read ({error}): get that file of the dump again") from error


def _parse(path: Path, file: IO[bytes], progress: Progress) -> Iterator[Row]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    rows: list[Row] = []
    parser.StartElementHandler = lambda name, attributes: rows.append(attributes) if name == "row" else None
    parser.StartDoctypeDeclHandler = lambda *_: _refuse_doctype(path)
    content = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file
    told = without_a_row = 0
    while chunk := content.read(CHUNK_BYTES):
        parser.Parse(chunk, False)
        without_a_row = 0 if rows else without_a_row + len(chunk)
        if without_a_row > MAX_ROW_BYTES:
            raise ImportRefused(f"{path} has a row of more than {MAX_ROW_BYTES >> 20} MiB: that is no dump")
        yield from rows
        rows.clear()
        progress.advance(file.tell() - told)
        told = file.tell()
    parser.Parse(b"", True)
    yield from rows


def _refuse_doctype(path: Path) -> None:
    raise ImportRefused(f"{path} declares a document type, which no dump does: it is not read")
