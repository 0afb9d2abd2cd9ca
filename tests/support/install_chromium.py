"""Sees to it that there is a Chromium for the tests: `python -m tests.support.install_chromium`, as `make test` does.

What is there is used. Where there is none, root on Debian installs the distribution's, and everybody else the one that
Playwright keeps in a folder of the user's.
"""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.async_api import Error

from tests.support.chromium import NAMES, VARIABLE, chromium, chromium_path

_SECONDS = 900
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=120", "-q", "-y")
_LAST_WORDS = (
    f"error: no Chromium, in which the tests look at pages: install one (its name on the PATH: {', '.join(NAMES)}), "
    f"name one in {VARIABLE}, or run `.venv/bin/playwright install --with-deps chromium-headless-shell`"
)


def main() -> int:
    """0 when there is one."""
    if chromium_path() is not None or _starts():
        return 0
    for command in _commands():
        _say(f"no Chromium for the tests yet: {' '.join(command)}")
        if _ran(command) and _starts():
            return 0
    _say(_LAST_WORDS)
    return 1


def _commands() -> Iterator[Sequence[str]]:
    """What may bring one, one after the other. Ubuntu's package is a snap, which starts nowhere but at home."""
    playwright = (sys.executable, "-m", "playwright", "install", "chromium-headless-shell")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        if _distribution() == "debian":
            install = (*_APT, "install", "--no-install-recommends", "chromium")
            yield install
            yield "sh", "-c", f"{' '.join(_APT)} update && {' '.join(install)}"
        yield *playwright, "--with-deps"
    yield playwright


def _ran(command: Sequence[str]) -> bool:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=quiet, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _say(str(error))
        return False
    return done.returncode == 0


def _starts() -> bool:
    async def start() -> None:
        async with chromium():
            pass

    try:
        asyncio.run(start())
    except Error:
        return False
    return True


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _distribution() -> str:
    """The `ID` of /etc/os-release; nothing where there is no such file."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    return next((line.removeprefix("ID=").strip("\"'") for line in lines if line.startswith("ID=")), "")


if __name__ == "__main__":
    sys.exit(main())
