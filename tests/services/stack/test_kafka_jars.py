"""Kafka's jars from a Maven repository of the test's own, which may lie."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tenacity import wait_none

from services.stack import StackError, kafka_jars
from services.stack.kafka_jars import LOCK_BYTES, classpath, install, jars_folder, locked_jars

LOCKED = {"alpha": b"the alpha jar", "beta": b"the beta jar"}
INSTALLED = ["alpha-1.0.jar", "beta-1.0.jar"]


class Mirror(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def place(repository: Path, name: str, contents: bytes) -> None:
    folder = repository / "org" / "example" / name / "1.0"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-1.0.jar").write_bytes(contents)


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository over HTTP that jgo's own settings name, a lock of two jars, and empty caches."""
    repository = tmp_path / "mirror"
    for name, contents in LOCKED.items():
        place(repository, name, contents)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Mirror, directory=repository))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings = tmp_path / "jgo.conf"
    settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{server.server_port}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kafka_jars, "LOCK_BYTES", lambda: lock().encode())
    monkeypatch.setattr(kafka_jars._fetch.retry, "wait", wait_none())  # type: ignore[attr-defined]
    yield repository
    server.shutdown()
    server.server_close()


def lock() -> str:
    return "".join(
        f'[[dependencies]]\ngroupId = "org.example"\nartifactId = "{name}"\nversion = "1.0"\n'
        f'sha256 = "{hashlib.sha256(contents).hexdigest()}"\n'
        for name, contents in LOCKED.items()
    )


def installed() -> list[str]:
    return sorted(path.name for path in jars_folder().iterdir())


def test_jars_are_fetched_once_and_make_the_class_path(mirror: Path) -> None:
    lines: list[str] = []
    install(lines.append)
    assert installed() == INSTALLED
    assert lines[-1] == "Kafka's jars: 2 of 2 (beta-1.0.jar)"
    assert [Path(jar).name for jar in classpath().split(":")] == INSTALLED
    install(lines.append)
    assert len(lines) == 2
    assert sorted(path.name for path in jars_folder().parent.iterdir()) == sorted(["lock", jars_folder().name])


def test_a_jar_of_other_bytes_is_refused_and_nothing_is_installed(mirror: Path) -> None:
    place(mirror, "beta", b"not the beta jar")
    with pytest.raises(StackError, match=r"beta-1\.0\.jar has sha256 .* not the locked jar"):
        install()
    assert not jars_folder().exists()
    place(mirror, "beta", LOCKED["beta"])
    install()
    assert installed() == INSTALLED


def test_a_jar_that_is_nowhere_is_told_with_what_to_do(mirror: Path) -> None:
    (mirror / "org/example/beta/1.0/beta-1.0.jar").unlink()
    with pytest.raises(StackError, match=r"Can't fetch org\.example:beta:1\.0 .* run make setup again"):
        install()
    assert not jars_folder().exists()


@pytest.mark.parametrize(("at_hand", "asked"), [(LOCKED["alpha"], ["beta"]), (b"half a j", ["alpha", "beta"])])
def test_what_maven_has_already_is_used_if_it_is_the_locked_jar(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_hand: bytes, asked: list[str]
) -> None:
    place(tmp_path / "m2", "alpha", at_hand)
    seen: list[str] = []
    answer: Callable[[Mirror], None] = Mirror.do_GET

    def do_get(request: Mirror) -> None:
        if request.path.endswith(".jar"):
            seen.append(request.path.split("/")[3])
        answer(request)

    monkeypatch.setattr(Mirror, "do_GET", do_get)
    install()
    assert installed() == INSTALLED
    assert sorted(seen) == asked
    assert (tmp_path / "m2/org/example/alpha/1.0/alpha-1.0.jar").read_bytes() == at_hand


def test_a_jar_without_checksum_is_not_taken() -> None:
    with pytest.raises(StackError, match="no sha256"):
        locked_jars(b'[[dependencies]]\ngroupId = "g"\nartifactId = "a"\nversion = "1"\n')


def test_the_lock_names_checksums_and_no_address() -> None:
    jars = locked_jars(LOCK_BYTES())
    assert {jar.version for jar in jars if jar.artifact in {"kafka_2.13", "kafka-clients"}} == {"4.1.1"}
    assert all(len(jar.sha256) == 64 for jar in jars)
    assert b"://" not in LOCK_BYTES()
