"""Days are German ones: a deadline ends, and a release with it, at midnight in Germany."""

import os
import time
from datetime import date, datetime

# Written out, since a small container may lack the file that goes by the name Europe/Berlin.
GERMAN = "CET-1CEST,M3.5.0,M10.5.0/3"


def keep() -> None:
    """Let this process and its children go by German time, unless ``TZ`` names another.

    Servers and containers are mostly set to UTC: there it is still yesterday for an hour or two.
    """
    os.environ.setdefault("TZ", GERMAN)
    time.tzset()


def day(at: datetime) -> date:
    """Return the day of a moment by the clock on the wall."""
    return at.astimezone().date()
