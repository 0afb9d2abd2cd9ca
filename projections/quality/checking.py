"""The checks of the posts of gated boards, and the gates that are open: now, or as of a moment.

A shipped post shows what was asked of it when it came through its gate: a gate that is changed later does not reopen
what is published. Merged posts are left out: the checks of their roots count.
"""

from projections.planning.asked import Asked
from projections.quality import sources
from projections.quality.sources import NEVER

_NOT_DONE = "kind IN ('open', 'planned', 'in_progress')"


def gate_checks(asked: Asked) -> str:
    """Each check of each post of a gated board: passed or not, by whom, since when, and what shows it."""
    return f"""SELECT asked.workspace AS workspace, asked.board AS board, asked.post AS post, asked.title AS title,
  asked.status AS status, asked.kind AS kind, asked.archived AS archived, asked.place AS place,
  asked.check AS check, asked.name AS name, mark.passed AS passed, mark.by AS by, mark.evidence AS evidence,
  nullIf(mark.since, {NEVER}) AS since, nullIf(mark.recorded_at, {NEVER}) AS recorded_at, mark.actor AS actor,
  mark.reason AS reason
FROM (
  SELECT workspace, board, post, title, status, kind, archived, asked_checks[place] AS check, place,
    if(has(checks, check), names[indexOf(checks, check)], check) AS name
  FROM (
{_asked(asked)}
  ) ARRAY JOIN arrayEnumerate(asked_checks) AS place
) AS asked
LEFT JOIN (
{sources.marks(asked)}
) AS mark ON mark.workspace = asked.workspace AND mark.post = asked.post AND mark.check = asked.check"""


def open_gates(checks: str) -> str:
    """The posts that can't be shipped yet, and what is missing, of `gate_checks` or the view of this name."""
    return f"""SELECT workspace, board, post, title, status, kind,
  toUInt32(count()) AS checks, toUInt32(countIf(passed)) AS passed_checks,
  arrayMap(each -> each.2, arraySort(groupArrayIf((place, check), NOT passed))) AS missing
FROM ({checks})
WHERE {_NOT_DONE} AND NOT archived
GROUP BY workspace, board, post, title, status, kind HAVING notEmpty(missing)"""


def _asked(asked: Asked) -> str:
    return f"""SELECT said.workspace AS workspace, said.board AS board, said.post AS post, said.title AS title,
  said.status AS status, said.kind AS kind, said.archived AS archived, gate.checks AS checks, gate.names AS names,
  if(said.kind = 'shipped', passage.checks, gate.checks) AS asked_checks
FROM (SELECT * FROM ({sources.posts(asked)}) WHERE merged_into = '') AS said
LEFT JOIN ({sources.gates(asked)}) AS gate ON gate.workspace = said.workspace AND gate.board = said.board
LEFT JOIN ({sources.passages(asked)}) AS passage
  ON passage.workspace = said.workspace AND passage.post = said.post"""
