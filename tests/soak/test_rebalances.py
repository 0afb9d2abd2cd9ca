"""Partitions change hands every two seconds for a minute."""

from tests.faults.test_rebalances import rebalance
from tests.support.installation import Installation

SECONDS = 60.0


def test_rebalances_for_a_minute_under_load(installation: Installation) -> None:
    rebalance(installation, SECONDS)
