"""HTTP compression, of what comes in and of what goes out, a piece at a time."""

import bz2
import lzma
import sys
import zlib
from typing import Protocol, cast

import lz4.frame

from services.clickhouse.failure import ClickHouseError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CORRUPT = (zlib.error, OSError, EOFError, ValueError, RuntimeError, lzma.LZMAError, zstd.ZstdError)


class Decoder(Protocol):
    """Takes compressed pieces, gives plain ones; `finish` says whether anything is missing."""

    def feed(self, piece: bytes) -> bytes:
        """The plain bytes that are complete now."""

    def finish(self) -> None:
        """Raise when the end is missing."""


class Encoder(Protocol):
    """Takes plain pieces, gives compressed ones."""

    def feed(self, piece: bytes) -> bytes:
        """The compressed bytes that are complete now."""

    def finish(self) -> bytes:
        """What was held back, and the end."""


class Plain:
    """No compression, either way."""

    def feed(self, piece: bytes) -> bytes:
        """The same."""
        return piece

    def finish(self) -> bytes:
        """Nothing is held back."""
        return b""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Frames:
    """Decodes one frame after another, as several streams may be glued together."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._current = self._fresh()
        self._begun = False

    def feed(self, piece: bytes) -> bytes:
        """The plain bytes of a compressed piece.

        Raises:
            ClickHouseError: it is not what the header says.
        """
        plain = []
        try:
            while piece:
                if self._current.eof:
                    self._current = self._fresh()
                plain.append(self._current.decompress(piece))
                self._begun = True
                piece = (self._current.unused_data or b"") if self._current.eof else b""
        except _CORRUPT as error:
            raise ClickHouseError(354, "INFLATE_FAILED", f"The {self._name} body cannot be read: {error}") from None
        return b"".join(plain)

    def finish(self) -> None:
        """Raise when the last frame is cut off."""
        if self._begun and not self._current.eof:
            raise ClickHouseError(3, "UNEXPECTED_END_OF_FILE", f"The {self._name} body ends in the middle of a frame")

    def _fresh(self) -> _Decompressor:
        if self._name in {"gzip", "deflate"}:
            return zlib.decompressobj(wbits=47)
        if self._name == "zstd":
            return zstd.ZstdDecompressor()
        if self._name == "lz4":
            return cast(_Decompressor, lz4.frame.LZ4FrameDecompressor())
        if self._name == "xz":
            return lzma.LZMADecompressor()
        return bz2.BZ2Decompressor()


_READABLE = frozenset({"gzip", "deflate", "zstd", "lz4", "xz", "bz2"})


def decoder(content_encoding: str) -> Decoder:
    """The decoder for a Content-Encoding.

    Raises:
        ClickHouseError: nobody here reads that one.
    """
    if content_encoding in {"", "identity"}:
        return _PlainDecoder()
    if content_encoding not in _READABLE:
        raise ClickHouseError(89, "UNKNOWN_COMPRESSION_METHOD", f"Unknown compression method: {content_encoding}")
    return Frames(content_encoding)


class _PlainDecoder:
    def feed(self, piece: bytes) -> bytes:
        return piece

    def finish(self) -> None:
        return None


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._compressor = zlib.compressobj(level=3, wbits=wbits)

    def feed(self, piece: bytes) -> bytes:
        return self._compressor.compress(piece)

    def finish(self) -> bytes:
        return self._compressor.flush()


class _Zstd:
    def __init__(self) -> None:
        self._compressor = zstd.ZstdCompressor(level=1)

    def feed(self, piece: bytes) -> bytes:
        return self._compressor.compress(piece)

    def finish(self) -> bytes:
        return self._compressor.flush()


class _Lz4:
    def __init__(self) -> None:
        self._compressor = lz4.frame.LZ4FrameCompressor()
        self._head: bytes = self._compressor.begin()

    def feed(self, piece: bytes) -> bytes:
        head, self._head = self._head, b""
        compressed: bytes = self._compressor.compress(piece)
        return head + compressed

    def finish(self) -> bytes:
        head, self._head = self._head, b""
        rest: bytes = self._compressor.flush()
        return head + rest


def negotiate(accept_encoding: str) -> tuple[str, Encoder]:
    """The encoding that answers best to an Accept-Encoding, and its encoder; ("", plain) when none does."""
    accepted = {
        part.split(";")[0].strip().lower() for part in accept_encoding.split(",") if not part.strip().endswith("q=0")
    }
    if "lz4" in accepted:
        return "lz4", _Lz4()
    if "zstd" in accepted:
        return "zstd", _Zstd()
    if "gzip" in accepted or "*" in accepted:
        return "gzip", _Zlib(31)
    if "deflate" in accepted:
        return "deflate", _Zlib(15)
    return "", Plain()
