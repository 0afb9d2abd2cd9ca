"""What the golden files of quality's events must read as. Never edit one."""

from events.domain.gates.events import Check

AT = "2026-01-02T03:04:05.678Z"
_INTERNAL = {"internal": True, "at": AT}

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.gate.set.v1": {
        "board": "ideas", "checks": (Check(check="reviewed", name="Geprüft"), Check(check="tested", name="Tested")),
        "reason": "As agreed", **_INTERNAL,
    },
    "groundswell.checks.begun.v1": {"post": "dark-mode", **_INTERNAL},
    "groundswell.checks.passed.v1": {
        "post": "dark-mode", "check": "reviewed", "by": "u~1", "evidence": "https://ci.example/77?a=<b>", **_INTERNAL,
    },
    "groundswell.checks.taken-back.v1": {
        "post": "dark-mode", "check": "reviewed", "reason": "The wrong build", **_INTERNAL,
    },
    "groundswell.checks.gate-passed.v1": {
        "post": "dark-mode", "board": "ideas", "checks": ("reviewed", "tested"), "release": "r-2.4", **_INTERNAL,
    },
    "groundswell.checks.gate-overridden.v1": {
        "post": "dark-mode", "board": "ideas", "checks": ("reviewed", "tested"), "missing": ("tested",), "release": "",
        "reason": "It burns", **_INTERNAL,
    },
    "groundswell.defects.linked.v1": {
        "post": "dark-mode", "defect": "flicker", "found_at": "2026-01-01T00:00:00.000Z", "reason": "Seen", **_INTERNAL,
    },
    "groundswell.defects.unlinked.v1": {
        "post": "dark-mode", "defect": "flicker", "found_at": "2026-01-01T00:00:00.000Z", "reason": "Not ours",
        **_INTERNAL,
    },
    "groundswell.complaint.marked.v1": {
        "comment": "c-1", "post": "dark-mode", "said_at": "2026-01-01T00:00:00.000Z", "reason": "Angry", **_INTERNAL,
    },
    "groundswell.complaint.unmarked.v1": {
        "comment": "c-1", "post": "dark-mode", "said_at": "2026-01-01T00:00:00.000Z", "reason": "A joke", **_INTERNAL,
    },
}  # fmt: skip
