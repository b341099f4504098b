"""Putting the answers of the offices together: items, contradictions, bundles, what is open."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.api.dependencies import InDistrict, InHouse, InLanguage, InSession, Who
from service.cases.answering.answers import Answer
from service.cases.answering.contributions import open_to
from service.cases.answering.labels import label, numbered
from service.cases.documents import listed
from service.cases.tasks.state import is_late
from service.cases.visible import full_case_of
from service.consolidation import afterwards, agreeing, drafting
from service.consolidation.case import Setting
from service.consolidation.gathering import Gathered, gathered, said_in
from service.errors import NotFoundError
from service.models.case import Case
from service.models.statement import Statement
from service.portal.casefile import case_page
from service.portal.consolidating_forms import (
    Begun,
    Bundled,
    Gap,
    Marked,
    Settled,
    Weighed,
    Written,
)
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing
from service.portal.words import RESULTS, SOURCES, TASKS
from service.statements.labels import VERDICTS

router = APIRouter(include_in_schema=False)
PAIR = "contradiction"  # of what is open: settled in a section of its own


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on; the case is locked."""

    session: Session
    who: Principal
    case: Case
    setting: Setting

    @property
    def said(self) -> frozenset[str]:
        """Numbers of all items of the offices."""
        return said_in(self.session, self.case)

    def draft(self) -> Statement:
        """Return the statement that is being written; NotFoundError where there is none."""
        found = drafting.under_way(self.session, self.case)
        if found is None:
            raise NotFoundError
        return drafting.statement_of(self.session, self.case, found.id, lock=True)


@dataclass(frozen=True, slots=True)
class Voice:
    """An office on the page, with its items as the reader may see them."""

    answer: Answer
    name: str
    late: bool
    items: list[Any]


@router.get("/vorgaenge/{case_id}/zusammenfuehrung")
def consolidation(
    case_id: UUID,
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
) -> Response:
    """Show what the offices say, what contradicts, what is open, and the assessment."""
    case = full_case_of(session, who, case_id)
    setting = Setting(session, district, house, language, date.today())
    return _page(request, Work(session, who, case, setting))


@router.post("/vorgaenge/{case_id}/zusammenfuehrung")
def consolidate(
    case_id: UUID,
    request: Request,
    sent: InForm,
    session: InSession,
    who: Who,
    district: InDistrict,
    house: InHouse,
    language: InLanguage,
) -> Response:
    """Mark or settle a contradiction, bundle items, accept a gap, write the assessment."""
    case = full_case_of(session, who, case_id, lock=True)
    work = Work(session, who, case, Setting(session, district, house, language, date.today()))
    failed = done(session, sent, ACTS, work)
    return again(request) if failed is None else _page(request, work, failed)


def _page(request: Request, work: Work, failed: Failed | None = None) -> Response:
    session, case, setting = work.session, work.case, work.setting
    draft = drafting.under_way(session, case)
    found = gathered(setting, case, draft)
    weighed = {row.item: row for row in afterwards.weighings_of(session, case)}
    voices = [_voice(one, work) for one in found.answers]
    return case_page(
        request, "consolidation.html", work.who, case, failed=failed, found=found,
        said=found.content, voices=voices, draft=draft, weighed=weighed,
        numbers=[(item["number"], f"{item['number']}: {item['text'][:70]}")
                 for voice in voices for item in voice.items],
        wording={item["number"]: item["text"] for voice in voices for item in voice.items},
        bundles=agreeing.bundles_of(session, case), accepted=_accepted(draft),
        statements=drafting.statements_of(session, case),
        writing=draft is None or draft.state == "draft",
        verdicts=[(code, setting.say(text)) for code, text in VERDICTS.items()],
        verdict_names=VERDICTS, results=RESULTS, task_states=TASKS, sources=SOURCES,
        result_options=[(code, setting.say(text)) for code, text in RESULTS.items()],
        documents=[(one.document.id, one.document.filename)
                   for one in listed(session, work.who, case)],
        today=setting.today,
    )  # fmt: skip


