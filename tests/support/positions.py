"""What to wait for after several writes."""

from collections.abc import Sequence

import httpx

from events.position import Partition, Positions


def after_all(answers: Sequence[httpx.Response]) -> str:
    """One position that includes those of all these answers: a read that waits for it is one, not one for each."""
    furthest: dict[Partition, int] = {}
    for answer in answers:
        for partition, offset in Positions.from_token(answer.json()["position"]).next_offsets.items():
            furthest[partition] = max(offset, furthest.get(partition, 0))
    return Positions(furthest).token()
