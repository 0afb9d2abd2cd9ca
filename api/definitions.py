"""What this process holds in memory of the ledger, for reads that need no view: workflow, tags, fields."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from api.paging import read_key
from api.services import Services
from events.domain.execution import known_end
from events.position import Positions
from projections.cursor import cursor_token

Entry = TypeVar("Entry")


async def followed(services: Services, after: str | None) -> Positions:
    """What this process has followed of the ledger, once that includes `after`.

    Raises:
        Problem: 400 if that is no position of this log.
        LedgerUnavailable: if it can't be followed so far.
    """
    if after is not None:
        services.progress.read_token("after", after)
        await services.directory.catch_up()
    return Positions.after([known_end(services.feedback.ledger)])


def page_of(
    kind: str, entries: Mapping[str, Entry], cursor: str | None, limit: int
) -> tuple[Sequence[Entry], str | None]:
    """The entries by id from where the page before ended, and the cursor of the next page if there is one.

    Raises:
        Problem: 400 if this is no cursor of that list.
    """
    after = read_key(kind, cursor, tuple[str])
    ids = sorted(id for id in entries if after is None or id > after[0])
    page = [entries[id] for id in ids[:limit]]
    return page, cursor_token(kind, (ids[limit - 1],)) if len(ids) > limit else None
