"""Every page there is, for every role that may open it, in every state the demonstration has.

The table of rights says which pages there are, so that none is forgotten.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service import seal
from service.access import tokens
from service.access.principal import SCOPES, Principal
from service.api.rights import RIGHTS
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.demonstration import Hands, Login, accounts, fill, signers
from service.cases.publishing import PLAN, STATEMENT, stands
from service.cases.samples import CASES, Sample
from service.cases.visible import visible, wholly
from service.config import Settings
from service.consolidation import drafting
from service.consolidation.demonstration import send
from service.db import transaction
from service.district import District
from service.house import open_house
from service.models import Account, Case, Membership, Task
from service.models.release import Release
from service.models.task import AnswerLink
from service.plans.intake import read_plan

NO_PAGES = ("/api/", "/static/", "/healthz", "/readyz", "/metrics", "/sprache/", "/karte/")
LEADS_ON = ("/", "/vorgaenge/{case_id}/planung")  # these have nothing of their own to show
WITH = {"/kartengrund": "?box=12.4,51.1,12.6,51.2"}  # what a page cannot be asked without
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page as one role opens it: its route, its address, and what it is about."""

    role: str
    route: str
    path: str
    about: str = ""


def demonstrated(
    engine: Engine, district: District, settings: Settings, cases: int | None = None
) -> list[Login]:
    """Fill a database as `belang demo` does, with the first few cases only where that is wanted."""
    with transaction(engine) as session:
        made = accounts(session, frozenset(district.offices), signers(open_house(settings)))
    led(engine, district, settings, CASES[:cases])
    return made


def led(engine: Engine, district: District, settings: Settings, samples: Iterable[Sample]) -> None:
    """Open cases of the demonstration and lead each to its state; the accounts are there."""
    blobs = Blobs(settings.data / "blobs")
    hands = Hands(
        partial(carry_out, engine, district, blobs),
        drafting.begin,
        partial(send, engine, district, settings, read_plan),
    )
    list(fill(engine, district, settings, read_plan, hands, samples))


def visits(app: FastAPI, district: District) -> list[Visit]:
    """Return every page for every role that may open it; a case's for a case of each state."""
    with transaction(app.state.engine) as session:
        return list(_visits(session, app, district))


def bearers(engine: Engine, now: Any, until: Any) -> dict[str, dict[str, str]]:
    """Return for each role what a request of the demonstration's account proves itself with."""
    found: dict[str, dict[str, str]] = {PUBLIC: {}}
    with transaction(engine) as session:
        for account in session.scalars(select(Account)):
            who = _who(session, account)
            token, _ = tokens.created(session, who, name="visits", scopes=SCOPES,
                                      expires=until, now=now)  # fmt: skip
            found[account.role] = {"Authorization": f"Bearer {token}"}
    return found


def _who(session: Session, account: Account) -> Principal:
    acts = select(Membership.organisation_id).where(Membership.account_id == account.id)
    return Principal(account.role, account.id, str(account.pseudonym), office=account.office,
                     organisations=frozenset(session.scalars(acts)))  # fmt: skip


def _visits(session: Session, app: FastAPI, district: District) -> Iterator[Visit]:
    people = {one.role: _who(session, one) for one in session.scalars(select(Account))}
    for route, (roles, _) in RIGHTS.items():
        method, path = route.split(" ", 1)
        if method != "GET" or path.startswith(NO_PAGES) or path in LEADS_ON:
            continue
        # A link is the same whoever follows it, and is followed so often a minute only.
        for role in sorted(roles & ({PUBLIC} if "{word}" in path else {PUBLIC, *people})):
            for values, about in _things(session, app, district, path, people.get(role)):
                yield Visit(role, path, path.format(**values) + WITH.get(path, ""), about)


def _things(
    session: Session, app: FastAPI, district: District, path: str, who: Principal | None
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield what a page can be about: nothing, a case of each state, a task of each state …"""
    if "{case_id}" in path:
        yield from _cases(session, path, who)
    elif "{task_id}" in path:
        yield from _tasks(session, who)
    elif "{word}" in path:
        link = session.scalars(select(AnswerLink).limit(1)).first()
        if link is not None:
            yield {"word": seal.sealed(app.state.settings.data, link.id)}, "link"
    elif path == "/schichten/{code}":
        yield {"code": district.catalogue.layers[0].code}, "layer"
    elif "{" not in path:
        yield {}, ""


def _cases(
    session: Session, path: str, who: Principal | None
) -> Iterator[tuple[dict[str, Any], str]]:
    if path.startswith(("/plan/", "/einbetten/plan/")):
        yield from _released(session, path)
        return
    if who is None:
        return
    known = visible(who) if path == "/vorgaenge/{case_id}" else visible(who) & wholly(who)
    rows = select(Case).where(known).order_by(Case.reference)
    states = {case.state: case for case in session.scalars(rows)}
    for state, case in states.items():
        yield {"case_id": case.id}, state


def _released(session: Session, path: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the plans the public sees, with a statement where the page shows one."""
    what = STATEMENT if path.endswith("/stellungnahme") else PLAN
    rows = select(Release.case_id).where(stands(date.today(), what)).order_by(Release.at)
    for number in session.scalars(rows):
        yield {"case_id": number}, what


def _tasks(session: Session, who: Principal | None) -> Iterator[tuple[dict[str, Any], str]]:
    rows = select(Task).order_by(Task.due, Task.id)
    if who is not None and who.role == "officer":
        rows = rows.where(Task.office == who.office)
    for state, task in {task.state: task for task in session.scalars(rows)}.items():
        yield {"task_id": task.id}, state
