"""The headers of a delivery, as Standard Webhooks has them: identity, time, and a signature for each secret."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence


def signed_headers(message: str, timestamp: int, body: bytes, secrets: Sequence[bytes]) -> Mapping[str, str]:
    """What to send along; `timestamp` is when this attempt is made, in whole seconds since 1970."""
    content = b".".join((message.encode(), str(timestamp).encode(), body))
    signatures = [base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
