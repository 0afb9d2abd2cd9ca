"""The pages about posts, statuses, tags and fields: their commands work as they are printed."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.local_stack import COMMAND, LocalStack, clean_environment

DOCS = Path(__file__).parents[3] / "docs"
BEFORE = """set -euo pipefail
curl() { command curl -sS --fail-with-body "$@"; echo; }
position() { python3 -c 'import json, sys; print(json.load(sys.stdin)["position"])'; }
"""


@pytest.fixture(scope="module")
def told(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the commands of all pages print, one page after the other, in a workspace of their own."""
    pages = [(DOCS / f"{page}.md").read_text() for page in ("posts", "statuses", "tags-and-fields")]
    blocks = [block for page in pages for block in re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)]
    key = f"KEY=$({shlex.join(COMMAND)} keys create --workspace pages --role admin)\nAPI={stack.stack.api}\n"
    done = subprocess.run(
        ["bash"], input=BEFORE + key + "\n".join(blocks), capture_output=True, text=True, timeout=180, check=False,
        env={**clean_environment(), "GROUNDSWELL_DATA": str(stack.data), "PYTHONPATH": str(DOCS.parent)},
        cwd=tmp_path_factory.mktemp("pages"),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        '"what":"edited the title","note":null,"reason":"A typo.","actor":"editor-3"',
        '"title":"Biger letters"',
        '"what":"closed: status changed from planned to closed","note":"Not this year."',
        '"status":"planned","kind":"planned","closed_reason":null',
        '"closing":"closed","version":1',
        '"rank":1,"post":"offline-mode"',
    ],
)
def test_it_says_what_the_page_promises(told: str, line: str) -> None:
    assert line in told
