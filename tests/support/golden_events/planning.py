"""What the golden files of teams' and estimates' events must read as. Never edit one."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.team.defined.v1": {
        "team": "web", "name": "Équipe web", "reason": "Since spring", "internal": True, "at": AT,
    },
    "groundswell.team.removed.v1": {"team": "web", "reason": "", "internal": True, "at": AT},
    "groundswell.estimate.given.v1": {
        "post": "dark-mode", "unit": "days", "low": 2.5, "high": 8.0, "reason": "Like the other one", "internal": True,
        "at": AT,
    },
    "groundswell.estimate.withdrawn.v1": {"post": "dark-mode", "reason": "Too old", "internal": True, "at": AT},
}  # fmt: skip
