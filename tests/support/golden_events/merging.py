"""What the golden files of merges and budgets must read as. Never edit one: add lines."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.post.merged.v1": {"post": "night-mode", "into": "dark-mode", "reason": "the same wish", "at": AT},
    "groundswell.post.unmerged.v1": {"post": "night-mode", "into": "dark-mode", "reason": "not quite", "at": AT},
    "groundswell.post.absorbed.v1": {"post": "themes", "merged": "night-mode", "through": "dark-mode", "at": AT},
    "groundswell.post.released.v1": {"post": "dark-mode", "released": "night-mode", "through": None, "at": AT},
    "groundswell.board.budgeted.v1": {"board": "ideas", "votes": 10, "period": "quarter", "reason": "", "at": AT},
}
