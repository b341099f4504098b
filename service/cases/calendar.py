"""The deadlines of an office as a calendar to subscribe to (iCalendar, RFC 5545).

All-day events with the case's reference and title; nothing of people, nothing of findings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.cases.clocks import plan_of
from service.cases.state import WORKING, State
from service.cases.visible import concerns
from service.house import House
from service.models.case import Case

OVER = frozenset({State.SENT, State.RESULT_RECEIVED})
LINE_BYTES = 73  # and the blank that begins the next: a line has 75 at most
FOLLOW_UP = Text("Nachfordern bis", "Ask for documents by")
ANSWER = Text("Antworten bis", "Answer by")
SEND = Text("Absenden bis", "Send by")
DUE = Text("Fristende", "End of the period")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is due on a day; `key` tells it from others of the same case."""

    case: Case
    key: str
    what: Text
    day: date


def events_of(session: Session, house: House, office: str) -> list[Event]:
    """Return what an office must keep in mind of all cases that concern it, by day.

    The staff unit, whose mailbox is the district's, also sees when a statement must be sent.
    """
    at_work = Case.state.in_(sorted(WORKING - OVER)) & Case.due.is_not(None)
    coordinates = house.coordinates(office)
    asked = select(Case).where(at_work if coordinates else at_work & concerns(office))
    cases = session.scalars(asked.order_by(Case.due, Case.id))
    found = [event for case in cases for event in _events(case, house, office, coordinates)]
    return sorted(found, key=lambda one: (one.day, one.case.reference, one.key))


def calendar(events: Iterable[Event], name: str, language: str) -> bytes:
    """Return events as an iCalendar document."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Belang//Deadlines//DE", "METHOD:PUBLISH"]
    lines = [*head, f"X-WR-CALNAME:{escaped(name)}"]
    for event in events:
        lines += _event(event, language)
    return b"".join(folded(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """Return a text as a value: separators escaped, no control characters."""
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    text = text.replace("\r\n", "\n").replace("\n", "\\n")
    return "".join(c for c in text if c.isprintable())


def folded(line: str) -> bytes:
    """Return a line in pieces of at most 75 bytes, each but the first behind a blank."""
    pieces, rest = [], line
    while rest:
        piece = rest.encode()[:LINE_BYTES].decode(errors="ignore")  # no letter is cut in two
        pieces.append(piece)
        rest = rest[len(piece) :]
    return "\r\n ".join(pieces).encode() + b"\r\n"


def _events(case: Case, house: House, office: str, coordinates: bool) -> Iterator[Event]:
    made = plan_of(case, house, case.due, office=office)
    if made is not None:
        yield Event(case, "follow-up", FOLLOW_UP, made.follow_up_by)
        yield Event(case, "answer", ANSWER, made.answers_by)
        if coordinates:
            yield Event(case, "send", SEND, made.sent_by)
    if case.due is not None:
        yield Event(case, "due", DUE, case.due)


def _event(event: Event, language: str) -> list[str]:
    case, title = event.case, event.what.in_language(language)
    return [
        "BEGIN:VEVENT",
        f"UID:{case.id}-{event.key}@belang",
        f"DTSTAMP:{_moment(case.changed)}",
        f"SEQUENCE:{case.revision}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{escaped(f'{title}: {case.reference} {case.title}')}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
