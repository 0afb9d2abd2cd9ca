"""One workspace for all tests of the page, asked once."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from projections.report import Page, ReportRequest, page, questions, report
from projections.report.section import Answers
from tests.support.decided import WORKSPACE
from tests.support.reported_workspace import HOSTILE, NOW, Happened, fill
from tests.support.views import Database, database


class Reported(NamedTuple):
    """A database, and all that happened in it."""

    database: Database
    happened: Happened

    def request(self, **fields: object) -> ReportRequest:
        known = {"database": self.database.settings.database, "workspace": WORKSPACE, "at": NOW}
        return ReportRequest(**known | fields)

    def answers(self, request: ReportRequest) -> Answers:
        return {
            name: self.database.client.query(query.sql, dict(query.parameters)).result_rows
            for name, query in questions(request).items()
        }


@pytest.fixture(scope="session")
def reported(clickhouse_url: str) -> Iterator[Reported]:
    with database(clickhouse_url) as made:
        yield Reported(made, fill(made, titles=HOSTILE))


@pytest.fixture(scope="session")
def answers(reported: Reported) -> Answers:
    """What the whole page asks, of now."""
    return reported.answers(reported.request())


@pytest.fixture(scope="session")
def whole(reported: Reported, answers: Answers) -> Page:
    """The page of now."""
    return page(report(reported.request(), answers))


@pytest.fixture(scope="session")
def written(whole: Page, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(whole.html)
    return file
