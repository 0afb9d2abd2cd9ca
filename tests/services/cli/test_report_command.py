"""`groundswell report` against a running stack."""

from pathlib import Path

import pytest

from services.cli.program import run
from tests.support.local_stack import LocalStack


def test_the_page_of_the_sample_as_a_file(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", stack.stack.clickhouse)
    file = tmp_path / "page.html"
    asked = ["report", "-w", "demo", "--as-of", "2026-10-31", "--board", "planning"]
    assert run([*asked, "-o", str(file)]) == 0
    assert f"Wrote {file}" in capsys.readouterr().err
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]
    written = file.read_text()
    assert "as of 31\xa0Oct\xa02026, board \u201cplanning\u201d" in written
    assert "votes stand now" in written

    assert run([*asked, "-o", str(tmp_path / "none" / "page.html")]) == 1
    assert "page.html can't be written: No such file or directory" in capsys.readouterr().err

    assert run(["report", "-w", "demo", "--board", "none", "-o", str(file)]) == 1
    assert "there is no board 'none' in workspace 'demo'" in capsys.readouterr().err
