"""Logs: JSON lines on stderr with ids and no personal data; stdout belongs to the answers of commands."""

import logging
import sys
from typing import TextIO, cast

import structlog


class _Stderr:
    """Whatever stderr is at the moment of writing: a long-lived logger must not hold on to one that was closed."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str) -> None:
    """Set up structlog and, through it, the libraries' own logs. `level`: debug, info, warning or error."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=number, stream=cast(TextIO, _Stderr()), format="%(message)s")
