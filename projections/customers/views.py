"""The stable views of demand: by segment, plan and company, and by post; now, and as of a moment."""

from projections.clickhouse.schema import StableView
from projections.customers.demand import COLUMNS, DIMENSIONS, Dimension, by_asker, of_everybody

_AT = "{at:DateTime64(3, 'UTC')}"
_COLUMNS = ", ".join(COLUMNS)


def _view(dimension: Dimension, at: str | None) -> StableView:
    sql = f"""SELECT workspace, asker AS {dimension}, post, {_COLUMNS}
FROM ({by_asker(dimension, at=at)}) WHERE asker != ''"""
    return StableView(f"demand_by_{dimension}{'' if at is None else '_as_of'}", sql)


VIEWS = (
    *(_view(dimension, at) for dimension in DIMENSIONS for at in (None, _AT)),
    StableView("post_demand", f"SELECT workspace, post, {_COLUMNS} FROM ({of_everybody()})"),
    StableView("post_demand_as_of", f"SELECT workspace, post, {_COLUMNS} FROM ({of_everybody(at=_AT)})"),
)
