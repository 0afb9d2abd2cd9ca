"""What the golden files of webhooks must read as. Never edit one: add lines."""

AT = "2026-01-02T03:04:05.678Z"

EXPECTED: dict[str, dict[str, object]] = {
    "groundswell.webhook.subscribed.v1": {
        "webhook": "crm", "url": "https://crm.example.com/feedback?team=7", "types": ("groundswell.post",),
        "internal": True, "description": "Tells the CRM", "key": "k1", "salt": "00ff", "at": AT,
    },
    "groundswell.webhook.changed.v1": {
        "webhook": "crm", "url": None, "types": ("groundswell.vote", "groundswell.post.closed"), "internal": False,
        "description": None, "reason": "votes too", "at": AT,
    },
    "groundswell.webhook.enabled.v1": {"webhook": "crm", "reason": "is back", "at": AT},
    "groundswell.webhook.disabled.v1": {"webhook": "crm", "reason": "410 Gone", "at": AT},
    "groundswell.webhook.secret-rotated.v1": {
        "webhook": "crm", "key": "k2", "salt": "ff00", "previous_until": "2026-01-03T03:04:05.678Z", "at": AT,
    },
    "groundswell.webhook.replayed.v1": {
        "webhook": "crm", "start": "", "since": "2026-01-01T00:00:00.000Z", "reason": "the CRM lost a day", "at": AT,
    },
    "groundswell.webhook.tested.v1": {"webhook": "crm", "at": AT},
    "groundswell.webhook.deleted.v1": {"webhook": "crm", "reason": "no CRM any more", "at": AT},
}  # fmt: skip
