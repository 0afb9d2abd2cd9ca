"""What the projector can be told, by environment."""

import hashlib
import socket
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProjectorSettings(BaseSettings):
    """One projector process. Two on one machine need an `instance` each: it names the folder of their state."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    data: Path = Field(default=Path(".groundswell"), validation_alias="GROUNDSWELL_DATA")
    instance: str = Field(
        default="0", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", validation_alias="GROUNDSWELL_PROJECTOR_INSTANCE"
    )
    host: str = Field(default="127.0.0.1", validation_alias="GROUNDSWELL_PROJECTOR_HOST")
    """Where health and metrics are served; another address than this machine's own only where it is asked for."""
    port: int | None = Field(default=None, ge=0, le=65535, validation_alias="GROUNDSWELL_PROJECTOR_PORT")
    """On which port; 0 picks a free one, None serves nothing."""
    flush_interval_ms: int = Field(default=200, ge=0, validation_alias="GROUNDSWELL_FLUSH_INTERVAL_MS")
    session_timeout_ms: int = Field(
        default=10_000, ge=1000, validation_alias="GROUNDSWELL_PROJECTOR_SESSION_TIMEOUT_MS"
    )
    """How long the group waits for a silent projector before it gives its partitions to others."""
    stalled_after_seconds: float = Field(
        default=60.0, gt=0, validation_alias="GROUNDSWELL_PROJECTOR_STALLED_AFTER_SECONDS"
    )
    """With lag and without progress for so long, the projector is not ready."""
    max_gathered: int = Field(default=100_000, ge=1, validation_alias="GROUNDSWELL_PROJECTOR_MAX_GATHERED")
    """How many records may wait, fetched and not folded, or folded and not on their way, before reading pauses."""

    @property
    def state(self) -> Path:
        """The folder of this instance's state."""
        return self.data / "state" / self.instance

    @property
    def member(self) -> str:
        """Its lasting name in the consumer group: started again, it takes up the same partitions with no rebalance."""
        place = hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()[:8]
        return f"{socket.gethostname()}-{place}-{self.instance}"
