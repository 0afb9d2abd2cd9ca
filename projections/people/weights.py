"""What each standing vote weighs: the voter's company, plan and spend, and segments, as of the vote and as of now.

These views read the votes too, or take a moment, which no generation's views can: they stand over the other stable
views.
"""

from projections.clickhouse.schema import StableView
from projections.people import membership

_SIDES = ("then", "now")


def _past(kind: str, columns: str) -> str:
    """The history of persons or companies, with one row a moment: what was said last of it."""
    return f"""SELECT workspace, {kind}, occurred_at, {columns} FROM <{kind}_history>
    ORDER BY workspace, {kind}, occurred_at, `offset` DESC LIMIT 1 BY workspace, {kind}, occurred_at"""


def _worth(alias: str, name: str) -> str:
    return ", ".join(f"{alias}.{column} AS {name}_{column}" for column in ("plan", "spend", "currency", "fields"))


_WORTH = "plan, spend, currency, fields"
_VOTE = "workspace, post, person, value, importance, since"

_KNOWN = ", ".join(
    f"known.{name} AS {name}"
    for name in (
        *_VOTE.split(", "),
        *(f"{side}_{column}" for side in _SIDES for column in ("company", *_WORTH.split(", "))),
    )
)

_WEIGHED = f"""SELECT {_KNOWN}, {_worth("company_then", "company_then")}, {_worth("company_now", "company_now")}
FROM (
  SELECT vote.workspace AS workspace, vote.post AS post, vote.person AS person, vote.value AS value,
    vote.importance AS importance, vote.since AS since,
    past.company AS then_company, {_worth("past", "then")}, present.company AS now_company, {_worth("present", "now")}
  FROM <votes> AS vote
  ASOF LEFT JOIN ({_past("person", f"company, {_WORTH}")}) AS past
    ON past.workspace = vote.workspace AND past.person = vote.person AND vote.since >= past.occurred_at
  LEFT JOIN (SELECT workspace, person, company, {_WORTH} FROM <people>) AS present
    ON present.workspace = vote.workspace AND present.person = vote.person
) AS known
ASOF LEFT JOIN ({_past("company", _WORTH)}) AS company_then
  ON company_then.workspace = known.workspace AND company_then.company = known.then_company
    AND known.since >= company_then.occurred_at
LEFT JOIN (SELECT workspace, company, {_WORTH} FROM <companies>) AS company_now
  ON company_now.workspace = known.workspace AND company_now.company = known.now_company"""

_WEIGHTS = ", ".join(
    f"{side}_company AS company_{side}, {side}_plan AS plan_{side}, {side}_spend AS spend_{side}, "
    f"{side}_currency AS currency_{side}, company_{side}_plan AS company_plan_{side}, "
    f"company_{side}_spend AS company_spend_{side}, company_{side}_currency AS company_currency_{side}"
    for side in _SIDES
)

_THEN = membership.fields("then_fields", "company_then_fields")
_NOW = membership.fields("now_fields", "company_now_fields")

_AT = "{at:DateTime64(3, 'UTC')}"

VIEWS = (
    StableView(
        "segment_members_as_of",
        membership.members(
            segments=f"""SELECT workspace, segment, match, conditions FROM (
    SELECT workspace, segment, match, conditions, removed FROM <segment_history>
    WHERE occurred_at <= {_AT}
    ORDER BY workspace, segment, occurred_at DESC, revision DESC LIMIT 1 BY workspace, segment
  ) WHERE NOT removed""",
            persons=membership.as_of("person", "company, fields", _AT),
            companies=membership.as_of("company", "fields", _AT),
        ),
    ),
    StableView("vote_weights", f"SELECT {_VOTE}, {_WEIGHTS}\nFROM ({_WEIGHED})"),
    StableView(
        "vote_segments",
        f"""SELECT vote.workspace AS workspace, segment.segment AS segment, vote.post AS post, vote.person AS person,
  vote.value AS value, vote.importance AS importance, vote.since AS since,
  {membership.holds("segment.match", "segment.rules", "vote.fields_then")} AS member_then,
  {membership.holds("segment.match", "segment.rules", "vote.fields_now")} AS member_now
FROM (SELECT {_VOTE}, {_THEN} AS fields_then, {_NOW} AS fields_now FROM ({_WEIGHED})) AS vote
INNER JOIN (
  SELECT workspace, segment, match, {membership.conditions("conditions")} AS rules FROM <segments>
) AS segment ON segment.workspace = vote.workspace""",
    ),
)
