"""Logs: one line an event on standard error, JSON for machines or plain for people, bound to the process's role.

Event names are static, everything that varies is a key. Values of keys that name secrets never reach the log.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import msgspec
import structlog

from yuelai.platform.config import Settings

SECRET_KEYS = frozenset(
    {
        *("password", "passwd", "secret", "token", "ha1", "authorization", "cookie", "credential"),
        *("dsn", "database_url", "master_key", "key_material", "ice_pwd", "turn_secret"),
    }
)
_HIDDEN = "[hidden]"


def configure(role: str, settings: Settings) -> None:
    """Set up structlog and route the standard library's logging (uvicorn, aiortc, alembic) through it."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    renderer: structlog.types.Processor
    if settings.log_json:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(serializer=_json)
    else:
        # Plain: the usual one shows what variables held, and those hold secrets and people's data.
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Forgiving(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    # Their info level tells every packet, every cron tick, every migration step.
    for chatty in ("aioice", "aiortc", "alembic", "asyncio", "pgqueuer", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    structlog.contextvars.bind_contextvars(role=role)


class _Forgiving:
    """A file whose lines are lost while they cannot be written: a full disk must not break what only wants to tell."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()


def hide_secrets(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the values of secret keys, nested ones too."""
    for key in event:
        event[key] = _HIDDEN if key.lower() in SECRET_KEYS else _clean(event[key])
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _HIDDEN if str(k).lower() in SECRET_KEYS else _clean(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return value


def _json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
