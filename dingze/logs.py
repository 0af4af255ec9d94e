"""Logs: JSON lines on stderr with ids and no personal data; stdout belongs to the answers of commands.

What libraries say is put into the same form and kept short: a line for every connection or request would bury ours,
and an address with its query (`/queue?q=…`) or the bytes of a message may name a person.
"""

import logging
import sys
from contextlib import suppress
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO, cast

import structlog

from terms.reasons import brief


def _trace(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Where an error was raised and what it is, with what led to it; not its words, which may be what was sent.

    A database names the row it refused and a parser the text it could not read: the kind and the place say enough.
    """
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < _LINKS_AT_MOST:
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
        told.append("\n".join([brief(error), *reversed(places)]))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nafter ".join(told)


_LINKS_AT_MOST = 8  # of a chain of errors
_LEAST = logging.WARNING  # of what libraries say, whatever level is set
_CHATTY = ("kafka", "httpx", "httpcore", "uvicorn.access")
_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_RENDERED: tuple[Any, ...] = (
    structlog.processors.ExceptionRenderer(_trace),
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


class _Stderr:
    """Whatever stderr is at the moment of writing: a long-lived logger must not hold on to one that was closed.

    A line that cannot be written is lost: on a full disk the log may be what is full, and whoever says that its step
    failed must live to try it again.
    """

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.flush()


def configure(level: str) -> None:
    """Set up structlog and, through it, the libraries' own logs. `level`: debug, info, warning or error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_SHARED, *_RENDERED],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Stderr())),  # a line and its end in one write
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(cast(TextIO, _Stderr()))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_RENDERED],
        )
    )
    logging.basicConfig(level=max(number, logging.INFO), handlers=[handler])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(number, _LEAST))
