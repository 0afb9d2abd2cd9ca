"""How the API listens, what it keeps, and how much it takes on at once."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ApiSettings(BaseSettings):
    """`GROUNDSWELL_API_*`, and `GROUNDSWELL_DATA` for what may be deleted and comes back."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    host: str = Field(default="127.0.0.1", validation_alias="GROUNDSWELL_API_HOST")
    port: int = Field(default=8000, ge=0, le=65535, validation_alias="GROUNDSWELL_API_PORT")
    data: Path = Field(default=Path(".groundswell"), validation_alias="GROUNDSWELL_DATA")
    max_requests: int = Field(default=2000, ge=1, validation_alias="GROUNDSWELL_API_MAX_REQUESTS")
    """Requests under way; more are answered 503 at once."""
    max_in_flight_bytes: int = Field(default=64 * 1024 * 1024, ge=1, validation_alias="GROUNDSWELL_API_IN_FLIGHT_BYTES")
    """Bytes of votes that wait for Kafka; more are answered 503 at once."""
    max_body_bytes: int = Field(default=8 * 1024 * 1024, ge=1, validation_alias="GROUNDSWELL_API_MAX_BODY_BYTES")
    after_seconds: float = Field(default=2.0, ge=0, validation_alias="GROUNDSWELL_API_AFTER_SECONDS")
    """How long a read waits for the view to have folded `after`."""
    query_seconds: float = Field(default=10.0, gt=0, validation_alias="GROUNDSWELL_API_QUERY_SECONDS")
    """How long a read may take in ClickHouse."""
    cache_seconds: float = Field(default=1.0, ge=0, validation_alias="GROUNDSWELL_API_CACHE_SECONDS")
    """How old a ranking may be that is served from memory."""
    graceful_seconds: int = Field(default=10, ge=1, validation_alias="GROUNDSWELL_API_GRACEFUL_SECONDS")
    """How long requests under way may take when the service stops."""

    @property
    def ledger_index(self) -> Path:
        """This process's own index of the ledger; its port tells it from other API processes on the same data."""
        return self.data / "api" / f"ledger-{self.port}.sqlite"
