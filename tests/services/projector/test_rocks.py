"""State on disk: all or nothing, nobody else's, and thrown away rather than misread."""

from pathlib import Path

import pytest

from events.position import Partition
from services.projector.ports import Mark, ServiceAway
from services.projector.rocks import RocksStores

PARTITION = Partition("groundswell.ballots", 3)
MARK = Mark("epoch", 1, 7)


def test_what_was_written_is_there_after_opening_again(tmp_path: Path):
    store = RocksStores(tmp_path).open(PARTITION)
    assert store.mark() is None
    store.write({b"a": b"1", b"b": b"2"}, MARK)
    store.close()
    store = RocksStores(tmp_path).open(PARTITION)
    assert store.mark() == MARK
    assert store.read([b"a", b"missing", b"b"]) == [b"1", None, b"2"]
    store.clear()
    assert store.mark() is None
    assert store.read([b"a"]) == [None]
    store.close()


def test_a_store_that_is_open_elsewhere_is_waited_for(tmp_path: Path):
    store = RocksStores(tmp_path).open(PARTITION)
    with pytest.raises(ServiceAway, match="open in another process"):
        RocksStores(tmp_path).open(PARTITION)
    store.close()
    RocksStores(tmp_path).open(PARTITION).close()


def test_a_mark_of_another_form_counts_as_none(tmp_path: Path):
    store = RocksStores(tmp_path).open(PARTITION)
    store.write({}, ("epoch", 1, 7, 3))  # type: ignore[arg-type]  # what an older form held
    assert store.mark() is None
    store.close()
