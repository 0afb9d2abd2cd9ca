"""What the supervisor's tests share."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def plans_are_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A supervisor in the background finds the tests' plans by name."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
