"""What whoever makes, shows or uses a webhook's secret is told, by environment."""

import re
from collections.abc import Mapping

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
LEAST_KEY_CHARACTERS = 32


class WebhookSettings(BaseSettings):
    """`GROUNDSWELL_WEBHOOKS_*`: the keys that secrets follow from, and whether private addresses are allowed."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    keys: SecretStr = Field(default=SecretStr(""), validation_alias="GROUNDSWELL_WEBHOOKS_KEYS")
    """`NAME:TEXT`, several with commas between. The first makes new secrets; the others are kept for old ones."""
    allow_private: bool = Field(default=False, validation_alias="GROUNDSWELL_WEBHOOKS_ALLOW_PRIVATE")
    """Whether webhooks may send to private addresses, and by http."""

    @field_validator("keys")
    @classmethod
    def _are_keys(cls, keys: SecretStr) -> SecretStr:
        _read_keys(keys.get_secret_value())
        return keys

    def by_name(self) -> Mapping[str, str]:
        """The keys by name, in order."""
        return _read_keys(self.keys.get_secret_value())


def _read_keys(text: str) -> Mapping[str, str]:
    keys: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, key = part.partition(":")
        if _NAME.match(name) is None or len(key) < LEAST_KEY_CHARACTERS or name in keys:
            raise ValueError(
                "GROUNDSWELL_WEBHOOKS_KEYS must be NAME:TEXT, several with commas between, each TEXT of at least "
                f"{LEAST_KEY_CHARACTERS} characters, each NAME once"
            )
        keys[name] = key
    return keys
