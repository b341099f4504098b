"""The log: one line an event, for machines (JSON) or people, and nothing personal in it.

A message is a constant; what belongs to it goes into `extra={"facts": {…}}` as plain values:
ids, codes, counts, times. Never names, log-ins, addresses, query strings, tokens, names of files,
coordinates. Of an exception its type and place are written, not its text, which may repeat what
somebody sent; of libraries, whose messages nobody here has read, only where they come from.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.config import Settings

OURS = ("service", "layers", "maps", "gis", "belang")
READ = ("uvicorn.error", "alembic.runtime.migration")  # whose messages, without values, are safe
FRAMES = 12  # of a traceback, the last ones
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def configure(settings: Settings) -> None:
    """Send everything that is logged to standard error in the form that is set."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if settings.log_format == "json" else Plain())
    handler.addFilter(worth_a_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "procrastinate", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def worth_a_line(record: logging.LogRecord) -> bool:
    """Tell whether a record says something: what libraries report of their day does not."""
    return record.levelno >= logging.WARNING or _below(record.name, (*OURS, *READ))


def event(record: logging.LogRecord) -> dict[str, Any]:
    """Return what is written of a record; values are as they are, nothing is escaped yet."""
    written: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message(record),
    }
    if (known := request_id.get()) is not None:
        written["request"] = known
    written |= getattr(record, "facts", {})
    if record.exc_info and record.exc_info[1] is not None:
        written["error"] = _error(record.exc_info[1])
    return written


class Json(logging.Formatter):
    """One JSON object a line; whatever is in a value cannot end the line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(event(record), default=str)


class Plain(logging.Formatter):
    """One line for people: time, level, message, then `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        written = event(record)
        head = [written.pop(name) for name in ("at", "level", "logger", "message")]
        error = written.pop("error", None)
        parts = [*head, *(f"{name}={value}" for name, value in written.items())]
        lines = [_visible(" ".join(map(str, parts)))]
        if error is not None:
            lines += [f"    {_visible(place)}" for place in (error["type"], *error["places"])]
        return "\n".join(lines)


def _message(record: logging.LogRecord) -> str:
    if _below(record.name, OURS):
        return record.getMessage()
    if _below(record.name, READ):
        return str(record.msg).strip()  # without the values
    return f"(message of a library, from {Path(record.pathname).name}:{record.lineno})"


def _below(name: str, roots: tuple[str, ...]) -> bool:
    return any(name == root or name.startswith(f"{root}.") for root in roots)


def _error(error: BaseException) -> dict[str, Any]:
    """Return the type of an exception and where it came through, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    places = [f"{'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in frames]
    cause = error.__cause__ or error.__context__
    written: dict[str, Any] = {"type": type(error).__qualname__, "places": places}
    if cause is not None:
        written["because"] = type(cause).__qualname__
    return written


def _visible(text: str) -> str:
    """Return the text on one line, what cannot be printed written as its number."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
