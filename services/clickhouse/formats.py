"""Output formats: their content types, and which of them may be sent piece by piece."""

from collections.abc import Callable

DEFAULT_FORMAT = "TabSeparated"

_TYPES: dict[str, str] = {
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TabSeparatedWithNames": "text/tab-separated-values; charset=UTF-8; header=present",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "JSON": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "XML": "application/xml; charset=UTF-8",
    "SQLInsert": "text/plain; charset=UTF-8",
}
_BINARY = (
    "Native",
    "RowBinary",
    "Parquet",
    "Arrow",
    "ORC",
    "Avro",
    "MsgPack",
    "Protobuf",
    "CapnProto",
    "BSON",
    "RawBLOB",
    "Npy",
)


def content_type(name: str) -> str:
    """The content type that a server answers with."""
    known = _TYPES.get(_long(name))
    if known is not None:
        return known
    if name.startswith(_BINARY):
        return "application/octet-stream"
    if name.startswith("JSON"):
        lines = "EachRow" in name
        return _TYPES["JSONEachRow" if lines else "JSON"]
    if name.startswith("CSVWithNames"):
        return _TYPES["CSVWithNames"]
    if _long(name).startswith("TabSeparated"):
        return _TYPES["TabSeparatedWithNames" if "WithNames" in name else "TabSeparated"]
    return "text/plain; charset=UTF-8"


def _long(name: str) -> str:
    return f"TabSeparated{name[3:]}" if name.startswith("TSV") else name


def _nothing(_: bytes) -> int:
    return 0


def _lines(count: int) -> Callable[[bytes], int]:
    def length(piece: bytes) -> int:
        end = 0
        for _ in range(count):
            end = piece.index(b"\n", end) + 1
        return end

    return length


def _quoted_lines(count: int) -> Callable[[bytes], int]:
    """CSV's names are quoted and may hold line breaks."""

    def length(piece: bytes) -> int:
        end = 0
        for _ in range(count):
            end = piece.index(b"\n", end) + 1
            while piece.count(b'"', 0, end) % 2:
                end = piece.index(b"\n", end) + 1
        return end

    return length


def _row_binary(strings_a_column: int) -> Callable[[bytes], int]:
    def length(piece: bytes) -> int:
        columns, end = _varint(piece, 0)
        for _ in range(columns * strings_a_column):
            size, end = _varint(piece, end)
            end += size
        return end

    return length


def _varint(piece: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = piece[position]
        value |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if byte < 0x80:
            return value, position


# The engine hands out a result in pieces, each a document of its own. Of these formats the pieces one after another
# are the whole result, once the names that stand on top of each piece after the first are cut off. Of the others
# (JSON, Parquet, Pretty...) they are not: those are made whole.
_PIECEWISE: dict[str, Callable[[bytes], int]] = {
    **dict.fromkeys(
        (
            "Native",
            "RowBinary",
            "CSV",
            "JSONEachRow",
            "JSONLines",
            "NDJSON",
            "JSONStringsEachRow",
            "JSONCompactEachRow",
            "JSONCompactStringsEachRow",
            "TabSeparated",
            "TabSeparatedRaw",
            "TSKV",
            "MsgPack",
            "BSONEachRow",
            "RawBLOB",
            "LineAsString",
        ),
        _nothing,
    ),
    **dict.fromkeys(
        (
            "TabSeparatedWithNames",
            "TabSeparatedRawWithNames",
            "JSONCompactEachRowWithNames",
            "JSONCompactStringsEachRowWithNames",
        ),
        _lines(1),
    ),
    **dict.fromkeys(
        (
            "TabSeparatedWithNamesAndTypes",
            "TabSeparatedRawWithNamesAndTypes",
            "JSONCompactEachRowWithNamesAndTypes",
            "JSONCompactStringsEachRowWithNamesAndTypes",
        ),
        _lines(2),
    ),
    "CSVWithNames": _quoted_lines(1),
    "CSVWithNamesAndTypes": _quoted_lines(2),
    "RowBinaryWithNames": _row_binary(1),
    "RowBinaryWithNamesAndTypes": _row_binary(2),
}


def header_length(name: str) -> Callable[[bytes], int] | None:
    """How long the names on top of a piece are, for a format that may be sent piece by piece; else None."""
    return _PIECEWISE.get(_long(name))
