"""What is published: of the database, or of an export on a public instance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import Request
from sqlalchemy.orm import Session

from service.cases.dates import known
from service.cases.publishing import Published, last_sent, published, published_plan
from service.consolidation.publicly import public_edition
from service.district import District
from service.errors import NotFoundError
from service.exported import FOLDER, PLANS
from service.public import released
from service.statements.content import Content


@dataclass(frozen=True, slots=True)
class Letter:
    """The public edition of a statement, and when it was sent."""

    plan: Published
    content: Content
    sent: datetime | None


def plans(request: Request, session: Session) -> Callable[..., list[Published]]:
    """Return what lists published plans of a day, by municipality or words."""
    file = _file(request)
    return partial(published, session) if file is None else partial(released.plans, file)


def plan(request: Request, session: Session, case_id: UUID, today: date) -> Published:
    """Return one plan; NotFoundError where there is none, or no more."""
    file = _file(request)
    if file is None:
        return published_plan(session, case_id, today)
    return released.plan(file, case_id, today)


def statement(
    request: Request, session: Session, district: District, case_id: UUID, today: date
) -> Letter:
    """Return the statement on a plan; NotFoundError where none is public."""
    one = plan(request, session, case_id, today)
    file = _file(request)
    if file is not None:
        stated = released.statement(file, case_id, today)
        return Letter(one, stated.content, stated.sent)
    found = last_sent(session, one.case) if one.statement else None
    if found is None:
        raise NotFoundError
    return Letter(one, public_edition(session, district, found), found.sent)


def shown(one: Published, today: date) -> dict[str, Any]:
    """Return a plan as templates show it: when it is on public display, and where."""
    days = known(one.case.dates)
    begin, end = days.get("public_from"), days.get("public_to")
    on = begin is not None and end is not None and begin <= today <= end
    ended = begin is not None and end is not None and end < today
    return {"plan": one, "begin": begin, "end": end, "on_display": on, "ended": ended}


def running_first(found: list[Published], today: date) -> list[Published]:
    """Return plans with those first on which one can comment today."""
    return sorted(found, key=lambda one: not shown(one, today)["on_display"])


def towns(found: list[Published]) -> list[tuple[str, str]]:
    """Return the municipalities with published plans, key and name, by name."""
    known_ones: dict[str, str] = {}
    for one in found:
        names = [name.strip() for name in one.case.municipality_names.split(",")]
        known_ones.update(dict(zip(one.case.municipalities, names, strict=False)))
    return sorted(known_ones.items(), key=lambda town: town[1])


def _file(request: Request) -> Path | None:
    """Return the file of published plans on a public instance."""
    settings = request.app.state.settings
    return settings.data / FOLDER / PLANS if settings.public_instance else None
