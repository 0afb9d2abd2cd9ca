"""What the golden files of segments and of forgetting must read as. Never edit one: add lines."""

from events.domain.segments.events import Condition

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.segment.defined.v1": {
        "segment": "enterprise", "name": "Enterprise", "match": "any",
        "conditions": (
            Condition("company.spend", "gte", (100000,), "EUR"),
            Condition("traits.seats", "gt", (2.5,)),
            Condition("plan", "in", ("gold", "größer")),
            Condition("traits.beta", "exists"),
        ),
        "reason": "sales asked", "at": AT,
    },
    "groundswell.segment.removed.v1": {"segment": "enterprise", "reason": "", "at": AT},
    "groundswell.person.forgotten.v1": {"person": "u1", "reason": "requested", "at": AT},
    "groundswell.company.forgotten.v1": {"company": "acme", "reason": "contract-ended", "at": AT},
}  # fmt: skip
