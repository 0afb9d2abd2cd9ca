"""How this process follows the ledger and writes to it."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LedgerSettings(BaseSettings):
    """`GROUNDSWELL_LEDGER_*`."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    index: Path | None = Field(default=None, validation_alias="GROUNDSWELL_LEDGER_INDEX")
    """The file of this process's own index; none: a temporary one, built from the log at each start."""
    save_seconds: float = Field(default=10.0, gt=0, validation_alias="GROUNDSWELL_LEDGER_SAVE_SECONDS")
    """How long a save may take before its outcome is called unknown."""
    connect_seconds: float | None = Field(default=None, gt=0, validation_alias="GROUNDSWELL_LEDGER_CONNECT_SECONDS")
    """How long to wait for Kafka at the start; none: for as long as it takes."""
    max_in_flight_bytes: int = Field(
        default=32 * 1024 * 1024, gt=0, validation_alias="GROUNDSWELL_LEDGER_IN_FLIGHT_BYTES"
    )
    """How much may wait for the log before further saves are refused."""
    workspace: str = Field(default="groundswell", validation_alias="GROUNDSWELL_LEDGER_WORKSPACE")
    """The workspace of saves that name none, as those of the library's own."""
