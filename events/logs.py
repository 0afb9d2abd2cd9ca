"""The log of a process: lines for people, or JSON for machines, by setting.

Messages are words, then facts: `logger.warning("record refused topic=%s offset=%d", topic, offset)`. In JSON each
fact is a field of its own with the value that was given, not its text. structlog and python-json-logger know facts only
where they are given apart from the message, so this is a formatter of our own, and that is all: the standard library's
logging stays what it is.
"""

import logging
import re
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from events import tracing

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"
QUIET = ("aiokafka", "faust", "httpx", "mode", "opentelemetry", "urllib3")
"""Libraries whose everyday words stay out of the log; their warnings do not."""

_PLACE = re.compile(r"%(?:%|[-#0+]*\d*(?:\.\d+)?(?P<kind>[diouxXeEfFgGcrsa]))")
_FACT = re.compile(r"(?P<name>[a-z][a-z0-9_]*)=(?P<value>\S*)")
_RESERVED = frozenset({"time", "level", "logger", "event", "message", "service", "exception", "trace_id", "span_id"})

Value = str | int | float | bool | None


class LogSettings(BaseSettings):
    """`GROUNDSWELL_LOG_*`."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    format: Literal["text", "json"] = Field(default="text", validation_alias="GROUNDSWELL_LOG_FORMAT")
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        default="INFO", validation_alias="GROUNDSWELL_LOG_LEVEL"
    )

    @field_validator("level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


def set_up(service: str) -> None:
    """Log to standard error as the settings say, from now on and for the whole process.

    Raises:
        pydantic.ValidationError: if a setting is none.
    """
    settings = LogSettings()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(service) if settings.format == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=settings.level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for library in QUIET:
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(settings.level)))


def last_words(service: str, reason: str) -> None:
    """The one line that says why a process ends: for people by itself, in JSON as a line of the log."""
    reason = " ".join(reason.split())
    if any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers):
        logging.getLogger(service).critical("ends reason=%s", reason)
    else:
        print(f"{service}: {reason}", file=sys.stderr)  # noqa: T201 - the last thing that it says


def refused_settings(error: ValidationError) -> str:
    """Which settings are none, and why, in one line, without what they were set to."""
    return "; ".join(
        f"setting {problem['loc'][-1] if problem['loc'] else '?'}: {problem['msg']}" for problem in error.errors()
    )


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, how grave, who, the words (`event`), the whole `message`, and each fact."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        event, facts = facts_of(record.msg, record.args) if isinstance(record.msg, str) else ("", {})
        message = record.getMessage()
        line: dict[str, Value] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "event": event or message,
            "message": message,
            **facts,
            **tracing.current_ids(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line).decode()


def facts_of(template: str, args: object) -> tuple[str, Mapping[str, Value]]:
    """The words before the first fact, and the facts by name. A name that a line has anyway gets a `_` behind it."""
    if not isinstance(args, tuple):
        return template, {}
    facts: dict[str, Value] = {}
    words, used = len(template), 0
    for token in re.finditer(r"\S+", template):
        kinds = [place["kind"] for place in _PLACE.finditer(token[0]) if place["kind"] is not None]
        if not kinds:
            continue
        values, used = args[used : used + len(kinds)], used + len(kinds)
        if (fact := _FACT.fullmatch(token[0])) is not None:
            name = f"{fact['name']}_" if fact["name"] in _RESERVED else fact["name"]
            alone = _PLACE.fullmatch(fact["value"]) is not None
            facts[name] = _plain(values[0], kinds[0]) if alone else fact["value"] % values
        words = min(words, token.start())
    return template[:words].replace("%%", "%").rstrip(" :,([-"), facts


def _plain(value: object, kind: str) -> Value:
    if kind == "r":
        return repr(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return ",".join(map(str, value))
    return str(value)


_encode = msgspec.json.Encoder().encode
