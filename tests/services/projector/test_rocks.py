"""State on disk: all or nothing, nobody else's, and thrown away rather than misread."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from events.position import Partition
from services.projector.memory import MemoryStores
from services.projector.partition_run import State
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


@pytest.mark.parametrize("memory", [False, True], ids=["disk", "memory"])
def test_keys_are_scanned_by_their_beginning_and_taken_away(tmp_path: Path, memory: bool):
    store = (MemoryStores() if memory else RocksStores(tmp_path)).open(PARTITION)
    store.write({b"a": b"1", b"b2": b"2", b"b1": b"3", b"b\xff": b"4", b"c": b"5"}, MARK)
    store.write({b"b2": None, b"b3": b"6"}, MARK)
    assert store.scan(b"b") == [(b"b1", b"3"), (b"b3", b"6"), (b"b\xff", b"4")]
    assert store.read([b"b2"]) == [None]
    # What is on its way into the store comes first.
    state = State(store, {b"b1": None, b"b0": b"7", b"a": b"8"})
    assert state.scan(b"b") == [(b"b0", b"7"), (b"b3", b"6"), (b"b\xff", b"4")]
    assert state([b"a", b"b1", b"c"]) == [b"8", None, b"5"]
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


DIES_WHILE_CLEARING = """
import os, signal, sys
from pathlib import Path
from events.position import Partition
from services.projector.rocks import RocksStores

def die_at(step):
    left = iter(range(step, -1, -1))
    def hook(event, arguments):
        if event in ("os.rename", "os.remove", "os.rmdir") and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

# Forks before any store is open: RocksDB's threads do not come along.
for step, folder in enumerate(sys.argv[1:]):
    child = os.fork()
    if not child:
        store = RocksStores(Path(folder)).open(Partition("groundswell.ballots", 3))
        die_at(step)
        store.clear()
        os._exit(0)
    print(os.waitpid(child, 0)[1])
"""


def test_one_that_died_anywhere_while_clearing_opens_again(tmp_path: Path):
    folders = [tmp_path / str(step) for step in range(16)]
    for folder in folders:
        store = RocksStores(folder).open(PARTITION)
        store.write({b"a": b"1"}, MARK)
        store.close()
    command = [sys.executable, "-c", DIES_WHILE_CLEARING, *map(str, folders)]
    died = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    statuses = [int(line) for line in died.stdout.split()]
    assert statuses[0] == statuses[7] == signal.SIGKILL
    assert statuses[-1] == 0, "some steps of clearing were not tried"
    for folder in folders:
        store = RocksStores(folder).open(PARTITION)
        assert store.mark() in (None, MARK)
        store.close()
        assert os.listdir(folder) == ["groundswell.ballots-3"]


def test_what_is_erased_is_in_no_file_any_more(tmp_path: Path):
    store, secret = RocksStores(tmp_path).open(PARTITION), os.urandom(16).hex().encode()
    store.write({b"ann": b"old " + secret, b"bob": b"stays"}, MARK)
    store._db.flush()
    store.write({b"ann": b"new " + secret}, MARK)
    assert len(_files_with(secret, tmp_path)) == 2
    store.write({b"ann": b"gone"}, MARK._replace(next_offset=8), [b"ann"])
    assert _files_with(secret, tmp_path) == []
    assert store.read([b"ann", b"bob"]) == [b"gone", b"stays"]
    store.close()


def test_a_process_that_dies_before_it_erased_does_so_when_it_opens_the_store_again(tmp_path: Path):
    store, secret = RocksStores(tmp_path).open(PARTITION), os.urandom(16).hex().encode()
    store.write({b"ann": secret}, MARK)
    store._db.flush()
    store._erase = lambda: None  # type: ignore[method-assign]
    store.write({b"ann": b"gone"}, MARK, [b"ann"])
    store.close()
    assert _files_with(secret, tmp_path) != []
    store = RocksStores(tmp_path).open(PARTITION)
    assert _files_with(secret, tmp_path) == []
    assert store.read([b"ann"]) == [b"gone"]
    store.close()


def _files_with(secret: bytes, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and secret in path.read_bytes()]
