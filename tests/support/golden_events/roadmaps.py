"""What the golden files of roadmaps' events must read as. Never edit one."""

from events.domain.roadmaps.events import Column
from events.domain.roadmaps.targets import Target

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.roadmap.created.v1": {
        "roadmap": "product", "name": "Où l'on va", "by": "time", "public": True, "reason": "So they see it", "at": AT,
        "columns": (Column(column="now", name="Now"), Column(column="q3", name="Q3", period="2026-Q3")),
    },
    "groundswell.roadmap.edited.v1": {
        "roadmap": "product", "name": None, "public": None, "reason": "", "at": AT,
        "columns": (Column(column="doing", name="Doing", statuses=("planned", "in-progress")),),
    },
    "groundswell.roadmap.item-placed.v1": {
        "roadmap": "product", "post": "dark-mode", "column": "q3", "rank": "i0000001",
        "target": Target("2026-09-30", "quarter"), "owner": "team-web", "note": "Beta first", "reason": "Loud",
        "team": "", "at": AT,
    },
    "groundswell.roadmap.item-moved.v1": {
        "roadmap": "product", "post": "dark-mode", "column": "now", "rank": "i0000001i", "reason": "Louder", "at": AT,
    },
    "groundswell.roadmap.item-dated.v1": {
        "roadmap": "product", "post": "dark-mode", "target": Target("2026-10-15", "day"), "reason": "Late", "at": AT,
    },
    "groundswell.roadmap.item-assigned.v1": {
        "roadmap": "product", "post": "dark-mode", "owner": "u-7", "team": None, "reason": "", "at": AT,
    },
    "groundswell.roadmap.item-noted.v1": {
        "roadmap": "product", "post": "dark-mode", "note": "", "reason": "Said twice", "at": AT,
    },
    "groundswell.roadmap.item-removed.v1": {
        "roadmap": "product", "post": "dark-mode", "reason": "Not this year", "at": AT,
    },
    "groundswell.roadmap.ranks-renewed.v1": {
        "roadmap": "product", "column": "now", "ranks": {"dark-mode": "i0000000", "night-mode": "i0000001"}, "at": AT,
    },
}  # fmt: skip
