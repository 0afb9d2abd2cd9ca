"""How webhooks are delivered, by environment."""

from collections.abc import Sequence

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

RETRY_SECONDS = "5,300,1800,7200,18000,36000,50400,72000,86400"
"""What the Standard Webhooks specification recommends: ten attempts within three and a half days."""


class DeliverySettings(BaseSettings):
    """`GROUNDSWELL_WEBHOOKS_*`, beside those of `events.domain.webhooks.settings`."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    retry_seconds: str = Field(default=RETRY_SECONDS, validation_alias="GROUNDSWELL_WEBHOOKS_RETRY_SECONDS")
    """How long to wait after the first failed attempt, after the second, and so on; then the webhook is disabled."""
    timeout_seconds: float = Field(default=15.0, gt=0, le=120, validation_alias="GROUNDSWELL_WEBHOOKS_TIMEOUT_SECONDS")
    """How long a receiver has for its answer."""
    concurrency: int = Field(default=8, ge=1, le=100, validation_alias="GROUNDSWELL_WEBHOOKS_CONCURRENCY")
    """Requests under way to one webhook; each is about another subject."""
    connections: int = Field(default=256, ge=1, validation_alias="GROUNDSWELL_WEBHOOKS_CONNECTIONS")
    """Requests under way to all of them."""
    page: int = Field(default=50, ge=1, le=1000, validation_alias="GROUNDSWELL_WEBHOOKS_PAGE")
    """Events of one webhook in memory."""
    most_held: int = Field(default=100, ge=1, le=10_000, validation_alias="GROUNDSWELL_WEBHOOKS_MOST_HELD")
    """Subjects that one webhook may hold back before all of it waits."""
    poll_seconds: float = Field(default=0.5, gt=0, validation_alias="GROUNDSWELL_WEBHOOKS_POLL_SECONDS")
    """How often to look for new events."""
    session_timeout_ms: int = Field(default=10_000, ge=1000, validation_alias="GROUNDSWELL_WEBHOOKS_SESSION_TIMEOUT_MS")
    """How long a silent process keeps what it delivers before another one takes over."""

    @field_validator("retry_seconds")
    @classmethod
    def _are_seconds(cls, text: str) -> str:
        _read_seconds(text)
        return text

    @property
    def schedule(self) -> Sequence[float]:
        """Seconds to wait after each failed attempt."""
        return _read_seconds(self.retry_seconds)


def _read_seconds(text: str) -> Sequence[float]:
    try:
        seconds = tuple(float(each) for each in text.split(",") if each.strip())
    except ValueError:
        seconds = (-1.0,)
    if not all(0 <= each <= 30 * 86400 for each in seconds):
        raise ValueError("GROUNDSWELL_WEBHOOKS_RETRY_SECONDS must be seconds with commas between, as in 5,300,1800")
    return seconds
