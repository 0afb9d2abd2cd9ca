"""What metrics read: small relations of one meaning each, of the posts and persons that are left, up to the moment.

Each is a subquery under its name, and may read others. `start` is the first day of the period that something was in.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from projections.metrics import judged, planned, posts, votes
from projections.metrics.frame import Frame


def periods(frame: Frame) -> str:
    """Workspace and start of every period that is asked for."""
    return frame.periods


SOURCES: Mapping[str, Callable[[Frame], str]] = {
    source.__name__: source
    for source in (
        periods,
        posts.posts,
        posts.post_standings,
        posts.unmerged_standings,
        posts.kind_stays,
        posts.house,
        posts.answers,
        posts.answered_posts,
        posts.deliveries,
        votes.vote_changes,
        votes.net_votes,
        votes.standing_votes,
        votes.roadmap_standings,
        votes.roadmap_votes,
        votes.shown_changes,
        votes.casts,
        votes.paid_casts,
        planned.first_targets,
        planned.estimated_deliveries,
        planned.judged_forecasts,
        judged.given_ratings,
        judged.escapes,
        judged.gate_passages,
    )
}

_READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")


def with_sources(sql: str, frame: Frame) -> str:
    """The SELECT with what it reads before it, each once."""
    named = dict(_sources(sql, frame))
    said = ",\n".join(f"{name} AS (\n{text}\n)" for name, text in named.items())
    return f"WITH {said}\n{sql}" if named else sql


def _sources(sql: str, frame: Frame) -> Iterator[tuple[str, str]]:
    """Those that are read, each after what it reads itself."""
    for name in _READ.findall(sql):
        if name in SOURCES:
            text = SOURCES[name](frame)
            yield from _sources(text, frame)
            yield name, text
