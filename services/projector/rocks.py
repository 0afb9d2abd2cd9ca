"""State on local disk: one RocksDB store a partition, written in one batch together with the mark."""

import logging
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import cast

import msgspec
from rocksdict import (
    BlockBasedOptions,
    BottommostLevelCompaction,
    Cache,
    CompactOptions,
    DBCompressionType,
    Options,
    Rdict,
    WriteBatch,
)

from events.position import Partition
from services.projector.ports import Mark, ServiceAway

logger = logging.getLogger(__name__)

_MARK_KEY = b"!mark"
_ERASED_KEY = b"!erased"
_MEBIBYTE = 1024 * 1024
_encode = msgspec.msgpack.Encoder().encode
_decode_mark = msgspec.msgpack.Decoder(Mark).decode
_decode_keys = msgspec.msgpack.Decoder(list[bytes]).decode


class RocksStore:
    """The state of one partition. Keys must not begin with `!`."""

    def __init__(self, path: Path, cache: Cache) -> None:
        self._path = path
        self._cleared = path.with_name(f"{path.name}.cleared")
        self._cache = cache
        self._db = self._open()
        shutil.rmtree(self._cleared, ignore_errors=True)
        self._erase()

    def _open(self) -> Rdict:
        self._path.mkdir(parents=True, exist_ok=True)
        try:
            return Rdict(str(self._path), _options(self._cache))
        except Exception as error:  # rocksdict raises plain Exceptions
            if "lock" in str(error).lower():
                raise ServiceAway(f"the state in {self._path} is open in another process") from error
            raise

    def read(self, keys: Sequence[bytes]) -> Sequence[bytes | None]:
        """The value of each key, None where there is none."""
        if not keys:
            return []
        return cast("list[bytes | None]", self._db.get(list(keys)))

    def scan(self, prefix: bytes) -> Sequence[tuple[bytes, bytes]]:
        """Every key that begins so, in order, with its value."""
        items = cast("Iterator[tuple[bytes, bytes]]", self._db.items(from_key=prefix))
        return list(takewhile(lambda item: item[0].startswith(prefix), items))

    def mark(self) -> Mark | None:
        """Where the state stands; None for an empty one, and for one that other code wrote in another form."""
        data = self._db.get(_MARK_KEY)
        if data is None:
            return None
        try:
            return _decode_mark(data)
        except msgspec.MsgspecError as error:
            logger.warning("state of another form, folding from the start path=%s reason=%s", self._path, error)
            return None

    def write(self, changes: Mapping[bytes, bytes | None], mark: Mark, erased: Sequence[bytes] = ()) -> None:
        """All changes (None takes a key away) and the mark, or nothing; then what is `erased` goes from the disk."""
        batch = WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        batch.put(_MARK_KEY, _encode(mark))
        if erased:
            batch.put(_ERASED_KEY, _encode(list(erased)))  # in the same write: a process that dies next goes on with it
        self._db.write(batch)
        if erased:
            self._erase()

    def _erase(self) -> None:
        """Leave no earlier value of the keys that are to be erased on the disk: not in a log, not in an older file."""
        due = self._db.get(_ERASED_KEY)
        if due is None:
            return
        self._db.flush()  # what a log held is in a file now, and the log is gone
        whole = CompactOptions()
        whole.set_bottommost_level_compaction(BottommostLevelCompaction.force())
        for key in _decode_keys(cast(bytes, due)):
            self._db.compact_range(key, key + b"\0", whole)
        self._db.delete(_ERASED_KEY)

    def clear(self) -> None:
        """Forget everything, or nothing: a process that dies in between leaves a store that opens."""
        if next(iter(self._db.keys()), None) is None:
            return
        self._db.close()
        # A store that lacks some of its files never opens again, so all of them go at once.
        shutil.rmtree(self._cleared, ignore_errors=True)
        self._path.rename(self._cleared)
        shutil.rmtree(self._cleared)
        self._db = self._open()

    def close(self) -> None:
        """Let go of files and locks."""
        self._db.close()


class RocksStores:
    """The stores of one generation of one projection, under one folder, with one block cache between them."""

    def __init__(self, folder: Path, *, cache_bytes: int = 64 * _MEBIBYTE) -> None:
        self._folder = folder
        self._cache = Cache(cache_bytes)

    def open(self, partition: Partition) -> RocksStore:
        """The partition's store.

        Raises:
            ServiceAway: while another process has it open.
        """
        return RocksStore(self._folder / f"{partition.topic}-{partition.partition}", self._cache)


def _options(cache: Cache) -> Options:
    table = BlockBasedOptions()
    table.set_block_cache(cache)
    table.set_bloom_filter(10, block_based=False)
    table.set_cache_index_and_filter_blocks(True)
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_block_based_table_factory(table)
    options.set_compression_type(DBCompressionType.lz4())
    options.set_write_buffer_size(8 * _MEBIBYTE)
    # Most keys that are asked for are new: this filter spares them the search in what is not in a file yet.
    options.set_memtable_whole_key_filtering(True)
    options.set_memtable_prefix_bloom_ratio(0.05)
    options.set_max_background_jobs(min(os.cpu_count() or 1, 4))
    # Reads are point look-ups behind bloom filters: more files in level 0 cost them little, and fewer compactions
    # leave the processor to the fold.
    options.set_level_zero_file_num_compaction_trigger(8)
    options.set_level_zero_slowdown_writes_trigger(40)
    options.set_level_zero_stop_writes_trigger(60)
    options.set_keep_log_file_num(1)
    options.set_max_open_files(64)
    return options
