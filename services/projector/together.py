"""Calls that several threads make at about the same time, made as one."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Turn(Generic[Item, Answer]):
    """What goes in one call: what was asked, and what came of it."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.outcome: Future[Answer] = Future()


class Together(Generic[Item, Answer]):
    """One call under way at a time; what is asked meanwhile goes, all of it, with the next.

    `make` runs in the thread that asked first, after `gather`, which may wait for others to come, and raises nothing.
    All that went with it get the same answer, or the same exception.
    """

    def __init__(self, make: Callable[[Sequence[Item]], Answer], gather: Callable[[], None] = lambda: None) -> None:
        self._make = make
        self._gather = gather
        self._joining = threading.Lock()
        self._one_at_a_time = threading.Lock()
        self._next: _Turn[Item, Answer] | None = None

    def call(self, item: Item) -> Answer:
        """Ask. What is answered was found out, or done, after this call began.

        Raises:
            Exception: what `make` raised.
        """
        with self._joining:
            turn, leads = self._next, self._next is None
            if turn is None:
                turn = self._next = _Turn()
            turn.items.append(item)
        outcome = turn.outcome
        if leads:
            self._lead(turn)
        # An exception holds the frames that it went through; they must not hold it.
        del turn
        try:
            return outcome.result()
        finally:
            del outcome

    def _lead(self, turn: _Turn[Item, Answer]) -> None:
        with self._one_at_a_time:
            self._gather()
            with self._joining:
                self._next = None
            try:
                turn.outcome.set_result(self._make(turn.items))
            except BaseException as error:
                turn.outcome.set_exception(error)
