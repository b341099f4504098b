"""Calendars of offices: what is in them, and that calendar programs can read them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.problem import Text
from service.cases.calendar import Event, calendar, escaped, events_of, folded
from service.cases.state import State
from service.config import Settings
from service.db import engine_for
from service.house import open_house
from service.models import Case, Task
from tests.service.builders import case, check, square, undone, version

HOUSE = open_house(Settings())


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with undone(engine) as opened:
        yield opened


def concerned(session: Session, *offices: str, **values: object) -> Case:
    made = case(session, shape=square(), due=date(2026, 4, 7), **values)  # type: ignore[arg-type]
    check(session, version(session, made, square(), number=2), *offices)
    return made


def days(session: Session, office: str) -> list[tuple[str, str]]:
    events = events_of(session, HOUSE, office)
    return [(one.key.partition("-")[0], one.day.isoformat()) for one in events]


def test_an_office_finds_what_it_will_be_asked_and_the_staff_unit_all(session: Session) -> None:
    concerned(session, "UNB")
    concerned(session, "UWB")
    concerned(session, "UNB", state=State.CLOSED)
    case(session, "ohne Frist")
    case(session, "Erörterung", state=State.SENT, dates={"hearing": "2026-12-06"})
    # Seven back from Tuesday after Easter: 2 and 1 April, 31, 30, 27, 26, 25 March.
    assert days(session, "UNB") == [("planned", "2026-03-25")]
    assert days(session, "KE") == sorted(
        [("follow", "2026-03-05"), ("send", "2026-04-01"), ("due", "2026-04-07")] * 2
        + [("hearing", "2026-12-06")],
        key=lambda one: one[1],
    )


def test_an_office_finds_what_it_is_asked_or_stands_in_for(session: Session) -> None:
    made = concerned(session, "UNB", "UWB", state=State.WITH_OFFICES)
    asked = {"case_id": made.id, "released_by": "c", "due": date(2026, 3, 20)}
    drafts = [version(session, made, square(), number=number) for number in (3, 4, 5)]
    session.add_all(
        [
            Task(office="UNB", version_id=drafts[0].id, resubmit=date(2026, 3, 12), **asked),
            Task(office="UWB", version_id=drafts[1].id, stand_in="UNB",
                 outside_body="LfULG", outside_until=date(2026, 3, 18), **asked),
            Task(office="UNB", version_id=drafts[2].id, state="answered", **asked),
        ]
    )  # fmt: skip
    session.flush()
    assert days(session, "UNB") == [
        ("resubmit", "2026-03-12"),
        ("outside", "2026-03-18"),
        ("answer", "2026-03-20"),
        ("answer", "2026-03-20"),
    ]
    assert days(session, "UWB") == []
    assert b"LfULG" not in calendar(events_of(session, HOUSE, "UNB"), "x", "de")


def plain(body: bytes) -> list[str]:
    """Return the lines of a document as a calendar program puts them together."""
    assert body.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


def test_a_calendar_is_as_rfc_5545_wants_it() -> None:
    row = Case(
        id="6f1f0f9e-2d0b-4f8e-9d5a-5a1f0b6f2c11", reference="KE-2026-0001", revision=3,
        title="Wohngebiet; „Am See“, 2. Änderung\nTeil A" + " Ä" * 40,
        changed=datetime(2026, 3, 2, 12, tzinfo=UTC),
    )  # fmt: skip
    event = Event(row, "due", Text("Fristende", "End of the period"), date(2026, 12, 31))
    lines = plain(calendar([event], "Belang Naturschutz", "en"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VEVENT", "END:VCALENDAR"]
    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert "DTSTAMP:20260302T120000Z" in lines
    assert "UID:6f1f0f9e-2d0b-4f8e-9d5a-5a1f0b6f2c11-due@belang" in lines
    (summary,) = [line for line in lines if line.startswith("SUMMARY:")]
    assert summary.startswith(
        r"SUMMARY:End of the period: KE-2026-0001 Wohngebiet\; „Am See“\, 2. Änderung\nTeil A"
    )
    assert calendar([event], "Belang Naturschutz", "en") == calendar(
        [event], "Belang Naturschutz", "en"
    )


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_no_title_breaks_out_of_its_line(text: str) -> None:
    (line,) = plain(folded("SUMMARY:" + escaped(text)))
    back = line.removeprefix("SUMMARY:").replace("\\n", "\n")
    for sign in ",;\\":
        back = back.replace(f"\\{sign}", sign)
    assert "\r" not in line
    assert "\n" not in line
    if "\\" not in text and "\n" not in text:
        assert back == "".join(c for c in text if c.isprintable())
