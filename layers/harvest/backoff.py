"""How long to wait before asking a server again."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

AGAIN = frozenset({429, 502, 503, 504})  # statuses that may be different in a moment


def pause(attempt: int, *, first: float, chance: float) -> float:
    """Return the seconds before attempt number `attempt` (the second is 2): doubling, with jitter.

    `chance` in [0, 1) spreads many clients over the second half of the span.
    """
    return float(first * 2 ** (attempt - 2) * (0.5 + chance / 2))


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds a server asks for, from a number or a date; None where it says nothing.

    What is neither, or negative, counts as nothing; a date in the past as no wait.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    return max(0.0, (then - now).total_seconds())
