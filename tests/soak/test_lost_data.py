"""A view that lost rows is missed also where nothing comes any more."""

from tests.faults.test_lost_data import restore
from tests.support.installation import Installation


def test_an_older_backup_restored_while_nothing_came_is_noticed_by_a_look(installation: Installation) -> None:
    restore(installation, wake=False)
