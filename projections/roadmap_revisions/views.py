"""The stable view `roadmap_drift`: over roadmaps, statuses and votes."""

from projections.clickhouse.schema import StableView
from projections.roadmap_revisions.drift import drift

VIEWS = (StableView("roadmap_drift", drift()),)
