"""Children that can't outlive us."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from services.stack.process import tethered

PARENT = """
import subprocess, sys, time
from services.stack.process import tethered
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0, preexec_fn=tethered())
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's kernel tells a child of its parent's death")
def test_a_tethered_child_dies_with_its_parent() -> None:
    root = Path(__file__).parents[3]
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=root)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    parent.communicate()
    for _ in range(200):
        if not child.is_running() or child.status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its parent")


def test_only_the_main_thread_may_tether_what_it_does_not_wait_for() -> None:
    outcome: list[str] = []

    def elsewhere() -> None:
        tethered(waited_for=True)
        try:
            tethered()
        except RuntimeError as error:
            outcome.append(str(error))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "main thread" in outcome[0]
