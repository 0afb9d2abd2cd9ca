"""The whole local stack as a fixture."""

from collections.abc import Iterator

import pytest

from tests.support.local_stack import LocalStack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """One stack for the session, with the sample in the workspace `demo`: use workspaces of your own, leave it up."""
    running = LocalStack.start(tmp_path_factory.mktemp("stack"))
    yield running
    running.stop()
