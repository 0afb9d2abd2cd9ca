"""What the golden files of releases' events must read as. Never edit one."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.release.drafted.v1": {
        "release": "r-2.4", "title": "Dunkler Modus", "body": "# Neu\n\n*Endlich*", "label": "2.4",
        "posts": ("dark-mode", "night-mode"), "reason": "Shipped on Monday", "at": AT,
    },
    "groundswell.release.edited.v1": {
        "release": "r-2.4", "title": None, "body": "Neu", "label": None, "posts": (), "reason": "", "at": AT,
    },
    "groundswell.release.scheduled.v1": {
        "release": "r-2.4", "publish_at": "2026-02-01T08:00:00.000Z", "reason": "", "at": AT,
    },
    "groundswell.release.unscheduled.v1": {"release": "r-2.4", "reason": "Not yet", "at": AT},
    "groundswell.release.published.v1": {"release": "r-2.4", "reason": "", "override": False, "at": AT},
    "groundswell.release.held.v1": {
        "release": "r-2.4", "why": "the gate is open: dark-mode lacks tested", "internal": True, "at": AT,
    },
    "groundswell.release.withdrawn.v1": {"release": "r-2.4", "reason": "A mistake", "at": AT},
    "groundswell.release.post-moved.v1": {
        "release": "r-2.4", "post": "night-mode", "status": "complete", "moved": "dark-mode", "at": AT,
    },
    "groundswell.release.post-not-moved.v1": {
        "release": "r-2.4", "post": "dark-mode", "why": "it was deleted", "at": AT,
    },
}  # fmt: skip
