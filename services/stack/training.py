"""Making the archive of Kafka's classes, by letting a broker start once and watching what it loads."""

import asyncio
import logging
import shutil
import subprocess
import tempfile
from pathlib import Path

from filelock import FileLock

from services.stack.archive import archive_path
from services.stack.errors import StackError
from services.stack.health import kafka_serves, wait_until
from services.stack.kafka import Broker, prepare, start_command
from services.stack.ports import free_port
from services.stack.process import tethered

logger = logging.getLogger(__name__)

START_SECONDS = 120
WRITE_SECONDS = 180
KEPT_ARCHIVES = 3


def make_archive() -> bool:
    """Make the archive unless it is there; True when it is. Kafka also starts without it, only slower."""
    path = archive_path()
    if path.exists():
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / "lock"):
        return path.exists() or _make(path)


def _make(path: Path) -> bool:
    for abandoned in path.parent.glob("training-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(prefix="training-", dir=path.parent) as name:
            written = Path(name) / path.name
            _train(Path(name) / "broker", written)
            written.rename(path)
    except (OSError, StackError, subprocess.SubprocessError) as error:
        logger.warning("no archive of Kafka's classes could be made; it starts slower without: %s", error)
        return False
    for old in sorted(path.parent.glob("*.aot"), key=lambda p: p.stat().st_mtime, reverse=True)[KEPT_ARCHIVES:]:
        old.unlink(missing_ok=True)
    return True


def _train(folder: Path, written: Path) -> None:
    broker = Broker(folder, free_port(), free_port())
    prepare(broker)
    java, *rest = start_command(broker)
    process = subprocess.Popen(  # noqa: S603
        [java, f"-XX:AOTCacheOutput={written}", *rest],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=tethered(),  # noqa: PLW1509  (it only makes two system calls)
    )
    try:
        if not asyncio.run(wait_until(lambda: kafka_serves(broker.port), seconds=START_SECONDS)):
            raise StackError("the broker did not start")
        process.terminate()  # the archive is written on the way out
        process.wait(WRITE_SECONDS)
    finally:
        process.kill()
        process.wait()
