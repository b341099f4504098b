"""Statistics: what is counted, that every task counts once, and that no person can be seen."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from service.cases.counted import Asked, OfficeTasks, Period, by_office, outcome_of, spread
from service.cases.state import State
from service.cases.statistics import statistics
from service.cases.tasks.state import TaskState
from service.db import engine_for
from service.models import Case, PlanVersion
from service.models.clock import Extension
from service.models.contribution import Contribution, Item
from service.models.statement import Statement
from service.models.task import Task
from tests.service.builders import case, check, square, undone, version

TODAY = date(2026, 5, 4)
DUE = date(2026, 4, 1)


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with undone(engine) as opened:
        yield opened


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def task(session: Session, of: Case, plan: PlanVersion, office: str, **values: Any) -> Task:
    row = Task(case_id=of.id, version_id=plan.id, office=office, due=DUE, released_by="p", **values)
    session.add(row)
    session.flush()
    return row


def item(session: Session, of: Task, rule: str | None, *, released: bool = True) -> None:
    answer = Contribution(
        task_id=of.id, number=1, by="p", state="released" if released else "draft",
        released=at(DUE) if released else None,
    )  # fmt: skip
    session.add(answer)
    session.flush()
    session.add(
        Item(contribution_id=answer.id, number=1, position=1, kind="hinweis", text="T", rule=rule,
             by="p")
    )  # fmt: skip
    session.flush()


def report(**rules: list[str]) -> dict[str, Any]:
    reasons = {office: [{"rule": rule} for rule in named] for office, named in rules.items()}
    return {"offices": [{"office": o, "reasons": [*r, *r[:1]]} for o, r in reasons.items()]}


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("answered", [None, DUE, DUE + timedelta(days=1)])
def test_every_task_has_one_outcome(state: TaskState, answered: date | None) -> None:
    asked = Asked("UNB", state, DUE, None if answered is None else at(answered))
    outcome = outcome_of(asked, DUE)
    names = {one.name for one in fields(OfficeTasks)} - {"office", "tasks", "closing_codes"}
    assert outcome in names
    (counted,) = by_office([asked], DUE)
    assert {name: getattr(counted, name) for name in names if getattr(counted, name)} == {
        outcome: 1
    }


def test_what_came_of_tasks() -> None:
    told = {
        ("answered", DUE): "in_time",
        ("answered", DUE + timedelta(days=1)): "late",
        ("superseded", DUE): "in_time",
        ("superseded", None): "dropped",
        ("withdrawn", None): "dropped",
        ("no_answer", None): "none",
        ("not_affected", DUE): "not_affected",
        ("working", None): "overdue",
        ("working", DUE): "overdue",  # asked again
    }
    for (state, answered), outcome in told.items():
        when = None if answered is None else at(answered)
        assert outcome_of(Asked("UNB", state, DUE, when), TODAY) == outcome, state
    assert outcome_of(Asked("UNB", "open", DUE, None), DUE) == "open"


def test_the_spread_of_days() -> None:
    assert asdict(spread([])) == {
        "count": 0, "least": None, "lower_quartile": None, "median": None, "upper_quartile": None,
        "most": None,
    }  # fmt: skip
    assert spread([7]).median == spread([7]).upper_quartile == 7
    found = spread([10, 20, 30, 40, 100])
    assert (found.least, found.lower_quartile, found.median) == (10, 20, 30)
    assert (found.upper_quartile, found.most, found.count) == (40, 100, 5)


def test_counts_by_what_stands_in_the_case(session: Session) -> None:
    day = date(1999, 6, 1)
    case(session, kind="strasse", procedure="planfeststellung", municipalities=[], received=day)
    case(session, municipalities=["14729010", "14729050"], state=State.CLOSED, received=day)
    case(session, received=date(1998, 12, 31), municipalities=["14729010"])
    found = statistics(session, Period(date(1999, 1, 1), date(1999, 12, 31)), TODAY)
    assert found.cases == 2
    assert found.by_kind == {"bebauungsplan": 1, "strasse": 1}
    assert found.by_procedure == {"": 1, "planfeststellung": 1}
    assert found.by_municipality == {"": 1, "14729010": 1, "14729050": 1}
    assert found.by_state == {"closed": 1, "received": 1}
    assert found.by_year == {"1999": 2}
    assert statistics(session, Period(None, date(1999, 12, 31)), TODAY).by_year == {
        "1998": 1,
        "1999": 2,
    }


def test_times_and_extensions(session: Session) -> None:
    for days in (10, 30):
        one = case(session, shape=square(), received=date(1999, 3, 1))
        (draft,) = session.query(PlanVersion).filter_by(case_id=one.id)
        for number, more in ((1, 0), (2, 90)):
            sent = at(date(1999, 3, 1) + timedelta(days=days + more))
            session.add(
                Statement(
                    case_id=one.id, version_id=draft.id, number=number, state="sent", gaps=[],
                    by="p", content=b"{}", sent=sent,
                )
            )  # fmt: skip
        for state in ("refused", "consented", "consented"):
            session.add(
                Extension(
                    case_id=one.id, clock="letter", state=state, span="P2W", added_by="p",
                    requested=date(1999, 3, 2), decided=date(1999, 3, 3),
                )
            )  # fmt: skip
    case(session, received=date(1999, 3, 1))
    session.flush()
    found = statistics(session, Period(date(1999, 1, 1), date(1999, 12, 31)), TODAY)
    assert (found.days_to_statement.count, found.days_to_statement.median) == (2, 20)
    assert found.extensions == {"consented": 4, "refused": 2}
    assert found.cases_extended == 2


def test_rules_that_never_led_to_an_item(session: Session) -> None:
    answered = {"state": "answered", "answered": at(DUE)}
    for number in range(3):
        one = case(session, received=date(1999, 3, 1))
        draft = version(session, one, square())
        old = check(session, draft, report=report(UNB=["old"]))
        old.finished = at(date(1999, 3, 2))
        check(session, draft, report=report(UNB=["used", "vain"], UWB=["open"], DEN=["gone"]))
        asked = task(session, one, draft, "UNB", **answered)
        item(session, asked, "used" if number else None)
        waiting = task(session, one, draft, "UWB", state="working")
        item(session, waiting, "open", released=False)
        why = {"closing": "zu weit weg", "closing_code": "data_outdated"}
        task(session, one, draft, "DEN", state="not_affected", answered=at(DUE), **why)
    found = statistics(session, Period(date(1999, 1, 1), date(1999, 12, 31)), TODAY)
    told = {
        (use.rule, use.office): (use.named, use.answered, use.led_to_item, use.never_led)
        for use in found.rules
    }
    assert told == {
        ("used", "UNB"): (3, 3, 2, False),
        ("vain", "UNB"): (3, 3, 0, True),
        ("open", "UWB"): (3, 0, 0, False),
        ("gone", "DEN"): (3, 3, 0, True),
    }
    by_code = {office.office: office for office in found.offices}
    assert by_code["DEN"].closing_codes == {"data_outdated": 3}
    assert (by_code["UNB"].in_time, by_code["UWB"].overdue, by_code["DEN"].tasks) == (3, 3, 3)


def test_the_number_of_statements_is_fixed_and_none_reads_who_it_was(
    engine: Engine, session: Session
) -> None:
    said: list[str] = []

    def heard(*args: Any) -> None:
        said.append(args[2])

    event.listen(engine, "before_cursor_execute", heard)
    try:
        statistics(session, Period(), TODAY)
        few = len(said)
        for _ in range(5):
            one = case(session, received=date(1999, 3, 1))
            task(session, one, version(session, one, square()), "UNB")
        said.clear()
        statistics(session, Period(), TODAY)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert few == len(said) == 7
    for private in ("accounts", "journal", "parties", "released_by", "assignee", "sent_by", ".by"):
        assert not any(private in one for one in said), private