def _voice(one: Answer, work: Work) -> Voice:
    names = {o.code: o.name for o in work.setting.district.catalogue.offices}
    task, today, case = one.task, work.setting.today, work.case
    items = [
        {
            "number": numbered(one.office, item.number),
            "label": label(item.kind, case.procedure, case.kind, own_rights=item.own_rights),
            "text": item.text,
            "basis": item.basis,
            "internal": item.edition == "internal",
            "restricted": item.restricted,
            "outward": item.outward,
        }
        for item in open_to(work.who, one.office, one.items)
    ]
    name = work.setting.say(names[one.office]) if one.office in names else one.office
    return Voice(one, name, is_late(task.state, task.due, task.answered, today), items)


def _accepted(draft: Statement | None) -> dict[str, Any]:
    gaps = draft.gaps if draft is not None else []
    return {f"{gap['kind']}/{gap['subject']}": gap for gap in gaps}


def _pair(of: str) -> list[str]:
    return of.split("/", 1)


def _settled(work: Work, of: str, said: Settled) -> None:
    agreeing.settle(
        work.session, work.who, work.case, work.said, _pair(of), said.resolution,
        outward=said.outward,
    )  # fmt: skip


def _marked(work: Work, _: str, said: Marked) -> None:
    pair = [said.first, said.second]
    agreeing.mark(work.session, work.who, work.case, work.said, pair, said.note)


def _bundled(work: Work, _: str, said: Bundled) -> None:
    agreeing.bundle(work.session, work.who, work.case, work.said, said.heading, said.items)


def _unbundled(work: Work, of: str, _: Nothing) -> None:
    try:
        number = UUID(of)
    except ValueError as error:
        raise NotFoundError from error
    agreeing.unbundle(work.session, work.who, work.case, number)


def _begun(work: Work, _: str, said: Begun) -> None:
    drafting.begin(work.session, work.who, work.case, said.kind, said.changes)


def _written(work: Work, _: str, said: Written) -> None:
    draft = work.draft()
    said.require(draft.revision)
    drafting.write(work.session, work.who, work.case, draft, said.values())


def _gap(work: Work, of: str, said: Gap) -> None:
    kind, _, subject = of.partition("/")
    draft = work.draft()
    title = _title(gathered(work.setting, work.case, draft), kind, subject)
    kept = [g for g in draft.gaps if (g["kind"], g["subject"]) != (kind, subject)]
    row = {"kind": kind, "subject": subject, "title": title, **said.model_dump(mode="json")}
    drafting.write(work.session, work.who, work.case, draft, {"gaps": [*kept, row]})


def _gaps(work: Work, _: str, said: Gap) -> None:
    """Accept all that is open with one reason, but for what must be settled by itself."""
    draft = work.draft()
    found = gathered(work.setting, work.case, draft)
    new = [one for one in found.opens if not (one.accepted or one.firm or one.kind == PAIR)]
    if not new:
        raise NotFoundError
    reason = said.model_dump(mode="json")
    titles = [one.title.in_language(found.content.language) for one in new]
    rows = [
        {"kind": one.kind, "subject": one.subject, "title": title, **reason}
        for one, title in zip(new, titles, strict=True)
    ]
    drafting.write(work.session, work.who, work.case, draft, {"gaps": [*draft.gaps, *rows]})


def _title(found: Gathered, kind: str, subject: str) -> str:
    """Return what a gap is called; NotFoundError where nothing of the kind is open."""
    for one in found.opens:
        if (one.kind, one.subject) == (kind, subject):
            return one.title.in_language(found.content.language)
    raise NotFoundError


def _ungap(work: Work, of: str, _: Nothing) -> None:
    kind, _sep, subject = of.partition("/")
    draft = work.draft()
    kept = [g for g in draft.gaps if (g["kind"], g["subject"]) != (kind, subject)]
    drafting.write(work.session, work.who, work.case, draft, {"gaps": kept})


def _weighed(work: Work, _: str, said: Weighed) -> None:
    afterwards.weigh(
        work.session, work.who, work.case, work.said, said.by_item(), received=said.received,
        document_id=said.document,
    )  # fmt: skip


ACTS: dict[str, Act[Work]] = {
    "mark": Act(Marked, _marked),
    "settle": Act(Settled, _settled),
    "bundle": Act(Bundled, _bundled),
    "unbundle": Act(Nothing, _unbundled),
    "begin": Act(Begun, _begun),
    "write": Act(Written, _written),
    "gap": Act(Gap, _gap),
    "gaps": Act(Gap, _gaps),
    "ungap": Act(Nothing, _ungap),
    "weigh": Act(Weighed, _weighed),
}
