"""Traces from the request to the row: OpenTelemetry, off unless `GROUNDSWELL_TRACING=1`.

Where it is off nothing of OpenTelemetry is imported here, records carry no headers, and headers are not read. Where it
is on, the SDK's own variables say the rest (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, `OTEL_SERVICE_NAME`).
A span's context goes with a record as W3C Trace Context, in its header `traceparent`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span, SpanKind, Tracer

HEADER = "traceparent"
_SAMPLED = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f][13579bdf]")
Headers = Sequence[tuple[str, bytes]]
Kind = Literal["server", "producer", "consumer"]
Attribute = str | int


class TracingSettings(BaseSettings):
    """`GROUNDSWELL_TRACING`; everything else is OpenTelemetry's own."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    on: bool = Field(default=False, validation_alias="GROUNDSWELL_TRACING")


_tracer: "Tracer | None" = None


def set_up(service: str) -> None:
    """Trace from now on, if the settings say so, and export in the background. Spans end up under `service`.

    Raises:
        pydantic.ValidationError: if the setting is none.
    """
    global _tracer  # noqa: PLW0603 - one for the process, as OpenTelemetry's own
    if not TracingSettings().on:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    # What the environment names wins over what we call ourselves.
    named = Resource.create({SERVICE_NAME: service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("groundswell")


def on() -> bool:
    """Whether this process traces."""
    return _tracer is not None


@contextmanager
def span(
    name: str, kind: Kind, attributes: Mapping[str, Attribute], *, parent: bytes | str | None = None
) -> Iterator["Span | None"]:
    """A span around the body, the current one meanwhile; None, and no span, where tracing is off.

    Its parent is the one that a `traceparent` names, else the current one.
    """
    if _tracer is None:
        yield None
        return
    context = None if parent is None else _context(parent)
    with _tracer.start_as_current_span(name, context, _kind(kind), dict(attributes)) as started:
        yield started


def past_span(
    name: str, kind: Kind, attributes: Mapping[str, Attribute], *, parent: bytes, began: int, ended: int
) -> None:
    """A span of what happened already; times in nanoseconds since 1970."""
    if _tracer is not None:
        started = _tracer.start_span(name, _context(parent), _kind(kind), dict(attributes), start_time=began)
        started.end(ended)


def headers() -> Headers:
    """What a record carries of the current span; nothing where tracing is off."""
    if _tracer is None:
        return ()
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return [(HEADER, carrier[HEADER].encode())] if HEADER in carrier else ()


def traceparent(headers: Iterable[tuple[str, bytes | None]]) -> bytes | None:
    """The context that a record's headers carry, as it stands there; None for none, or one that is not sampled."""
    for name, value in headers:
        if name == HEADER and value is not None:
            return value if _SAMPLED.fullmatch(value) else None
    return None


def current_ids() -> Mapping[str, str]:
    """`trace_id` and `span_id` of the current span, for the log; nothing where there is none."""
    if _tracer is None:
        return {}
    from opentelemetry.trace import format_span_id, format_trace_id, get_current_span  # noqa: PLC0415

    context = get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": format_trace_id(context.trace_id), "span_id": format_span_id(context.span_id)}


def _context(parent: bytes | str) -> "Context":
    """The context that a `traceparent` names; a fresh one where it is none: what clients send is data."""
    from opentelemetry.context import Context  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    text = parent.decode("latin-1") if isinstance(parent, bytes) else parent
    return TraceContextTextMapPropagator().extract({HEADER: text}, Context())


def _kind(kind: Kind) -> "SpanKind":
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    return SpanKind[kind.upper()]
