"""Calls that several threads make at about the same time are made as one, and each learns what came of it."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from services.projector.together import Together


class Made:
    """What was made, call by call. The first one waits until it is let go on."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.first_began = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, items: Sequence[int]) -> str:
        self.calls.append(sorted(items))
        if len(self.calls) == 1:
            self.first_began.set()
            assert self.go_on.wait(30)
        if 13 in items:
            raise ValueError("no thirteen")
        return f"call {len(self.calls)}"


def until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("did not come about")


def test_what_is_asked_during_a_call_goes_together_with_the_next():
    made = Made()
    together = Together(made)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(together.call, 1)
        assert made.first_began.wait(30)
        others = [threads.submit(together.call, number) for number in range(2, 8)]
        until(lambda: together._next is not None and len(together._next.items) == len(others))
        made.go_on.set()
        assert first.result(30) == "call 1"
        assert {other.result(30) for other in others} == {"call 2"}
    assert made.calls == [[1], [2, 3, 4, 5, 6, 7]]


def test_a_failure_is_told_to_all_that_went_with_it_and_to_nobody_else():
    made = Made()
    together = Together(made)
    with ThreadPoolExecutor(8) as threads:
        first = threads.submit(together.call, 1)
        assert made.first_began.wait(30)
        others = [threads.submit(together.call, number) for number in (12, 13)]
        until(lambda: together._next is not None and len(together._next.items) == len(others))
        made.go_on.set()
        assert first.result(30) == "call 1"
        wait(others, 30)
        for other in others:
            with pytest.raises(ValueError, match="no thirteen"):
                other.result()
        assert threads.submit(together.call, 14).result(30) == "call 3"


def test_whoever_comes_first_waits_for_those_who_are_about_to_come():
    made = Made()
    made.go_on.set()
    second_is_there = threading.Event()
    together = Together(made, gather=lambda: assert_set(second_is_there))
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(together.call, 1)
        until(lambda: together._next is not None)
        second = threads.submit(together.call, 2)
        until(lambda: together._next is None or len(together._next.items) == 2)
        second_is_there.set()
        assert first.result(30) == second.result(30) == "call 1"
    assert made.calls == [[1, 2]]


def assert_set(event: threading.Event) -> None:
    assert event.wait(30)
