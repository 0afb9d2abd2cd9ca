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

SHARED: Mapping[str, Callable[[Frame], str]] = {
    **SOURCES, "standing_votes": votes.standing_votes_shared, "roadmap_votes": votes.roadmap_votes_once,
}  # fmt: skip
"""The same relations where several metrics are asked at once: what reads all votes is read once for all of them."""

_READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")


def with_sources(sql: str, frame: Frame, sources: Mapping[str, Callable[[Frame], str]] = SOURCES) -> str:
    """The SELECT with what it reads before it, each once."""
    named = dict(_sources(sql, frame, sources))
    said = ",\n".join(f"{name} AS (\n{text}\n)" for name, text in named.items())
    return f"WITH {said}\n{sql}" if named else sql


def _sources(
    sql: str, frame: Frame, sources: Mapping[str, Callable[[Frame], str]]
) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Those that are read, each after what it reads itself."""
    for name in _READ.findall(sql):
        if name in sources:
            text = sources[name](frame)
            yield from _sources(text, frame, sources)
            yield name, text
