"""ClickHouse's own compressed blocks (`compress=1`, `decompress=1`): checksum, method, sizes, data."""

import struct
import sys

import lz4.block
from clickhouse_cityhash.cityhash import CityHash128

from services.clickhouse.failure import ClickHouseError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_HEADER = struct.Struct("<BII")
_CHECKSUM = struct.Struct("<QQ")
_LZ4, _ZSTD, _NONE = 0x82, 0x90, 0x02
_BLOCK = 1_048_576
_MAX_BLOCK = 1 << 30


class BlockDecoder:
    """Takes bytes as they come, gives the plain bytes of the blocks that are complete."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def feed(self, piece: bytes) -> bytes:
        """The plain bytes of every block that is complete now.

        Raises:
            ClickHouseError: a checksum or a method is wrong.
        """
        self._pending += piece
        plain = []
        while (size := self._complete()) is not None:
            plain.append(_plain(bytes(self._pending[:size])))
            del self._pending[:size]
        return b"".join(plain)

    def finish(self) -> None:
        """Raise when the last block is cut off."""
        if self._pending:
            raise ClickHouseError(3, "UNEXPECTED_END_OF_FILE", "The body ends in the middle of a compressed block")

    def _complete(self) -> int | None:
        if len(self._pending) < _CHECKSUM.size + _HEADER.size:
            return None
        _, compressed, plain = _HEADER.unpack_from(self._pending, _CHECKSUM.size)
        if not _HEADER.size <= compressed <= _MAX_BLOCK or plain > _MAX_BLOCK:
            raise ClickHouseError(271, "CANNOT_DECOMPRESS", "The body is not in ClickHouse's compressed blocks")
        size = _CHECKSUM.size + int(compressed)
        return size if len(self._pending) >= size else None


def _plain(block: bytes) -> bytes:
    body = block[_CHECKSUM.size :]
    if block[: _CHECKSUM.size] != _checksum(body):
        raise ClickHouseError(40, "CHECKSUM_DOESNT_MATCH", "Checksum doesn't match: corrupted data")
    method, _, size = _HEADER.unpack_from(body)
    data = body[_HEADER.size :]
    try:
        if method == _LZ4:
            unpacked: bytes = lz4.block.decompress(data, uncompressed_size=size)
            return unpacked
        if method == _ZSTD:
            return zstd.decompress(data)
    except (lz4.block.LZ4BlockError, zstd.ZstdError) as error:
        raise ClickHouseError(271, "CANNOT_DECOMPRESS", f"A compressed block cannot be read: {error}") from None
    if method == _NONE:
        return data
    raise ClickHouseError(89, "UNKNOWN_COMPRESSION_METHOD", f"Unknown codec {method:#x} of a compressed block")


class BlockEncoder:
    """Gives what it takes as LZ4 blocks of at most a megabyte."""

    def feed(self, piece: bytes) -> bytes:
        """The blocks of a piece."""
        return b"".join(_block(piece[start : start + _BLOCK]) for start in range(0, len(piece), _BLOCK))

    def finish(self) -> bytes:
        """Nothing is held back."""
        return b""


def _block(plain: bytes) -> bytes:
    data: bytes = lz4.block.compress(plain, store_size=False)
    body = _HEADER.pack(_LZ4, len(data) + _HEADER.size, len(plain)) + data
    return _checksum(body) + body


def _checksum(body: bytes) -> bytes:
    """The hash as ClickHouse writes it: its high half first."""
    value: int = CityHash128(body)
    return _CHECKSUM.pack(value >> 64, value & 0xFFFF_FFFF_FFFF_FFFF)
