"""The stable views of demand: by segment, plan and company, and by post; now, and as of a moment; and what rises."""

from projections.clickhouse.schema import StableView
from projections.customers.demand import COLUMNS, DIMENSIONS, Dimension, by_asker, of_everybody
from projections.customers.momentum import direction, momentum

_AT = "{at:DateTime64(3, 'UTC')}"
_COLUMNS = ", ".join(COLUMNS)


def _view(dimension: Dimension, at: str | None) -> StableView:
    sql = f"""SELECT workspace, asker AS {dimension}, post, {_COLUMNS}
FROM ({by_asker(dimension, at=at)}) WHERE asker != ''"""
    return StableView(f"demand_by_{dimension}{'' if at is None else '_as_of'}", sql)


_UNTIL = "{until:DateTime64(3, 'UTC')}"
_RISING = f"""SELECT momentum.workspace AS workspace, momentum.post AS post, post.title AS title,
  momentum.recent AS recent, momentum.before AS before, {direction("momentum.recent", "momentum.before")} AS direction
FROM ({
    momentum(
        where="workspace = {workspace:String}",
        begin=f"subtractDays({_UNTIL}, 2 * {{days:UInt16}})",
        middle=f"subtractDays({_UNTIL}, {{days:UInt16}})",
        until=_UNTIL,
    )
}) AS momentum
INNER JOIN <posts> AS post ON post.workspace = momentum.workspace AND post.post = momentum.post
WHERE momentum.recent > 0 OR momentum.before > 0"""

VIEWS = (
    *(_view(dimension, at) for dimension in DIMENSIONS for at in (None, _AT)),
    StableView("rising_posts", _RISING),
    StableView("post_demand", f"SELECT workspace, post, {_COLUMNS} FROM ({of_everybody()})"),
    StableView("post_demand_as_of", f"SELECT workspace, post, {_COLUMNS} FROM ({of_everybody(at=_AT)})"),
)
