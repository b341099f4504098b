"""The deadlines of an office as a calendar to subscribe to (iCalendar, RFC 5545).

All-day events with the case's reference and title; nothing of people, nothing of findings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.cases.clocks import plan_of
from service.cases.dates import known
from service.cases.state import BEFORE_OFFICES, OPEN, WORKING, State
from service.cases.tasks.state import AWAITED
from service.cases.visible import concerns
from service.deadlines.procedures import TITLES
from service.house import House
from service.models.case import Case
from service.models.task import Task

OVER = frozenset({State.SENT, State.RESULT_RECEIVED})
AT_WORK = Case.state.in_(sorted(WORKING - OVER))
LINE_BYTES = 73  # and the blank that begins the next: a line has 75 at most
ASKING = frozenset({*BEFORE_OFFICES, State.WITH_OFFICES})
FOLLOW_UP = Text("Nachfordern bis", "Ask for documents by")
PLANNED = Text("Voraussichtlich antworten bis", "Probably to be answered by")
ANSWER = Text("Antworten bis", "Answer by")
RESUBMIT = Text("Wiedervorlage", "To be looked at again")
OUTSIDE = Text("Auswärtige Stelle antwortet bis", "Body outside answers by")
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
    """Return what an office must keep in mind, by day: what it is asked, and before that what it
    will probably be.

    The staff unit's offices also see of all cases when a statement must be sent, and hearings.
    """
    found = [*_asked(session, office), *_expected(session, house, office)]
    if house.coordinates(office):
        found += [event for case in _cases(session, AT_WORK) for event in _outer(case, house)]
        found += _hearings(session)
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


def _asked(session: Session, office: str) -> Iterator[Event]:
    """Yield the days of tasks that an office has, or stands in for."""
    whose = func.coalesce(Task.stand_in, Task.office) == office
    rows = select(Task, Case).join(Case, Case.id == Task.case_id)
    rows = rows.where(AT_WORK, whose, Task.state.in_(sorted(AWAITED)))
    for task, case in session.execute(rows.order_by(Task.due, Task.id)):
        key = f"{task.office}-{task.id}"
        yield Event(case, f"answer-{key}", ANSWER, task.due)
        if task.resubmit is not None:
            yield Event(case, f"resubmit-{key}", RESUBMIT, task.resubmit)
        if task.outside_until is not None:
            yield Event(case, f"outside-{key}", OUTSIDE, task.outside_until)


def _expected(session: Session, house: House, office: str) -> Iterator[Event]:
    """Yield the planned days of cases in which nobody is asked yet."""
    early = Case.state.in_(sorted(BEFORE_OFFICES))
    for case in _cases(session, early & concerns(office)):
        made = plan_of(case, house, case.due, office=office)
        if made is not None:
            yield Event(case, f"planned-{office}", PLANNED, made.answers_by)


def _outer(case: Case, house: House) -> Iterator[Event]:
    made = plan_of(case, house, case.due)
    if made is not None:
        yield Event(case, "send", SEND, made.sent_by)
        if case.state in ASKING:
            yield Event(case, "follow-up", FOLLOW_UP, made.follow_up_by)
    if case.due is not None:
        yield Event(case, "due", DUE, case.due)


def _hearings(session: Session) -> Iterator[Event]:
    """Yield hearings, which come when the statement has long been sent."""
    open_ones = Case.state.in_(sorted(OPEN))
    for case in _cases(session, open_ones & Case.dates.has_key("hearing")):
        if (day := known(case.dates).get("hearing")) is not None:
            yield Event(case, "hearing", TITLES["hearing"], day)


def _cases(session: Session, condition: ColumnElement[bool]) -> Iterable[Case]:
    return session.scalars(select(Case).where(condition).order_by(Case.due, Case.id))


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
