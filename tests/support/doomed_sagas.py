"""The sagas, that kill themselves with -9 at the n-th call of a step: `python -m tests.support.doomed_sagas WHEN NTH`.

It runs what runs in production; only its way out is wrapped. Settings come from the environment, as for every service.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps

from events.domain.application import Feedback
from events.log.appender import Appender
from events.log.kept_position import KeptPosition
from services.sagas.__main__ import main as run_sagas

STEPS: Mapping[str, tuple[type, str]] = {
    "append": (Appender, "_send"),
    "position": (KeptPosition, "write"),
    "decision": (Feedback, "execute_async"),
}
"""What it may die at: right before or right after any of these calls."""

Call = Callable[..., Awaitable[object]]


def command(when: str, nth: int) -> Sequence[str]:
    """How to start it. `when` is "before" or "after", and a step."""
    return [sys.executable, "-m", "tests.support.doomed_sagas", when, str(nth)]


def _around(call: Call, side: str, nth: int) -> Call:
    left = nth

    def die_in_time() -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    @wraps(call)
    async def wrapped(*arguments: object, **named: object) -> object:
        if side == "before":
            die_in_time()
        result = await call(*arguments, **named)
        if side == "after":
            die_in_time()
        return result

    return wrapped


def main(when: str, nth: str) -> int:
    side, step = when.split()
    owner, name = STEPS[step]
    setattr(owner, name, _around(getattr(owner, name), side, int(nth)))
    return run_sagas()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
