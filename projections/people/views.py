"""The stable views of persons, companies and segments: as they are, and as they were after each fact."""

from projections.clickhouse.schema import StableView
from projections.people import membership

_WORTH = "plan, spend, currency, traits"

VIEWS = (
    StableView(
        "people",
        f"""SELECT workspace, person, name, email, company, {_WORTH}, fields, first_seen, updated_at, recorded_at
FROM <people_table> FINAL WHERE NOT forgotten""",
    ),
    StableView(
        "person_history",
        f"""SELECT workspace, person, occurred_at, `offset`, company, {_WORTH}, fields, recorded_at
FROM <person_history_table> FINAL""",
    ),
    StableView(
        "companies",
        f"""SELECT workspace, company, name, domain, {_WORTH}, fields, first_seen, updated_at, recorded_at
FROM <companies_table> FINAL WHERE NOT forgotten""",
    ),
    StableView(
        "company_history",
        f"""SELECT workspace, company, occurred_at, `offset`, {_WORTH}, fields, recorded_at
FROM <company_history_table> FINAL""",
    ),
    StableView("forgotten", "SELECT workspace, kind, subject, forgotten_at FROM <forgotten_table> FINAL"),
    StableView(
        "segments",
        """SELECT workspace, segment, name, match, conditions, occurred_at AS updated_at, recorded_at, revision
FROM <segments_table> FINAL WHERE NOT removed""",
    ),
    StableView(
        "segment_history",
        """SELECT workspace, segment, revision, name, match, conditions, removed, occurred_at, recorded_at, actor,
  reason
FROM <segment_history_table> FINAL""",
    ),
    StableView(
        "segment_members",
        membership.members(
            segments="SELECT workspace, segment, match, conditions FROM <segments_table> FINAL WHERE NOT removed",
            persons="SELECT workspace, person, company, fields FROM <people_table> FINAL WHERE NOT forgotten",
            companies="SELECT workspace, company, fields FROM <companies_table> FINAL WHERE NOT forgotten",
        ),
    ),
)
