"""The stable views of quality over its own tables."""

from projections.clickhouse.schema import StableView

_DECIDED = "recorded_at, revision, actor, reason"


def _history(name: str, columns: str) -> StableView:
    return StableView(
        name,
        f"SELECT workspace, {columns}, occurred_at, {_DECIDED} FROM <{name}_table> FINAL",
    )


_GATE = "board, checks, names"
_CHECK = "post, check, passed, by, evidence"
_DEFECT = "post, defect, linked, found_at"
_COMPLAINT = "post, comment, marked, said_at"

VIEWS = (
    StableView(
        "gates",
        f"""SELECT workspace, {_GATE}, occurred_at AS since, {_DECIDED}
FROM <gates_table> FINAL WHERE notEmpty(checks)""",
    ),
    _history("gate_history", _GATE),
    StableView("checks", f"SELECT workspace, {_CHECK}, occurred_at AS since, {_DECIDED} FROM <checks_table> FINAL"),
    _history("check_history", _CHECK),
    StableView(
        "gate_passages",
        f"""SELECT workspace, post, board, checks, missing, release, occurred_at AS at, {_DECIDED}
FROM <gate_passages_table> FINAL""",
    ),
    StableView(
        "gate_overrides",
        f"""SELECT workspace, post, board, missing, release, occurred_at AS at, {_DECIDED}
FROM <gate_passages_table> FINAL WHERE notEmpty(missing)""",
    ),
    StableView(
        "defect_links",
        f"""SELECT workspace, post, defect, found_at, occurred_at AS linked_at, {_DECIDED}
FROM <defects_table> FINAL WHERE linked""",
    ),
    _history("defect_history", _DEFECT),
    StableView(
        "complaints",
        f"""SELECT workspace, post, comment, said_at, occurred_at AS marked_at, {_DECIDED}
FROM <complaints_table> FINAL WHERE marked""",
    ),
    _history("complaint_history", _COMPLAINT),
    StableView(
        "satisfaction",
        """SELECT workspace, post, person, rating, since, recorded_at
FROM <satisfaction_table> FINAL WHERE rating > 0""",
    ),
    StableView(
        "satisfaction_history",
        """SELECT workspace, post, person,
  multiIf(rating_after = 0, 'withdrawn', rating_before = 0, 'rated', 'changed') AS change, rating_before, rating_after,
  occurred_at, recorded_at, event_id, partition, `offset`
FROM <satisfaction_history_table> FINAL WHERE rating_before != rating_after""",
    ),
)
