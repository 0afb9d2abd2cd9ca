"""Python collects by our clock inside, and as before outside."""

import gc
import weakref

import pytest

from services.projector import garbage


class _Loop:
    """An object that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


def _lost() -> "weakref.ref[_Loop]":
    return weakref.ref(_Loop())


def test_collects_when_due_and_gives_the_collector_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gc.isenabled()
    monkeypatch.setattr(garbage, "SHORTEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(garbage, "SHARE", 1e9)
    with garbage.collected_by_the_clock() as collector:
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
        lost = _lost()
        assert lost() is not None
        collector.collect_if_due()
        assert lost() is None
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_waits_for_a_moment_with_little_in_flight_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "SHORTEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(garbage, "SHARE", 1e9)
    monkeypatch.setattr(garbage, "FEW_OBJECTS", 1000)
    with garbage.collected_by_the_clock() as collector:
        gathered: list[list[int]] = [[] for _ in range(5000)]
        lost = _lost()
        collector.collect_if_due()
        assert lost() is not None, "it walked what is in flight"
        monkeypatch.setattr(garbage, "LONGEST_PAUSE_SECONDS", 0.0)
        collector.collect_if_due()
        assert lost() is None
        assert len(gathered) == 5000


def test_does_not_collect_again_at_once() -> None:
    with garbage.collected_by_the_clock() as collector:
        lost = _lost()
        collector.collect_if_due()
        assert lost() is not None
