"""Which post stands where: now, as of any moment, as known at any moment, under any formula. Read, never stored."""

from projections.ranking.views import VIEWS

__all__ = ["VIEWS"]
