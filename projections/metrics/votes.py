"""What metrics read of votes: each change, what stands at the end of each period, and who paid when they voted."""

from projections.metrics.frame import FAR, NEVER, Frame
from projections.metrics.posts import KIND
from projections.roadmaps import standing

_PLACE = "workspace, post, occurred_at, partition, `offset`, person"
_SIDES = "value_before, value_after"
_UP = "toInt64(value_after = 1) - toInt64(value_before = 1)"


def vote_changes(frame: Frame) -> str:
    """Events of votes: workspace, post, person, occurred_at, start, cause, waiting, value_before, value_after.

    As known at a moment, each says what it was believed to be.
    """
    happened = f"{frame.asked.until('occurred_at')}{frame.persons}"
    columns = f"workspace, post, person, occurred_at, {frame.start('occurred_at')} AS start, cause, waiting"
    if frame.known_at is None:
        return f"SELECT {columns}, {_SIDES} FROM <vote_timeline> WHERE {happened}"
    return f"""SELECT {columns}, said.1 AS value_before, said.2 AS value_after
FROM (
  SELECT timeline.*, if(believed.person = '', (timeline.value_before, timeline.value_after), believed.sides) AS said
  FROM (SELECT {_PLACE}, cause, waiting, {_SIDES} FROM <vote_timeline> WHERE {happened}) AS timeline
  LEFT JOIN (
    SELECT {_PLACE}, argMin(({_SIDES}), until) AS sides FROM <vote_corrections>
    WHERE {happened} AND until > {frame.known_at} GROUP BY {_PLACE}
  ) AS believed USING ({_PLACE})
)"""


def net_votes(frame: Frame) -> str:
    """What became of standing up-votes: workspace, post, start, up; several rows add up.

    Whole months are added up already, a partition each; but not by persons, and not as they were once known.
    """
    changes = f"SELECT workspace, post, start, {_UP} AS up FROM vote_changes WHERE up != 0"
    if frame.persons or frame.known_at is not None:
        return changes
    whole = f"toStartOfMonth({frame.at if frame.by_months else frame.first})"
    return f"""SELECT workspace, post, {frame.start("month")} AS start, up
FROM <tally_periods> WHERE {frame.where}{frame.posts} AND month < {whole} AND up != 0
UNION ALL
{changes} AND occurred_at >= toDateTime64({whole}, 3, 'UTC')"""


def standing_votes(_: Frame) -> str:
    """Changes of standing up-votes by what their posts are: workspace, kind, start, up."""
    return _by_standing("post_standings", "kind")


def roadmap_standings(frame: Frame) -> str:
    """`post_standings` with `planned`: whether it was on a roadmap. One by status has the columns of the moment."""
    over = "PARTITION BY workspace, post ORDER BY happened, revision"
    so_far = f"OVER ({over} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    heads = standing.heads_as_of(frame.at, where=frame.where, known=frame.known)
    return f"""SELECT workspace, post, stood.1 AS kind, stood.2 AS planned, {frame.start("happened")} AS since,
  if(next = {NEVER}, {FAR}, {frame.start("next")}) AS until
FROM (
  SELECT *, leadInFrame(happened) OVER ({over} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS next
  FROM (
    SELECT *, lagInFrame(stood) {so_far} AS stood_before FROM (
      SELECT workspace, post, happened, revision,
        (ifNull(anyLast(kind_says) {so_far}, ''), sum(step) {so_far} > 0 OR anyLast(shown_says) {so_far}) AS stood
      FROM (
        SELECT workspace, post, occurred_at AS happened, revision, 0 AS step, {KIND} AS kind_says,
          (workspace, status) IN (
            SELECT workspace, arrayJoin(arrayFlatten(parts.3)) FROM ({heads}) WHERE by = 'status'
          ) AS shown_says
        FROM <post_history> WHERE {frame.asked.until("occurred_at")}
        UNION ALL
        SELECT workspace, post, since AS happened, revision, toInt32(placed) - toInt32(placed_before), NULL, NULL FROM (
          SELECT workspace, post, since, revision, placed, lagInFrame(placed) OVER (
            PARTITION BY workspace, roadmap, post ORDER BY revision
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
          ) AS placed_before
          FROM <roadmap_history> WHERE {frame.asked.until("since")}
            AND (workspace, roadmap) IN (SELECT workspace, roadmap FROM ({heads}) WHERE by = 'time')
        ) WHERE placed != placed_before
      )
    )
  ) WHERE stood != stood_before
) WHERE since < until"""


