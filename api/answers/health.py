"""Health as it is answered."""

from typing import Literal

from api.answers.answer import Answer


class Health(Answer):
    """Whether the service takes requests, and each part that it needs: `ok`, or what is wrong."""

    status: Literal["ready", "not ready"]
    log: str
    clickhouse: str
