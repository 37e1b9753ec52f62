"""Traces over OTLP, when an endpoint is set: a request through `web`, what it asks of other processes, and jobs.

Without an endpoint nothing of OpenTelemetry is even loaded, and a span costs one comparison. Names and attributes are
static or ids: never a path with ids in its name, never personal data.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from yuelai.platform.config import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

_tracer: Tracer | None = None
_provider: TracerProvider | None = None

Kind = Literal["internal", "server", "client", "consumer"]


def configure(role: str, settings: Settings) -> None:
    """Begin to send this process's spans to `settings.otlp_endpoint` (OTLP over HTTP); nothing when unset."""
    global _tracer, _provider
    if not settings.otlp_endpoint:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _provider = TracerProvider(resource=Resource.create({"service.name": "yuelai", "service.instance.id": role}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces", timeout=5)
    _provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    _tracer = _provider.get_tracer("yuelai")


def flush() -> None:
    """Send what waits; before a process ends."""
    if _provider is not None:
        _provider.shutdown()


@contextlib.contextmanager
def span(
    name: str, kind: Kind = "internal", *, parent: Mapping[str, str] | None = None, **attributes: Any
) -> Iterator[Span | None]:
    """Trace the block; an exception marks its span. `parent` holds a `traceparent` (W3C) from elsewhere."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(parent) if parent else None
    with _tracer.start_as_current_span(name, context, SpanKind[kind.upper()], attributes) as current:
        yield current


def carried() -> dict[str, str]:
    """Return the current span as headers to send along; empty without one."""
    headers: dict[str, str] = {}
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(headers)
    return headers
