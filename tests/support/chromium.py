"""A real headless Chromium, for tests of what people see."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

VARIABLE = "GROUNDSWELL_TEST_CHROMIUM"
"""Names the program to use, where it is none of `NAMES` on the path."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--no-sandbox",  # a container has no namespaces to give away
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
)


def chromium_path() -> Path | None:
    """Where Chromium is on this machine: what the variable says, else on the path; None where there is none.

    Then Playwright looks for the one that `playwright install chromium-headless-shell` puts into its own folder.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return None if found is None else Path(found)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser with a profile of its own, closed in the end.

    Raises:
        playwright.async_api.Error: if there is none, with what to install.
    """
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=list(_QUIET))
        try:
            yield browser
        finally:
            await browser.close()
