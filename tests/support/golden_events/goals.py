"""What the golden files of goals' events must read as. Never edit one."""

from events.domain.goals.events import KeyResult

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.goal.defined.v1": {
        "goal": "retention", "name": "Kunden bleiben", "description": "Fewer leave.\nMore stay.",
        "target_day": "2027-06-30",
        "key_results": (
            KeyResult(key_result="churn", name="Monthly churn", unit="%", start=3.4, target=2.0),
            KeyResult(key_result="nps", name="NPS", unit="", start=-10.0, target=30.0),
        ),
        "reason": "The board asked", "internal": True, "at": AT,
    },
    "groundswell.goal.measured.v1": {
        "goal": "retention", "key_result": "churn", "value": 2.9, "reason": "May", "internal": True, "at": AT,
    },
    "groundswell.goal.linked.v1": {
        "goal": "retention", "post": "dark-mode", "weight": 60, "reason": "", "internal": True, "at": AT,
    },
    "groundswell.goal.unlinked.v1": {
        "goal": "retention", "post": "dark-mode", "reason": "It serves growth", "internal": True, "at": AT,
    },
    "groundswell.goal.closed.v1": {
        "goal": "retention", "outcome": "achieved", "reason": "2.0 % in May", "internal": True, "at": AT,
    },
    "groundswell.goal.reopened.v1": {"goal": "retention", "reason": "", "internal": True, "at": AT},
}  # fmt: skip
