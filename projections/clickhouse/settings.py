"""Where ClickHouse is and how to reach it."""

from typing import NotRequired, TypedDict
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from projections.clickhouse.layout import SESSION


class ClientOptions(TypedDict):
    """What every client of ours is made with."""

    host: str
    port: int
    secure: bool
    username: str
    password: str
    settings: NotRequired[dict[str, object]]


class ClickHouseSettings(BaseSettings):
    """Connection to ClickHouse's HTTP interface (`CLICKHOUSE_*`); the URL may carry a user and a password."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    url: str = Field(default="http://127.0.0.1:8123", validation_alias="CLICKHOUSE_URL")
    user: str | None = Field(default=None, validation_alias="CLICKHOUSE_USER")
    password: SecretStr | None = Field(default=None, validation_alias="CLICKHOUSE_PASSWORD")
    cluster: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]+$", validation_alias="CLICKHOUSE_CLUSTER")
    """The cluster's name in ClickHouse's configuration; none: one server."""
    database: str = Field(
        default="groundswell", pattern=r"^[A-Za-z][A-Za-z0-9_]*$", validation_alias="GROUNDSWELL_DATABASE"
    )

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("CLICKHOUSE_URL must be like http://host:8123")
        return url

    def client_options(self) -> ClientOptions:
        """Keyword arguments for clickhouse-connect's `get_client` and `get_async_client`."""
        parts = urlsplit(self.url)
        options: ClientOptions = {
            "host": parts.hostname or "127.0.0.1",
            "port": parts.port or (8443 if parts.scheme == "https" else 8123),
            "secure": parts.scheme == "https",
            "username": self.user or parts.username or "default",
            "password": (self.password.get_secret_value() if self.password else parts.password) or "",
        }
        if self.cluster is not None:
            options["settings"] = dict(SESSION)
        return options
