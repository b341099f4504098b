"""The statement: read beside the map, signed, sent, its way out and its documents."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.access.throttle import counted_upload
from service.api.checks_of_cases import Drawing
from service.api.dependencies import (
    InBlobs,
    InDistrict,
    InHouse,
    InLanguage,
    InSession,
    InSettings,
    Who,
)
from service.api.statement_files import InPress
from service.blobs import Blobs
from service.cases.answering.chain import may_sign
from service.cases.documents import listed
from service.cases.drafts import last_check
from service.cases.visible import full_case_of
from service.config import Settings
from service.consolidation import afterwards, drafting, sending, signing, speaking
from service.consolidation.afterwards import Sending
from service.consolidation.binding import bind
from service.consolidation.case import Setting
from service.consolidation.closing import ready
from service.consolidation.gathering import Gathered, gathered
from service.consolidation.signing import Folder
from service.consolidation.speaking import Press
from service.errors import NotFoundError, UnusableError
from service.models.case import Case
from service.models.statement import CoSignature, Statement
from service.portal.casefile import case_page
from service.portal.consolidating_forms import Bound, Dispatched, Remark, Return
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing
from service.portal.words import (
    EDITIONS,
    FORMS,
    SIGNATURES,
    STATEMENT_KINDS,
    STATEMENTS,
    WAYS,
)
from service.statements import canonical
from service.statements.content import Content
from service.statements.document import document
from service.statements.edition import outward
from service.statements.page import fragment

router = APIRouter(include_in_schema=False)
PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    session: Session
    who: Principal
    case: Case
    setting: Setting
    blobs: Blobs
    settings: Settings
    press: Press

    @property
    def now(self) -> Statement:
        """The version under way, locked; NotFoundError where there is none."""
        found = drafting.under_way(self.session, self.case)
        if found is None:
            raise NotFoundError
        return drafting.statement_of(self.session, self.case, found.id, lock=True)

    def of(self, number: str) -> Statement:
        """Return a version by its id, locked; NotFoundError where there is none."""
        try:
            return drafting.statement_of(self.session, self.case, UUID(number), lock=True)
        except ValueError as error:
            raise NotFoundError from error

    @property
    def folder(self) -> Folder:
        """The version under way, as it lies before whoever signs."""
        return Folder(self.session, self.who, self.setting.house, self.case, self.now)


@router.get("/vorgaenge/{case_id}/stellungnahme")
def statement(
    case_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    blobs: InBlobs,
    settings: InSettings,
    press: InPress,
    language: InLanguage,
    karte: bool = False,
) -> Response:
    """Show the statement as it would go out, and where it is on its way; `karte` beside the map."""
    case = full_case_of(session, who, case_id)
    setting = Setting(session, district, house, language, date.today())
    work = Work(session, who, case, setting, blobs, settings, press)
    return _page(request, work, mapped=karte)


@router.post("/vorgaenge/{case_id}/stellungnahme")
def state(
    case_id: UUID,
    request: Request,
    sent: InForm,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    blobs: InBlobs,
    settings: InSettings,
    press: InPress,
    language: InLanguage,
) -> Response:
    """Send the statement round, sign it, give it back, send it, write down its way out."""
    case = full_case_of(session, who, case_id, lock=True)
    setting = Setting(session, district, house, language, date.today())
    work = Work(session, who, case, setting, blobs, settings, press)
    acts = ACTS if who.role == "coordinator" else SIGNING
    failed = done(session, sent, acts, work)
    return again(request) if failed is None else _page(request, work, failed)


def _page(
    request: Request, work: Work, failed: Failed | None = None, *, mapped: bool = False
) -> Response:
    session, case, who = work.session, work.case, work.who
    versions = drafting.statements_of(session, case)
    draft = next((one for one in versions if one.state != "sent"), None)
    found = gathered(work.setting, case, draft)
    steps = [] if draft is None else signing.signatures_of(session, draft)
    mine, last = _mine(draft, steps, who), versions[-1] if versions else None
    return case_page(
        request, "statement.html", who, case, failed=failed, versions=versions, draft=draft,
        steps=steps, mine=mine, letter=_letter(work, found, last, mine=mine),
        left=[one for one in found.opens if one.firm or not one.accepted],
        map=_map(request, work) if mapped else None, mapped=mapped,
        files={one.id: _files(session, who, one) for one in versions}, forms=FORMS,
        editions=EDITIONS,
        dispatches={one.id: afterwards.dispatches_of(session, one) for one in versions},
        documents=[(one.document.id, one.document.filename)
                   for one in listed(session, who, case)],
        coordinates=who.role == "coordinator", states=STATEMENTS, kinds=STATEMENT_KINDS,
        signs=SIGNATURES, ways=WAYS,
        way_options=[(code, work.setting.say(text)) for code, text in WAYS.items()],
        today=work.setting.today,
    )  # fmt: skip


def _files(session: Session, who: Principal, version: Statement) -> dict[str, list[str]]:
    """Return which forms of a version there are, by edition; the inner one is not for everybody."""
    found: dict[str, list[str]] = {}
    inner = signing.reads_all(session, who, version)
    for one in sending.files_of(session, version):
        if inner or one.edition == "outward":
            found.setdefault(one.edition, []).append(one.form)
    return found


def _mine(draft: Statement | None, steps: list[CoSignature], who: Principal) -> bool:
    """Tell whether it is this principal's turn to sign."""
    now = signing.current(steps)
    if draft is None or draft.state != "cosigning" or now is None:
        return False
    return may_sign(who.functions, None, now.code, None) is not None


