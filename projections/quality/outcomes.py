"""What happened to posts after they were shipped, and to teams by their posts: now, or as of a moment."""

from projections.planning import holders, passages
from projections.planning.asked import Asked
from projections.quality import sources
from projections.quality.sources import NEVER
from projections.samples import FEWEST


def defects(asked: Asked) -> str:
    """Defects, and whether each escaped: was found after the post was first shipped."""
    return f"""SELECT link.workspace AS workspace, link.post AS post, link.defect AS defect,
  link.linked_at AS linked_at, link.found_at AS found_at, nullIf(ship.shipped_at, {NEVER}) AS shipped_at,
  CAST(ship.shipped_at > {NEVER} AND link.found_at > ship.shipped_at, 'Bool') AS escaped
FROM ({sources.defects(asked)}) AS link
LEFT JOIN ({passages.shipped(asked)}) AS ship ON ship.workspace = link.workspace AND ship.post = link.post"""


def post_quality(asked: Asked) -> str:
    """A row for each post that ever was shipped, merged and deleted ones left out.

    The team is whose it was when it was first shipped, as in `delivered_posts`. Down-votes and complaints count from
    then on. The mean of fewer than `FEWEST` ratings is null.
    """
    shipped = passages.shipped(asked)
    sides = {
        "held": holders.by_post(asked),
        "down": _after(sources.down_votes(asked), "since", shipped),
        "complaint": _after(sources.complaints(asked), "said_at", shipped),
        "defect": _counted("countIf(escaped)", defects(asked)),
        "rated": _counted("sum(rating)", sources.ratings(asked)),
    }
    joins = "\n".join(
        f"LEFT JOIN ({sql}) AS {name} ON {name}.workspace = ship.workspace AND {name}.post = ship.post"
        for name, sql in sides.items()
    )
    team = holders.at("held.teams", "ship.shipped_at")
    return f"""SELECT ship.workspace AS workspace, ship.post AS post, {team} AS team,
  ship.shipped_at AS shipped_at, ship.reopened AS reopened, down.many AS down_votes_after,
  complaint.many AS complaints, defect.many AS defects, defect.some AS escaped_defects, rated.many AS ratings,
  if(rated.many < {FEWEST}, NULL, rated.some / rated.many) AS mean_rating, rated.some AS rating_sum,
  said.title AS title, said.board AS board
FROM ({shipped}) AS ship
INNER JOIN (SELECT * FROM ({sources.posts(asked)}) WHERE merged_into = '') AS said
  ON said.workspace = ship.workspace AND said.post = ship.post
{joins}"""


def team_quality(posts: str, more: str = "") -> str:
    """What the shipped posts of each team came to, of `post_quality` or a part of it; the empty team is none.

    Shares of fewer than `FEWEST` shipped posts, and means of fewer ratings, are null. `more` are further aggregates,
    each behind a comma.
    """
    return f"""SELECT workspace, team, count() AS shipped_posts, countIf(escaped_defects > 0) AS posts_with_escaped,
  {_share("escaped_defects > 0")} AS escaped_defect_rate,
  sum(escaped_defects) AS escaped, sum(defects) AS all_defects,
  countIf(reopened > 0) AS posts_reopened, {_share("reopened > 0")} AS reopened_rate,
  sum(down_votes_after) AS down_votes, sum(complaints) AS all_complaints, sum(ratings) AS all_ratings,
  if(all_ratings < {FEWEST}, NULL, sum(rating_sum) / all_ratings) AS rating{more}
FROM ({posts})
GROUP BY workspace, team"""


def _after(what: str, when: str, shipped: str) -> str:
    """How many of these there are of each post from the moment on when it was first shipped."""
    return f"""SELECT what.workspace AS workspace, what.post AS post, count() AS many
FROM ({what}) AS what
INNER JOIN ({shipped}) AS first ON first.workspace = what.workspace AND first.post = what.post
WHERE what.{when} >= first.shipped_at GROUP BY workspace, post"""


def _counted(some: str, what: str) -> str:
    return f"SELECT workspace, post, count() AS many, {some} AS some FROM ({what}) GROUP BY workspace, post"


def _share(condition: str) -> str:
    return f"if(count() < {FEWEST}, NULL, countIf({condition}) / count())"
