"""A fold changed on purpose, by the commands that docs/rebuilding.md gives and with the patch that it applies."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.support.generations import client_of, states
from tests.support.installation import Installation
from tests.support.traffic import Traffic

ROOT = Path(__file__).parents[3]
PATCH = ROOT / "docs" / "examples" / "emphatic-votes.patch"


class Release:
    """The code with the patch applied: its commands, and what its processes need in their environment."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        shutil.copytree(ROOT / "projections", folder / "projections", ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run(["git", "apply", "-p1", "--unsafe-paths", str(PATCH)], cwd=folder, check=True)
        self.settings = {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}
        self._environment = {
            **os.environ,
            **self.settings,
            "KAFKA_BOOTSTRAP_SERVERS": installation.kafka.bootstrap_servers,
            "GROUNDSWELL_TOPIC_PREFIX": installation.kafka.topic_prefix,
            "CLICKHOUSE_URL": installation.clickhouse.url,
            "GROUNDSWELL_DATABASE": installation.clickhouse.database,
            "GROUNDSWELL_DATA": str(installation.data),
        }

    def projections(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`groundswell projections ...`."""
        command: Sequence[str] = (sys.executable, "-P", "-m", "services.cli", "projections", *words)
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=180, check=False)

    def done(self, *words: str) -> str:
        """The same, which must go well: what it prints."""
        ended = self.projections(*words)
        assert ended.returncode == 0, ended.stderr + ended.stdout
        return ended.stdout


def test_a_new_column_goes_through_rebuild_verify_switch_and_rollback(installation: Installation, tmp_path: Path):
    earlier = installation.projector()
    earlier.start()
    with Traffic(installation.kafka, seed=12, per_second=400, flawless=True):
        earlier.until(lambda: installation.progress() > 1000, what="there are votes")
    installation.catch_up(earlier)
    earlier.stop()

    release = Release(installation, tmp_path / "changed")
    projector = installation.projector(settings=release.settings)
    projector.start()
    projector.until(lambda: "refused votes" in projector.printed, what="the changed fold is refused")
    assert "was built by code 2, and this is code 3" in projector.printed
    assert "groundswell projections rebuild votes" in projector.printed

    with Traffic(installation.kafka, seed=14, per_second=300, flawless=True):
        time.sleep(1)  # votes go on being taken: the live generation does not see them
    release.done("rebuild", "votes")
    assert states(installation, "votes") == {1: "live", 2: "ready"}
    early = release.projections("switch", "votes")
    assert early.returncode == 1
    assert early.stderr.strip() == (
        "groundswell: no generation of votes is verified: run groundswell projections verify votes first"
    )
    verified = json.loads(release.done("verify", "votes", "--json"))
    assert verified["verdict"] == "explained"
    assert (verified["live_code"], verified["code"]) == (2, 3)
    tables = {each["table"]: each for each in verified["tables"]}
    assert tables["tallies"]["only_other_columns"] == ["emphatic"]
    assert tables["tallies"]["live"]["rows"] > 0
    assert all(each["differing"] == 0 for each in tables.values())

    release.done("switch", "votes")
    database = installation.clickhouse.database
    emphatic = f"SELECT sum(emphatic) FROM {database}.tallies"
    with client_of(installation) as client:
        counted = client.query(f"SELECT count() FROM {database}.votes WHERE value = 1 AND importance = 3").result_rows
        assert client.query(emphatic).result_rows == counted != [(0,)]
        behind = release.projections("rollback", "votes")
        assert behind.returncode == 1
        assert "records behind and nobody follows it" in behind.stderr
        release.done("rollback", "votes", "--force")
        with pytest.raises(DatabaseError, match="emphatic"):
            client.query(emphatic)
        release.done("verify", "votes")
        release.done("switch", "votes")
        assert client.query(emphatic).result_rows == counted
    release.done("drop", "votes")
    assert states(installation, "votes") == {1: "dropped", 2: "live"}