def _letter(work: Work, found: Gathered, last: Statement | None, *, mine: bool) -> Markup:
    """Return the letter: what was fixed when signing of the last version began, else as it is now.

    All of it reads the coordinator and who is to sign it; anybody else the outward edition.
    """
    whole = found.content
    if last is not None and last.content is not None:
        whole = canonical.from_bytes(last.content)
    inner = work.who.role == "coordinator" or mine
    content: Content = whole if inner else outward(whole, found.shown)
    return Markup(fragment(document(content, ()), {}))  # noqa: S704 - our template's


def _map(request: Request, work: Work) -> Markup | None:
    check = last_check(work.session, work.case, "done")
    if check is None:
        return None
    district, language = work.setting.district, work.setting.language
    drawing = Drawing(request, work.session, work.who, district, work.blobs, language)
    return Markup(drawing.of(check.id, "fragment").decode())  # noqa: S704 - our template's


def _circulated(work: Work, _: str, __: Nothing) -> None:
    folder = work.folder
    german = Setting(
        work.session, work.setting.district, work.setting.house, "de", work.setting.today
    )
    known = gathered(german, work.case, folder.statement)
    ready(known, folder.statement)
    signing.circulate(folder, speaking.content_of(known))


def _sent(work: Work, _: str, __: Nothing) -> None:
    make = partial(work.press.documents, work.case)
    sending.send(work.session, work.who, work.blobs, work.case, work.now, make)


def _dispatched(work: Work, of: str, said: Dispatched) -> None:
    at = datetime.combine(said.on, time(12), UTC)
    told = Sending(said.way, said.recipient, at, said.proof, said.note)
    afterwards.dispatched(work.session, work.who, work.case, work.of(of), told)


def _bound(work: Work, of: str, said: Bound) -> None:
    counted_upload(work.session, work.who, work.settings)
    if said.file.file.read(len(PDF)) != PDF:
        raise UnusableError("not-a-pdf", NO_PDF)
    said.file.file.seek(0)
    stored = work.blobs.store(said.file.file, most=work.settings.document_bytes)
    bind(work.session, work.who, work.blobs, work.case, work.of(of), stored)


SIGNING: dict[str, Act[Work]] = {
    "sign": Act(Remark, lambda w, _, s: signing.sign(w.folder, s.remark)),
    "return": Act(Return, lambda w, _, s: signing.give_back(w.folder, s.remark)),
}
ACTS: dict[str, Act[Work]] = {
    **SIGNING,
    "circulate": Act(Nothing, _circulated),
    "send": Act(Nothing, _sent),
    "dispatch": Act(Dispatched, _dispatched),
    "bind": Act(Bound, _bound),
}
NO_PDF = Text("Die Datei ist kein PDF.", "The file is no PDF.")
