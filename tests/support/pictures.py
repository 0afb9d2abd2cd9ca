"""Pictures of the page for the README: `python -m tests.support.pictures report.html docs/images`."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from tests.support.chromium import chromium

WIDTH, HEIGHT = 1120, 1180


async def take(page: Path, folder: Path) -> None:
    """The top of a page that was written as a file, in light and in dark."""
    folder.mkdir(parents=True, exist_ok=True)
    schemes: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
    async with chromium() as browser:
        for scheme in schemes:
            shown = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            await shown.goto(page.resolve().as_uri())
            await shown.wait_for_selector("html[data-drawn]", state="attached")
            await shown.screenshot(path=folder / f"report-{scheme}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), Path(sys.argv[2])))
