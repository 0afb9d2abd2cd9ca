"""Kafka's jars: those of `deploy/kafka/jars.lock`, fetched by jgo and each proven by its sha256.

Neither Java nor Maven is needed: jgo reads Maven repositories in Python, and the Java runtime is a wheel. The jars are
kept once for all stacks of this user.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from filelock import FileLock
from jgo.config import GlobalSettings
from jgo.constants import default_maven_repo
from jgo.maven import MavenContext
from tenacity import retry, stop_after_attempt, wait_exponential_jitter

from services.stack.cache import cache_folder
from services.stack.errors import StackError

logger = logging.getLogger(__name__)

LOCK_BYTES = files("deploy.kafka").joinpath("jars.lock").read_bytes
DOWNLOADS_AT_ONCE = 4
TIMEOUT_SECONDS = 60
KEPT_SETS = 3


@dataclass(frozen=True, slots=True)
class Jar:
    """One jar of the lock: its Maven coordinates and the sha256 of its bytes."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def filename(self) -> str:
        """The name that Maven gives it."""
        return f"{self.artifact}-{self.version}.jar"


def locked_jars(lock: bytes) -> list[Jar]:
    """Read a jgo lock; a jar without a checksum is refused with `StackError`."""
    jars = []
    for entry in tomllib.loads(lock.decode())["dependencies"]:
        if "sha256" not in entry:
            raise StackError(f"{entry['artifactId']} has no sha256 in jars.lock: lock it again.")
        jars.append(Jar(entry["groupId"], entry["artifactId"], entry["version"], entry["sha256"]))
    return jars


def jars_folder() -> Path:
    """Where the jars of this lock are, or will be once `install` has run."""
    sums = "\n".join(sorted(jar.sha256 for jar in locked_jars(LOCK_BYTES())))
    return cache_folder() / "kafka" / hashlib.sha256(sums.encode()).hexdigest()[:16]


def classpath() -> str:
    """Kafka's class path; installs the jars when they aren't there yet. Raises `StackError` when they can't be had."""
    folder = install()
    return os.pathsep.join(str(folder / jar.filename) for jar in locked_jars(LOCK_BYTES()))


def install(report: Callable[[str], None] = logger.info) -> Path:
    """Make sure that every locked jar is in `jars_folder()` and return it; at once when they are.

    The folder appears whole or not at all. Raises `StackError` when a jar can't be fetched or isn't the locked one.
    """
    folder = jars_folder()
    if folder.is_dir():
        os.utime(folder)
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(
            f"{folder.parent} can't be made ({error.strerror}): set XDG_CACHE_HOME to a folder of yours."
        ) from error
    with FileLock(folder.parent / "lock"):
        if not folder.is_dir():
            with _staging(folder.parent) as staging:
                _fetch_all(locked_jars(LOCK_BYTES()), staging, report)
                (staging / "jars").rename(folder)
            _forget_old_sets(folder.parent)
    return folder


@contextmanager
def _staging(parent: Path) -> Iterator[Path]:
    for abandoned in parent.glob("staging-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="staging-", dir=parent) as name:
        (Path(name) / "jars").mkdir()
        yield Path(name)


def _fetch_all(jars: list[Jar], staging: Path, report: Callable[[str], None]) -> None:
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
        done = pool.map(lambda jar: _fetch(jar, staging), jars)
        for count, jar in enumerate(done, start=1):
            report(f"Kafka's jars: {count} of {len(jars)} ({jar.filename})")


@retry(stop=stop_after_attempt(3), wait=wait_exponential_jitter(multiplier=0.5, max=5), reraise=True)
def _fetch(jar: Jar, staging: Path) -> Jar:
    """Fetch one jar into the staging folder; what Maven has on this machine already is used if its bytes are right."""
    settings = GlobalSettings.load()
    context = MavenContext(
        repo_cache=staging / "repository",
        remote_repos=settings.repositories or None,
        timeout=TIMEOUT_SECONDS,
    )
    target = staging / "jars" / jar.filename
    at_hand = default_maven_repo() / jar.group.replace(".", "/") / jar.artifact / jar.version / jar.filename
    if at_hand.is_file() and sha256_of(at_hand) == jar.sha256:
        shutil.copyfile(at_hand, target)
        return jar
    try:
        fetched = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    except Exception as error:
        (staging / "repository").joinpath(*jar.group.split("."), jar.artifact, jar.version, jar.filename).unlink(
            missing_ok=True
        )
        raise StackError(
            f"Can't fetch {jar.group}:{jar.artifact}:{jar.version} ({error}): check the network, or name your mirror "
            "in the [repositories] section of ~/.config/jgo.conf, and run make setup again."
        ) from error
    found = sha256_of(fetched)
    if found != jar.sha256:
        fetched.unlink()
        raise StackError(
            f"{jar.filename} has sha256 {found}, but jars.lock says {jar.sha256}: it is not the locked jar."
        )
    fetched.rename(target)
    return jar


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _forget_old_sets(parent: Path) -> None:
    sets = sorted((p for p in parent.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime, reverse=True)
    for old in sets[KEPT_SETS:]:
        shutil.rmtree(old, ignore_errors=True)
