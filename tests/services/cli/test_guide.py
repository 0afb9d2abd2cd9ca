"""The guide from zero to a public roadmap: its commands work as they are printed, one after the other."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.local_stack import COMMAND, LocalStack, clean_environment

GUIDE = Path(__file__).parents[3] / "docs" / "from-zero-to-a-public-roadmap.md"


@pytest.fixture(scope="module")
def told(stack: LocalStack) -> str:
    """What the commands print."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    script = "set -euo pipefail\n" + "\n".join(blocks)
    script = script.replace("http://127.0.0.1:8000", stack.stack.api)
    script = script.replace(".venv/bin/groundswell", shlex.join(COMMAND))
    done = subprocess.run(
        ["bash"], input=script, capture_output=True, text=True, timeout=180, check=False,
        env={**clean_environment(), "GROUNDSWELL_DATA": str(stack.data)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        'moved \\"A dark mode\\" from Next to Now',
        'moved the date of \\"A dark mode\\" from 2027-01 to 2027-02-15: 15 days later',
        'dropped \\"Show it in my calendar\\" from Next',
        'placed \\"Work without a connection\\" in Spring 2027 for 2027-Q2, owned by mobile',
        'gave \\"Work without a connection\\" to ann (it was mobile\'s)',
        '"actor":"product team"',
        '"title":"The thing is not at the version that If-Match names"',
        '"column":"in-progress","name":"In progress","statuses":["in-progress"],"period":null,"count":1',
    ],
)
def test_it_says_what_the_guide_promises(told: str, line: str) -> None:
    assert line in told
