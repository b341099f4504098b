"""Routes for contributions: begin, read, head, prepare, send round, sign, return; read all."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.contribution_forms import (
    AnswerOut,
    AnswersOut,
    ContributionIn,
    ContributionOut,
    HeadIn,
    RemarkIn,
    ReturnIn,
)
from service.api.dependencies import InAsking, InDistrict, InHouse, InLanguage, InSession, Who
from service.api.once import InOnce
from service.api.problems import DECLARED
from service.api.revision import PRIVATE, IfMatch, unchanged
from service.api.shown import items_out, shown
from service.cases.answering import contributions as answering
from service.cases.answering.answers import Answer, answers_of, late_of
from service.cases.answering.circulating import circulate, give_back, sign
from service.cases.answering.contributions import (
    Opened,
    Source,
    contribution_of,
    items_of,
    may_write,
    open_to,
    set_head,
)
from service.cases.answering.preparing import prepare, renew
from service.cases.tasks.access import task_of
from service.cases.tasks.doing import Bench
from service.cases.tasks.state import AWAITED, is_late
from service.cases.visible import full_case_of
from service.district import District
from service.house import House
from service.models.case import Case

router = APIRouter(prefix="/api/v1", tags=["contributions"])


@router.post(
    "/tasks/{task_id}/contributions",
    response_model=ContributionOut,
    status_code=201,
    responses=DECLARED,
)
def begin(
    task_id: UUID,
    given: ContributionIn,
    desk: InAsking,
    district: InDistrict,
    once: InOnce,
    language: InLanguage,
) -> Response:
    """Begin an answer, with what the findings prepare; or a new version of one."""
    if earlier := once.earlier(given.model_dump(mode="json")):
        return earlier
    session, who = desk.session, desk.who
    case, task = task_of(session, who, task_id, lock=True)
    source = Source(given.source, given.document, given.received, given.reuse)
    found = answering.begin(Bench(desk, case, task), source)
    opened = Opened(case, task, found, items_of(session, found.id))
    if given.prepare and given.source == "own" and found.reused_from is None:
        prepare(session, who, opened, district.blocks)
    elif given.source == "own":
        renew(session, who, opened, district.blocks)
    answer = _answer(session, who, opened, desk.house, language, 201)
    return once.keep(answer)


@router.get("/contributions/{contribution_id}", responses=DECLARED)
def read(
    contribution_id: UUID,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
    response: Response,
) -> ContributionOut:
    """Read a contribution: its office a draft, who signs what circulates, all what is released."""
    opened = contribution_of(session, who, contribution_id, house)
    response.headers.update({**PRIVATE, "ETag": f'"{opened.contribution.revision}"'})
    return shown(session, who, opened, house, language)


@router.patch(
    "/contributions/{contribution_id}", response_model=ContributionOut, responses=DECLARED
)
def head(
    contribution_id: UUID,
    given: HeadIn,
    session: InSession,
    who: Who,
    house: InHouse,
    language: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """Set contact, the office's own reference, the day of receipt."""
    opened = contribution_of(session, who, contribution_id, house, lock=True)
    may_write(who, opened.task, opened.contribution, house)
    unchanged(if_match, opened.contribution.revision)
    set_head(opened, given.model_dump(exclude_unset=True))
    session.flush()
    return _answer(session, who, opened, house, language)


@router.post(
    "/contributions/{contribution_id}/prepared", response_model=ContributionOut, responses=DECLARED
)
def prepared(
    contribution_id: UUID,
    session: InSession,
    who: Who,
    house: InHouse,
    district: InDistrict,
    language: InLanguage,
) -> Response:
    """Put in what the findings prepare and is not there; a person takes or discards each item."""
    opened = contribution_of(session, who, contribution_id, house, lock=True)
    may_write(who, opened.task, opened.contribution, house)
    prepare(session, who, opened, district.blocks)
    return _answer(session, who, opened, house, language)


@router.post(
    "/contributions/{contribution_id}/circulation",
    response_model=ContributionOut,
    responses=DECLARED,
)
def send_round(
    contribution_id: UUID,
    desk: InAsking,
    language: InLanguage,
    if_match: IfMatch = None,
) -> Response:
    """Finish a draft: it goes round for signatures, or is released where nobody has to sign."""
    opened = contribution_of(desk.session, desk.who, contribution_id, desk.house, lock=True)
    if if_match is not None:
        unchanged(if_match, opened.contribution.revision)
    circulate(desk, opened)
    return _answer(desk.session, desk.who, opened, desk.house, language)


@router.post(
    "/contributions/{contribution_id}/signatures",
    response_model=ContributionOut,
    responses=DECLARED,
)
def signed(
    contribution_id: UUID,
    given: RemarkIn,
    desk: InAsking,
    language: InLanguage,
) -> Response:
    """Sign the step that is on; the last signature releases the contribution."""
    opened = contribution_of(desk.session, desk.who, contribution_id, desk.house, lock=True)
    sign(desk, opened, given.remark)
    return _answer(desk.session, desk.who, opened, desk.house, language)


@router.post(
    "/contributions/{contribution_id}/returns", response_model=ContributionOut, responses=DECLARED
)
def returned(
    contribution_id: UUID,
    given: ReturnIn,
    desk: InAsking,
    language: InLanguage,
) -> Response:
    """Return a contribution from signing to its office, with a remark."""
    opened = contribution_of(desk.session, desk.who, contribution_id, desk.house, lock=True)
    give_back(desk, opened, given.remark)
    return _answer(desk.session, desk.who, opened, desk.house, language)


@router.get("/cases/{case_id}/answers", responses=DECLARED)
def answers(
    case_id: UUID,
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    response: Response,
) -> AnswersOut:
    """Read what has been released in a case, by office, and who has still to answer."""
    case = full_case_of(session, who, case_id)
    found = answers_of(session, case)
    response.headers.update(PRIVATE)
    return AnswersOut(
        answers=[_answered(one, who, case, district, language) for one in found],
        awaited=[one.office for one in found if one.task.state in AWAITED],
        supplement=[
            _answered(one, who, case, district, language) for one in late_of(session, case)
        ],
    )


def _answered(
    one: Answer, who: Principal, case: Case, district: District, language: str
) -> AnswerOut:
    task, made = one.task, one.contribution
    names = {each.code: each.name.in_language(language) for each in district.catalogue.offices}
    return AnswerOut(
        office=one.office,
        name=names.get(one.office, one.office),
        task=task.id,
        state=task.state,
        late=is_late(task.state, task.due, task.answered, date.today()),
        carried=one.carried,
        closing=task.closing,
        contribution=None if made is None else made.id,
        released=None if made is None else made.released,
        contact=None if made is None else made.contact,
        items=items_out(open_to(who, one.office, one.items), case, one.office, language),
    )


def _answer(
    session: Session, who: Principal, opened: Opened, house: House, language: str, code: int = 200
) -> Response:
    found = opened.contribution
    again = Opened(opened.case, opened.task, found, items_of(session, found.id))
    body = shown(session, who, again, house, language)
    headers = {**PRIVATE, "ETag": f'"{found.revision}"'}
    if code == 201:
        headers["Location"] = f"/api/v1/contributions/{found.id}"
    return Response(body.model_dump_json(), code, headers, media_type="application/json")
