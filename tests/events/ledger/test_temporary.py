"""A temporary index goes with its process, also with one that was killed, and never with one that lives."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from events.ledger.temporary import PREFIX, TemporaryFolder

ANOTHER_PROCESS = """
import time
from events.ledger.temporary import TemporaryFolder
folder = TemporaryFolder()
(folder.path / "index.sqlite").touch()
print(folder.path, flush=True)
time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's temporary folder, as this process and its children see it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def long_ago(folder: Path) -> None:
    os.utime(folder, (time.time() - 3600,) * 2)


def test_goes_when_told_or_forgotten(temporary: Path) -> None:
    told, forgotten = TemporaryFolder(), TemporaryFolder()
    assert {told.path, forgotten.path} == set(temporary.iterdir())
    told.remove()
    told.remove()
    assert list(temporary.iterdir()) == [forgotten.path]
    del forgotten
    assert list(temporary.iterdir()) == []


def test_the_next_one_removes_what_a_killed_process_left(temporary: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", ANOTHER_PROCESS], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        long_ago(left)
        TemporaryFolder().remove()
        assert (left / "index.sqlite").exists(), "its process lives"
    finally:
        other.kill()
        other.communicate()
    long_ago(left)
    TemporaryFolder().remove()
    assert list(temporary.iterdir()) == []


def test_one_that_is_being_made_is_let_be(temporary: Path) -> None:
    young = temporary / f"{PREFIX}young"
    young.mkdir()
    TemporaryFolder().remove()
    assert young.exists()
    long_ago(young)
    TemporaryFolder().remove()
    assert not young.exists()
