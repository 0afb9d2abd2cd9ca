"""Who asks: the user `default`, with the password that the environment gives it, or none."""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping

from services.clickhouse.failure import ClickHouseError
from services.clickhouse.request import credentials_in

USER = "default"


class Credentials:
    """Checks the three ways in which ClickHouse's clients say who they are."""

    def __init__(self, password: str) -> None:
        self._password = password.encode()

    @classmethod
    def from_environment(cls) -> "Credentials":
        """The password is `CLICKHOUSE_PASSWORD`; without one, none is asked for."""
        return cls(os.environ.get("CLICKHOUSE_PASSWORD", ""))

    def check(self, headers: Mapping[str, str], query_string: bytes) -> None:
        """Let a request in.

        Raises:
            ClickHouseError: 516, when the user or the password is wrong.
        """
        user, password = _given(headers, query_string)
        if user != USER or not hmac.compare_digest(password.encode("utf-8", "surrogateescape"), self._password):
            raise ClickHouseError(
                516,
                "AUTHENTICATION_FAILED",
                f"{user}: Authentication failed: password is incorrect, or there is no user with such name.",
            )


def _given(headers: Mapping[str, str], query_string: bytes) -> tuple[str, str]:
    if "x-clickhouse-user" in headers or "x-clickhouse-key" in headers:
        return headers.get("x-clickhouse-user") or USER, headers.get("x-clickhouse-key", "")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(token)
    user, password = credentials_in(query_string)
    return user or USER, password or ""


def _basic(token: str) -> tuple[str, str]:
    try:
        text = base64.b64decode(token.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ClickHouseError(516, "AUTHENTICATION_FAILED", "The Authorization header is not valid Basic") from None
    user, _, password = text.partition(":")
    return user or USER, password
