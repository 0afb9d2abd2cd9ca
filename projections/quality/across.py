"""The stable views that read posts, votes and teams besides."""

from projections.clickhouse.schema import StableView
from projections.planning.asked import Asked
from projections.quality import checking, outcomes

_AT = "{at:DateTime64(3, 'UTC')}"
_NOW, _THEN = Asked(), Asked(at=_AT)

_CHECKS = """workspace, board, post, title, status, kind, check, name, passed, by, evidence, since, recorded_at, actor,
  reason"""
_DEFECTS = "workspace, post, defect, linked_at, found_at, shipped_at, escaped"
_POSTS = """workspace, post, team, shipped_at, reopened, down_votes_after, complaints, defects, escaped_defects,
  ratings, mean_rating, title, board"""
_TEAMS = """workspace, team, shipped_posts, posts_with_escaped, escaped_defect_rate, escaped AS escaped_defects,
  all_defects AS defects, posts_reopened, reopened_rate, down_votes AS down_votes_after, all_complaints AS complaints,
  all_ratings AS ratings, rating AS mean_rating"""


def _views(suffix: str, asked: Asked) -> tuple[StableView, ...]:
    checks, posts = checking.gate_checks(asked), outcomes.post_quality(asked)
    return (
        StableView(f"gate_checks{suffix}", f"SELECT {_CHECKS}\nFROM ({checks})"),
        StableView(f"open_gates{suffix}", checking.open_gates(checks)),
        StableView(f"defects{suffix}", f"SELECT {_DEFECTS}\nFROM ({outcomes.defects(asked)})"),
        StableView(f"post_quality{suffix}", f"SELECT {_POSTS}\nFROM ({posts})"),
        StableView(f"team_quality{suffix}", f"SELECT {_TEAMS}\nFROM ({outcomes.team_quality(posts)})"),
    )


ACROSS = (*_views("", _NOW), *_views("_as_of", _THEN))
"""The checks of posts, open gates, defects, and what came of posts and teams: now, and as of a moment."""
