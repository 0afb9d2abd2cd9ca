"""The stable views of slips, of whose a post is, of delivered posts, and of the work of teams: over other views."""

from projections.clickhouse.schema import StableView
from projections.planning import holders, promises
from projections.planning.asked import Asked
from projections.planning.delivered import COLUMNS, delivered
from projections.planning.work import work

_AS_OF = Asked(at="{at:DateTime64(3, 'UTC')}")
_DELIVERED = ", ".join(COLUMNS)

ACROSS = (
    StableView("roadmap_slips", promises.slips(Asked())),
    StableView("post_teams", holders.last(Asked())),
    StableView("delivered_posts", delivered(Asked())),
    StableView("delivered_posts_as_of", delivered(_AS_OF)),
    StableView("team_work", work(f"SELECT {_DELIVERED} FROM <delivered_posts>")),
    StableView("team_work_as_of", work(f"SELECT {_DELIVERED} FROM ({delivered(_AS_OF)})")),
)
"""A view that reads another one of these comes after it."""
