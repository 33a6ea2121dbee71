"""Logs: one line per event, `noun.verb` with ids as fields, the same form for us and for the libraries."""

import logging
import sys

import structlog

CHATTY = ("aiosmtplib", "asyncio", "httpx", "saq", "uvicorn.error")
"""Libraries of which only errors are of interest to an operator; what they warn of, we handle."""


def configure(level: str) -> None:
    """`level` is debug, info, warning or error. Call once, before anything is logged."""
    number = logging.getLevelName(level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    render = structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"], bool_as_flag=False)
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                render,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.ERROR)
