"""Ctrl-C ends what goes on for ever, also where a cancellation gets lost."""

import asyncio
import signal

import pytest

from services.cli import interruption


async def _interrupt_soon() -> None:
    await asyncio.sleep(0.05)
    signal.raise_signal(signal.SIGINT)


def _run(work) -> None:
    async def main() -> None:
        interrupting = asyncio.ensure_future(_interrupt_soon())
        await interruption.until_interrupted(work)
        interrupting.cancel()

    asyncio.run(main())


def test_ends_though_a_cancellation_was_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interruption, "IMPATIENCE_SECONDS", 0.05)
    swallowed = []

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if len(swallowed) == 2:
                    raise
                swallowed.append(1)

    _run(stubborn())
    assert len(swallowed) == 2


def test_what_the_work_raises_is_raised() -> None:
    async def broken() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        _run(broken())
