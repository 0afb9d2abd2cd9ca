"""Simulated time: nobody waits, and nobody is told."""

import gc
import logging
from collections.abc import Iterator

import pytest
from tenacity import wait_none

from services.projector import patience, runner


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="play the simulation of this seed only")


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience, "wait_exponential_jitter", lambda **_: wait_none())
    monkeypatch.setattr(runner, "CLOSE_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(runner, "QUIET_SECONDS", -1.0)  # much may have happened between any two flushes
    logging.disable(logging.CRITICAL)  # there is much to warn of
    often = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)  # a schedule leaves little that refers to itself: looking for it cost a tenth
    yield
    gc.set_threshold(*often)
    logging.disable(logging.NOTSET)
