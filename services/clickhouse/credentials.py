"""Who asks: `default` or `analyst`, each with the password that the environment gives it, or none."""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping

from pydantic import SecretStr

from services.clickhouse.analyst import ANALYST
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.request import credentials_in

USER = "default"


class Credentials:
    """Checks the three ways in which ClickHouse's clients say who they are."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        """Of each user that there is."""
        self._passwords = {user: password.encode() for user, password in passwords.items()}

    @classmethod
    def from_environment(cls, analyst: SecretStr | None) -> "Credentials":
        """The password of `default` is `CLICKHOUSE_PASSWORD`; without one, none is asked for.

        Without one of its own there is an `analyst` only where `default` has none either.
        """
        own = os.environ.get("CLICKHOUSE_PASSWORD", "")
        passwords = {USER: own}
        if analyst is not None or not own:
            passwords[ANALYST] = "" if analyst is None else analyst.get_secret_value()
        return cls(passwords)

    def check(self, headers: Mapping[str, str], query_string: bytes) -> str:
        """Let a request in: its user.

        Raises:
            ClickHouseError: 516, when the user or the password is wrong.
        """
        user, password = _given(headers, query_string)
        known = self._passwords.get(user)
        if known is None or not hmac.compare_digest(password.encode("utf-8", "surrogateescape"), known):
            raise ClickHouseError(
                516,
                "AUTHENTICATION_FAILED",
                f"{user}: Authentication failed: password is incorrect, or there is no user with such name.",
            )
        return user


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
