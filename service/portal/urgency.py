"""How near a deadline is: as a colour, and in words for whoever does not see it."""

from dataclasses import dataclass
from datetime import date

from gis.problem import Text
from service.cases.state import OPEN, State

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Due:
    """How near a deadline is: a class for its colour, and the same in words."""

    light: str
    text: Text | None


def due(deadline: date | None, state: str, today: date) -> Due:
    """Return how near a deadline is; only open cases that are not sent have one to be met."""
    met = state not in OPEN or state in (State.SENT, State.RESULT_RECEIVED)
    if deadline is None or met:
        return Due("", None)
    days = (deadline - today).days
    if days < 0:
        return Due("late", Text("überschritten", "overdue"))
    if days == 0:
        return Due("late", Text("heute", "today"))
    left = Text(f"noch {days} Tage", f"{days} days left")
    if days == 1:
        left = Text("noch 1 Tag", "1 day left")
    return Due("soon" if days <= SOON_DAYS else "", left)
