"""Starting a process so that it can't outlive us, and stopping it with all that it started."""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def tethered(*, waited_for: bool = False) -> Callable[[], None]:
    """What a child runs before its program, so that the kernel kills it when this process dies, however it dies.

    The kernel follows the *thread* that starts the child, so only the main thread may (elsewhere `RuntimeError`), or
    one that waits for the child's end (`waited_for`).
    On systems without that call (all but Linux) the sweep at the next start finds what was left.
    """
    if not waited_for and threading.current_thread() is not threading.main_thread():
        raise RuntimeError("processes of the stack are started by the main thread: their lives hang on it")
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def tie() -> None:
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call above
            os._exit(1)

    return tie


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that leads its group and to all in that group; nothing if they are gone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:  # macOS says this of a group with only zombies in it
        return
