"""What the program counts and times of itself, for Prometheus and, where it is set up, for a tracer.

Names and labels are codes and counts; no order, no unit's text and no person ever becomes a label.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from prometheus_client import Counter, Histogram

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
APPEND = Histogram("dingze_append_seconds", "one append, from the lock asked for to the commit", buckets=_QUICK)
ROUTE = Histogram("dingze_route_seconds", "one proposal made", buckets=_QUICK)
HTTP = Histogram("dingze_http_seconds", "one request answered", ("method", "route", "status"), buckets=_QUICK)
PROPOSED = Counter("dingze_proposals", "proposals made here", ("outcome",))  # automatic, by_hand, abstained

Begin = Callable[[str], AbstractContextManager[object]]


class _Tracing:
    begin: Begin = staticmethod(lambda what: nullcontext())


def trace_with(begin: Begin) -> None:
    """From now on every span is begun with this as well; without it there is no tracing."""
    _Tracing.begin = staticmethod(begin)


def span(what: str) -> AbstractContextManager[object]:
    """A stretch of work with a name, for the tracer; nothing where there is none."""
    return _Tracing.begin(what)


def name(begun: object, text: str) -> None:
    """Name a span anew, when its name is only known at its end."""
    rename = getattr(begun, "update_name", None)
    if rename is not None:
        rename(text)


@contextmanager
def timed(histogram: Histogram, what: str) -> Iterator[None]:
    """Time what is done inside, whether or not it ends well, and trace it as `what`."""
    began = time.perf_counter()
    try:
        with span(what):
            yield
    finally:
        histogram.observe(time.perf_counter() - began)
