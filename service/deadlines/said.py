"""Days and lengths of time as they are written in explanations."""

from datetime import date

from gis.problem import Text

GERMAN = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
ENGLISH = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
LENGTHS = {
    "days": (("Tag", "day"), ("Tage", "days")),
    "weeks": (("Woche", "week"), ("Wochen", "weeks")),
    "months": (("Monat", "month"), ("Monate", "months")),
}


def shown(day: date) -> Text:
    """Return a day with its weekday."""
    return Text(
        f"{GERMAN[day.weekday()]}, {day:%d.%m.%Y}",
        f"{ENGLISH[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}",
    )


def days_said(number: int, unit: str) -> Text:
    """Return a length of time in words."""
    de, en = LENGTHS[unit][number != 1]
    return Text(f"{number} {de}", f"{number} {en}")
