# ruff: noqa: T201 - it talks to the test through its output
"""One process that saves versions of one aggregate as fast as it can, and says what it was told.

Arguments: bootstrap servers, topic prefix, index file, originator, how many saves. Prints one line a save:
`ok VERSION OFFSET COMMIT`, `void VERSION - COMMIT`.
"""

import sys
import uuid
from pathlib import Path

from eventsourcing.persistence import IntegrityError, StoredEvent

from events.ids import new_id
from events.ledger.ledger import Ledger
from events.ledger.recorders import LedgerApplicationRecorder, make_commit
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings


def main(bootstrap: str, prefix: str, index: str, originator: str, saves: str) -> None:
    ledger = Ledger(
        KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=bootstrap, GROUNDSWELL_TOPIC_PREFIX=prefix),
        LedgerSettings(GROUNDSWELL_LEDGER_INDEX=Path(index)),
    )
    ledger.start()
    recorder = LedgerApplicationRecorder(ledger)
    id = uuid.UUID(originator)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(saves)):
        last = recorder.select_events(id, desc=True, limit=1)
        version = last[0].originator_version + 1 if last else 1
        commit_id = new_id()
        commit = make_commit([StoredEvent(id, version, "t", b"{}")], workspace="acme", commit_id=commit_id)
        try:
            receipt = ledger.submit(commit).result()
        except IntegrityError:
            print("void", version, "-", commit_id, flush=True)
        else:
            print("ok", version, receipt.position.offset, commit_id, flush=True)
    ledger.catch_up(30).result()
    print("done", flush=True)
    sys.stdin.readline()
    ledger.catch_up(30).result()
    ledger.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
