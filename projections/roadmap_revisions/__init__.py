"""What changed on a roadmap since a date and why, what slipped, and whose demand fell or rose. Read, never stored."""

from projections.roadmap_revisions.views import VIEWS

__all__ = ["VIEWS"]
