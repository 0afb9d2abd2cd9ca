"""Secrets that webhooks are signed with. They are kept nowhere: each follows from a key of the services and a salt.

So the log, its copies and every view of it hold nothing that a signature could be forged with, and whoever has the key
can make every secret again. See decision 024.
"""

import base64
import hashlib
import hmac
import secrets

from events.domain.webhooks.settings import WebhookSettings
from events.domain.webhooks.webhook import SecretPart

PREFIX = "whsec_"


class NoKey(Exception):  # noqa: N818 - what is missing
    """The key that a secret follows from is not among the settings."""


class Secrets:
    """Makes secrets of one installation's keys."""

    def __init__(self, settings: WebhookSettings) -> None:
        self._keys = settings.by_name()

    def fresh(self, salt: str | None = None) -> SecretPart:
        """What a new secret follows from; with `salt` the same each time.

        Raises:
            NoKey: if there are none.
        """
        for name in self._keys:
            return SecretPart(name, salt or secrets.token_hex(16))
        raise NoKey("webhooks need a key to make secrets of: set GROUNDSWELL_WEBHOOKS_KEYS, see docs/webhooks.md")

    def raw(self, workspace: str, webhook: str, part: SecretPart) -> bytes:
        """The secret's 32 bytes.

        Raises:
            NoKey: if its key is not among the settings.
        """
        key = self._keys.get(part.key)
        if key is None:
            raise NoKey(f"GROUNDSWELL_WEBHOOKS_KEYS has no key {part.key!r}, of which this webhook's secret was made")
        message = "\0".join(("groundswell webhook", workspace, webhook, part.salt))
        return hmac.digest(key.encode(), message.encode(), hashlib.sha256)

    def text(self, workspace: str, webhook: str, part: SecretPart) -> str:
        """The secret as receivers have it: `whsec_...`. Raises as `raw`."""
        return PREFIX + base64.b64encode(self.raw(workspace, webhook, part)).decode()
