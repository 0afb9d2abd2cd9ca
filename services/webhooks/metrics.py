"""What the delivery of webhooks counts, among the metrics of the process that it is a part of."""

from services.sagas.metrics import METRICS

ATTEMPTS = METRICS.counter(
    "webhook_attempts", "attempts", "Attempts to deliver an event, by outcome: delivered, failed or gone", ["outcome"]
)
SECONDS = METRICS.histogram("webhook_seconds", "seconds", "How long receivers took to answer, or not to")
WEBHOOKS = METRICS.gauge("webhooks", "webhooks", "Webhooks that this process delivers to")
HELD = METRICS.gauge("webhook_held", "subjects", "Subjects that are held back as an event about them was not taken")
DISABLED = METRICS.counter(
    "webhooks_disabled", "webhooks", "Webhooks disabled as their receiver is gone or gave no end"
)
