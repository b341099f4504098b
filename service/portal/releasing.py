"""Releasing a plan or a statement to the public, and ending that."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.api.dependencies import InSession, Who
from service.api.handing_in import Prose
from service.api.moments import Day
from service.api.releases import Link, Title, What
from service.cases.dates import known
from service.cases.publishing import Terms, end, grant, last_sent, releases_of
from service.cases.visible import full_case_of
from service.errors import NotFoundError
from service.models.case import Case
from service.portal.casefile import case_page
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing

router = APIRouter(include_in_schema=False)
WHAT = {
    "plan": Text("Planung (Umriss, Titel, Auslegung)", "Plan (outline, title, public display)"),
    "statement": Text("Stellungnahme (äußere Ausfertigung)", "Statement (outward edition)"),
}


class ReleaseForm(BaseModel):
    """What is released, with whose consent, until when."""

    what: What
    title: Title
    consent: Title
    until: Day
    summary: Prose | None = None
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    session: Session
    who: Principal
    case: Case


@router.get("/vorgaenge/{case_id}/freigabe")
def releases(case_id: UUID, request: Request, session: InSession, who: Who) -> Response:
    """Show what of a case the public sees, and what could be released."""
    return _page(request, Work(session, who, full_case_of(session, who, case_id)))


@router.post("/vorgaenge/{case_id}/freigabe")
def change(case_id: UUID, request: Request, sent: InForm, session: InSession, who: Who) -> Response:
    """Release something, or end a release."""
    work = Work(session, who, full_case_of(session, who, case_id, lock=True))
    failed = done(session, sent, ACTS, work)
    return again(request) if failed is None else _page(request, work, failed)


def _page(request: Request, work: Work, failed: Failed | None = None) -> Response:
    today = date.today()
    found = releases_of(work.session, work.case)
    standing = [one for one in found if one.ended is None and one.until >= today]
    displayed = known(work.case.dates).get("public_to")
    return case_page(
        request, "release.html", work.who, work.case, failed=failed, standing=standing,
        over=[one for one in found if one not in standing], what=WHAT,
        sent=last_sent(work.session, work.case) is not None,
        until=max(displayed or today, today + timedelta(days=30)), today=today,
    )  # fmt: skip


def _granted(work: Work, _: str, said: ReleaseForm) -> None:
    terms = Terms(said.what, said.title, said.consent, said.until, said.summary, said.link)
    grant(work.session, work.who, work.case, terms, date.today())


def _ended(work: Work, of: str, _: Nothing) -> None:
    try:
        number = UUID(of)
    except ValueError as error:
        raise NotFoundError from error
    end(work.session, work.who, work.case, number)


ACTS: dict[str, Act[Work]] = {"release": Act(ReleaseForm, _granted), "end": Act(Nothing, _ended)}
