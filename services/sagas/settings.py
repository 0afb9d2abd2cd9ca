"""What the process of the sagas can be told, by environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SagasSettings(BaseSettings):
    """`GROUNDSWELL_SAGAS_*`, and `GROUNDSWELL_DATA` for what may be deleted and comes back."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    data: Path = Field(default=Path(".groundswell"), validation_alias="GROUNDSWELL_DATA")
    instance: str = Field(
        default="0", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", validation_alias="GROUNDSWELL_SAGAS_INSTANCE"
    )
    """Two on one machine need one each."""
    host: str = Field(default="127.0.0.1", validation_alias="GROUNDSWELL_SAGAS_HOST")
    """Where health and metrics are served; another address than this machine's own only where it is asked for."""
    port: int | None = Field(default=None, ge=0, le=65535, validation_alias="GROUNDSWELL_SAGAS_PORT")
    """On which port; 0 picks a free one, None serves nothing."""

    @property
    def ledger_index(self) -> Path:
        """This process's own index of the ledger."""
        return self.data / "sagas" / f"ledger-{self.instance}.sqlite"
