"""External data: tables that come with a query as parts of a multipart form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser

from services.clickhouse.engine import identifier, run
from services.clickhouse.failure import BAD_ARGUMENTS, ClickHouseError
from services.clickhouse.handle import Handle
from services.clickhouse.writing import Writing

_TYPE = re.compile(r"[A-Za-z0-9_(),. '`+:/=\-]+")


@dataclass(frozen=True, slots=True)
class ExternalTable:
    """One table: its columns as ClickHouse writes them, and its rows in a format."""

    name: str
    structure: str
    format: str
    rows: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What a multipart form holds: plain fields, and tables."""

    fields: Mapping[str, str]
    tables: list[ExternalTable]


def read_form(content_type: str, body: bytes, given: Mapping[str, str]) -> Form:
    """Read a form whose tables are described by `NAME_structure` (or `_types`) and `NAME_format`.

    Raises:
        ClickHouseError: it is no form, or a table has no description.
    """
    message = BytesParser(policy=policy.HTTP).parsebytes(
        f"Content-Type: {content_type}\r\n\r\n".encode("latin-1") + body
    )
    if not message.is_multipart():
        raise ClickHouseError(BAD_ARGUMENTS, "BAD_ARGUMENTS", "The body is not a multipart form")
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        if part.get_filename() is None:
            fields[name] = content.decode("utf-8", "surrogateescape")
        else:
            files[name] = content
    described = {**given, **fields}
    return Form(fields, [_table(name, rows, described) for name, rows in files.items()])


def _table(name: str, rows: bytes, described: Mapping[str, str]) -> ExternalTable:
    structure = described.get(f"{name}_structure")
    if structure is None:
        types = described.get(f"{name}_types")
        if types is None:
            raise ClickHouseError(
                BAD_ARGUMENTS, "BAD_ARGUMENTS", f"Neither structure nor types are given for external table {name}"
            )
        structure = ", ".join(f"_{place} {each}" for place, each in enumerate(_split(types), start=1))
    if not _TYPE.fullmatch(structure):
        raise ClickHouseError(BAD_ARGUMENTS, "BAD_ARGUMENTS", f"The structure of external table {name} is not one")
    return ExternalTable(name, structure, described.get(f"{name}_format", "TabSeparated"), rows)


def _split(types: str) -> list[str]:
    """Split at the commas that stand outside brackets."""
    parts, depth = [""], 0
    for character in types:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def load(handle: Handle, table: ExternalTable) -> None:
    """Make a table for the life of the handle, and fill it.

    Raises:
        ClickHouseError: what the engine says.
    """
    run(handle, f"CREATE TEMPORARY TABLE {identifier(table.name)} ({table.structure})")
    writing = Writing(handle, f"INSERT INTO {identifier(table.name)}".encode(), table.format)
    try:
        writing.append(table.rows)
        writing.finish()
    except ClickHouseError:
        writing.cancel()
        raise
