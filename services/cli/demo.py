"""The workspace demo of a local stack: the sample in it, and a key that opens it."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from events.domain.directory import Directory
from events.domain.keys import hash_key
from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings
from services.cli.lag import log_ends
from services.cli.ledger import feedback
from services.cli.output import watched
from services.sample.load import load_sample
from services.stack import keep_key
from services.stack.files import read_keys

WORKSPACE = "demo"


class _Loading(msgspec.Struct):
    """`sample.json`: in which log the sample was begun, and whether all of it is in."""

    epoch: str
    loaded: bool


def has_sample(kafka: KafkaSettings, data: Path, *, wanted: bool) -> bool:
    """Whether the sample is in the log; where it is `wanted` and the log empty (or it was interrupted), load it first.

    What was interrupted is loaded again: its ids are fixed, so what is there already counts for nothing.
    """
    log, ends = log_ends(kafka)
    loading = _read(data)
    begun = loading is not None and loading.epoch == log.epoch
    if loading is not None and begun and loading.loaded:
        return True
    if not wanted or not (begun or _is_empty(kafka, log, ends)):
        return False
    _write(data, _Loading(log.epoch, loaded=False))
    with watched() as progress:
        load_sample(kafka, WORKSPACE, progress)
    _write(data, _Loading(log.epoch, loaded=True))
    return True


def _is_empty(kafka: KafkaSettings, log: Topics, ends: Mapping[Partition, int]) -> bool:
    """Whether nothing ever happened. (The ledger's own markers, one or more, are no events.)"""
    if any(end for partition, end in ends.items() if partition.topic == log.ballots):
        return False
    with feedback(kafka) as ledger:
        return not ledger.recorder.max_notification_id()


def admin_key(kafka: KafkaSettings, data: Path) -> str:
    """The key of the workspace that this folder keeps, if it still opens it; else a new one, which is kept."""
    known = read_keys(data).get(WORKSPACE)
    with feedback(kafka) as ledger:
        entry = None if known is None else Directory(ledger.ledger).key_for(hash_key(known))
        if known is not None and entry is not None and entry.workspace == WORKSPACE:
            return known
        key, _ = ledger.create_key(WORKSPACE, "admin", label="local stack", actor="command line")
    keep_key(data, WORKSPACE, key.text)
    return key.text


def _read(data: Path) -> _Loading | None:
    try:
        return msgspec.json.decode((data / "sample.json").read_bytes(), type=_Loading)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(data: Path, loading: _Loading) -> None:
    temporary = data / "sample.json.new"
    temporary.write_bytes(msgspec.json.encode(loading))
    temporary.replace(data / "sample.json")
