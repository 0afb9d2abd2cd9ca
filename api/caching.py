"""A short memory for what many ask at once: one query under way for each question, one answer for a moment."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Answer = TypeVar("Answer")


class _Kept(NamedTuple, Generic[Answer]):
    answer: Answer
    expires: float


class Cache(Generic[Answer]):
    """Answers by question, for `seconds`; the least recently used go when there are more than `size`."""

    def __init__(self, *, seconds: float, size: int = 1024) -> None:
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[Hashable, _Kept[Answer]] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Task[Answer]] = {}
        self.hits = self.misses = 0

    async def get(
        self, question: Hashable, ask: Callable[[], Awaitable[Answer]], good: Callable[[Answer], bool]
    ) -> Answer:
        """The answer to a question: from memory or from an asking under way where that is `good` enough, else asked."""
        kept = self._kept.get(question)
        if kept is not None and kept.expires > time.monotonic() and good(kept.answer):
            self._kept.move_to_end(question)
            self.hits += 1
            return kept.answer
        while (asking := self._asking.get(question)) is not None:
            if good(answer := await asyncio.shield(asking)):
                self.hits += 1
                return answer
        self.misses += 1
        return await asyncio.shield(self._ask(question, ask))

    def _ask(self, question: Hashable, ask: Callable[[], Awaitable[Answer]]) -> "asyncio.Task[Answer]":
        async def asked() -> Answer:
            try:
                answer = await ask()
                self._kept[question] = _Kept(answer, time.monotonic() + self._seconds)
                self._kept.move_to_end(question)
                while len(self._kept) > self._size:
                    self._kept.popitem(last=False)
                return answer
            finally:
                if self._asking.get(question) is asyncio.current_task():
                    del self._asking[question]

        task = asyncio.create_task(asked())
        self._asking[question] = task
        return task