def roadmap_votes(_: Frame) -> str:
    """`standing_votes` with `planned`: whether their posts are on a roadmap."""
    return _by_standing("roadmap_standings", "kind, planned")


def roadmap_votes_once(frame: Frame) -> str:
    """`roadmap_votes`, worked out once a query however often it is read: ClickHouse keeps what a scalar gave.

    It is of a few hundred rows: kinds times periods. Not for views: making one would work it out.
    """
    columns = "workspace, kind, planned, start, up"
    named = ", ".join(f"each.{place} AS {name}" for place, name in enumerate(columns.split(", "), start=1))
    return f"""SELECT {named} FROM (
  SELECT arrayJoin((SELECT groupArray(({columns})) FROM ({roadmap_votes(frame)}))) AS each
)"""


def standing_votes_shared(_: Frame) -> str:
    """`standing_votes`, out of `roadmap_votes`; several rows add up."""
    return "SELECT workspace, kind, start, up FROM roadmap_votes"


def shown_changes(frame: Frame) -> str:
    """`vote_changes` from the first period on."""
    return f"SELECT * FROM vote_changes WHERE occurred_at >= toDateTime64({frame.first}, 3, 'UTC')"


def casts(_: Frame) -> str:
    """Votes that were cast where none stood: workspace, post, person, occurred_at, start."""
    return """SELECT workspace, post, person, occurred_at, start FROM shown_changes
WHERE cause = 0 AND value_before = 0 AND value_after != 0"""


def paid_casts(frame: Frame) -> str:
    """How many `casts` there were, and how many by whom or whose company paid anything then: workspace, start, votes,
    paid; several rows add up.

    Only of whom something is known need it be asked what they paid.
    """
    known = frame.of_all.until("occurred_at")
    past = {
        kind: f"""SELECT workspace, {kind}, occurred_at, {columns} FROM <{kind}_history>
    WHERE {known}
    ORDER BY workspace, {kind}, occurred_at, `offset` DESC LIMIT 1 BY workspace, {kind}, occurred_at"""
        for kind, columns in (("person", "company, spend"), ("company", "spend"))
    }
    return f"""SELECT workspace, start, count() AS votes, toUInt64(0) AS paid FROM casts GROUP BY workspace, start
UNION ALL
SELECT cast.workspace AS workspace, cast.start AS start, toUInt64(0) AS votes,
  countIf(cast.spend > 0 OR past.spend > 0) AS paid
FROM (
  SELECT cast.workspace AS workspace, cast.start AS start, cast.occurred_at AS occurred_at, past.company AS company,
    past.spend AS spend
  FROM (
    SELECT workspace, person, occurred_at, start FROM casts
    WHERE person IN (SELECT person FROM <person_history> WHERE {known})
  ) AS cast
  ASOF LEFT JOIN ({past["person"]}) AS past
    ON past.workspace = cast.workspace AND past.person = cast.person AND cast.occurred_at >= past.occurred_at
) AS cast
ASOF LEFT JOIN ({past["company"]}) AS past
  ON past.workspace = cast.workspace AND past.company = cast.company AND cast.occurred_at >= past.occurred_at
GROUP BY workspace, start"""


def _by_standing(standings: str, columns: str) -> str:
    """Each change counts for every standing that its post has from then on, and no longer when that ends.

    So one join is enough for any number of periods; nothing is sorted, and no post is added up at any of them.
    """
    named = ", ".join(f"stood.{name} AS {name}" for name in columns.split(", "))
    return f"""SELECT workspace, {columns}, change.1 AS start, sum(change.2) AS up FROM (
  SELECT vote.workspace AS workspace, {named}, arrayJoin(if(stood.until = {FAR},
    [(greatest(vote.start, stood.since), vote.up)],
    [(greatest(vote.start, stood.since), vote.up), (stood.until, -vote.up)])) AS change
  FROM net_votes AS vote
  INNER JOIN {standings} AS stood ON stood.workspace = vote.workspace AND stood.post = vote.post
  WHERE vote.start < stood.until AND stood.kind != 'away'
) GROUP BY workspace, {columns}, start"""
