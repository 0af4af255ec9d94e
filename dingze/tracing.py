"""Tracing by OpenTelemetry for those who ask for it: off by default, and then nothing is loaded, nothing connects."""

from functools import partial

from terms.errors import BadInput
from terms.measures import trace_with

_SERVICE = "dingze"


def configure_tracing(address: str) -> None:
    """Send a span for every request, append and proposal to an OTLP address; none for an empty one.

    A span carries its name (a route's pattern, never an address) and its time. Raises BadInput without the extra.
    """
    if not address:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise BadInput("settings.no-tracing", at="DINGZE_TRACING") from error
    provider = TracerProvider(resource=Resource({"service.name": _SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=address)))
    # by name and time only: what an error says may be what was sent
    span = provider.get_tracer(_SERVICE).start_as_current_span
    trace_with(partial(span, record_exception=False, set_status_on_exception=False))
