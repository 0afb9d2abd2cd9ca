"""What the golden files of posts' life, workflows, tags and fields must read as. Never edit one: add lines."""

from events.domain.workflow.events import Status

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.post.status-changed.v1": {
        "post": "dark-mode", "status": "planned", "kind": "planned", "note": "For the summer ☀",
        "reason": "many asked", "at": AT,
    },
    "groundswell.post.archived.v1": {"post": "dark-mode", "reason": "old", "at": AT},
    "groundswell.post.unarchived.v1": {"post": "dark-mode", "reason": "", "at": AT},
    "groundswell.post.deleted.v1": {"post": "dark-mode", "reason": "spam", "at": AT},
    "groundswell.post.restored.v1": {"post": "dark-mode", "reason": "no spam", "at": AT},
    "groundswell.post.pinned.v1": {"post": "dark-mode", "reason": "", "at": AT},
    "groundswell.post.unpinned.v1": {"post": "dark-mode", "reason": "", "at": AT},
    "groundswell.post.tagged.v1": {"post": "dark-mode", "tags": ("mobile", "ui"), "reason": "", "at": AT},
    "groundswell.post.fields-set.v1": {
        "post": "dark-mode", "reason": "estimated", "at": AT,
        "values": {"effort": 3, "score": 0.5, "paid": True, "due": "2026-06-01", "owner": None},
    },
    "groundswell.workflow.set.v1": {
        "statuses": (
            Status(id="open", name="Open", colour="#6b7280", kind="open", next=("done",)),
            Status(id="done", name="Done", colour="#16a34a", kind="shipped", votes=False),
        ),
        "initial": "open", "closing": "done", "reason": "simpler", "at": AT,
    },
    "groundswell.tag.defined.v1": {"tag": "ui", "name": "Look and feel", "colour": "#2563eb", "at": AT},
    "groundswell.tag.removed.v1": {"tag": "ui", "reason": "unused", "at": AT},
    "groundswell.field.defined.v1": {
        "board": "ideas", "field": "effort", "name": "Effort", "type": "choice", "choices": ("S", "M"), "at": AT,
    },
    "groundswell.field.removed.v1": {"board": "ideas", "field": "effort", "reason": "", "at": AT},
}  # fmt: skip
