"""A case as its statement is composed from it: rows become plain values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.problem import Text
from service import german_time
from service.cases import outlines
from service.cases.answering.answers import Answer
from service.cases.answering.labels import numbered
from service.cases.parties import Named, addressed
from service.consolidation.agreeing import bundles_of, pairs_of
from service.consolidation.signing import signatures_of
from service.district import District
from service.house import House
from service.models.case import Case
from service.models.contribution import Item, Suggestion
from service.models.decision import Decision
from service.models.document import Document
from service.models.statement import Contradiction, Statement
from service.models.supplement import Supplement
from service.models.version import PlanVersion
from service.statements import case as plain
from service.statements import content

OWED = ("asked", "forwarded")
CAPACITY = Text("Im Auftrag", "By order")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a case is read with: the words of the district, its house rules, language and day."""

    session: Session
    district: District
    house: House
    language: str
    today: date

    def say(self, text: Text) -> str:
        """Return a text in the language of the statement."""
        return text.in_language(self.language)


def stated(
    setting: Setting,
    case: Case,
    version: PlanVersion | None,
    answers: Sequence[Answer],
    draft: Statement | None,
) -> plain.Case:
    """Return the case at this moment; `draft` is the version of the statement under way."""
    session = setting.session
    to = addressed(session, case)
    pairs, waiting = pairs_of(session, case), _suggestions(session, answers)
    return plain.Case(
        reference=case.reference,
        addressee=_addressee(to.to, case.sender_reference),
        copies=tuple(_addressee(one, None) for one in to.copies),
        subject=_subject(setting, case, version),
        closing=_closing(setting, draft),
        answers=tuple(_answer(one, waiting.get(one.office, 0)) for one in answers),
        version=1 if draft is None else draft.number,
        received=tuple(_documents(session, case)),
        assessment=_assessment(draft),
        dropped=tuple(_dropped(session, version)),
        outside=tuple(_outside(setting, version)),
        marked=tuple((one.first, one.second) for one in pairs if one.cause == "mark"),
        same=tuple(_same(session, case)),
        missing=tuple(_missing(session, case)),
        gaps=tuple(content.Gap(**gap) for gap in (draft.gaps if draft else ())),
        resolutions=tuple(resolutions(pairs, setting.say(setting.house.letterhead.unit))),
        corrections=tuple(_corrections(session, case)),
        committee=content.Committee(**draft.committee) if draft and draft.committee else None,
        cosigned=tuple(_cosigned(setting, draft)),
        supplement=draft is not None and draft.kind == "supplement",
        fnp_objection=draft is not None and draft.objection,
    )  # fmt: skip


def _addressee(one: Named | None, reference: str | None) -> content.Addressee:
    if one is None:
        return content.Addressee((), reference)
    lines = [one.name or "", *(one.contact or "").replace(", ", "\n").splitlines()]
    return content.Addressee(tuple(line.strip() for line in lines if line.strip()), reference)


def _subject(setting: Setting, case: Case, version: PlanVersion | None) -> content.Subject:
    words = setting.district.vocabulary
    procedure = setting.say(words.named(case.procedure)) if case.procedure else ""
    end = case.due or case.deadline
    return content.Subject(
        title=case.title,
        kind_code=case.kind,
        kind=setting.say(words.title(case.kind)),
        procedure_code=case.procedure,
        procedure=procedure,
        municipalities=tuple(n.strip() for n in case.municipality_names.split(",") if n.strip()),
        plan_state=None if version is None else version.label,
        asked=None,
        received=case.received.isoformat(),
        period_end=None if end is None else end.isoformat(),
    )


def _closing(setting: Setting, draft: Statement | None) -> content.Closing:
    head = setting.house.letterhead
    return content.Closing(
        place=head.place,
        date=setting.today.isoformat(),
        capacity=setting.say(CAPACITY),
        function=setting.say(head.unit),
    )


def _answer(one: Answer, suggestions: int) -> plain.Answer:
    said, task = one.contribution, one.task
    return plain.Answer(
        office=one.office,
        state=task.state,
        points=tuple(point(one.office, item) for item in one.items if not item.prepared),
        answered=None if task.answered is None else german_time.day(task.answered).isoformat(),
        due=task.due.isoformat(),
        contact=None if said is None else said.contact,
        reference=None if said is None else said.office_reference,
        source="own" if said is None else said.source,
        closing=task.closing,
        prepared=sum(item.prepared for item in one.items),
        suggestions=suggestions,
    )


def point(office: str, item: Item) -> content.Point:
    """Return an item as the statement has it."""
    kept: Any = {
        name: getattr(item, name)
        for name in ("kind", "text", "basis", "binding", "exception", "exception_by",
                     "exception_step", "planned_for", "topic", "stance", "priority", "layer",
                     "object", "rule", "edition", "restricted")
    }  # fmt: skip
    place = None if item.place is None else outlines.shape_of(item.place)
    return content.Point(
        number=numbered(office, item.number),
        office=office,
        party="affected" if item.own_rights else "authority",
        place=None if place is None else outlines.geojson(place, "working"),
        attachment=None if item.document_id is None else str(item.document_id),
        released=item.outward,
        **kept,
    )


def _suggestions(session: Session, answers: Iterable[Answer]) -> dict[str, int]:
    """Return how many changes to its words each office has not answered."""
    items = {item.id: one.office for one in answers for item in one.items}
    rows = select(Suggestion.item_id).where(
        Suggestion.item_id.in_(items), Suggestion.state == "open"
    )
    return dict(Counter(items[number] for number in session.scalars(rows)))


def _documents(session: Session, case: Case) -> Iterable[content.Received]:
    rows = select(Document).where(Document.case_id == case.id, Document.edition == "outward")
    for row in session.scalars(rows.order_by(Document.created, Document.id)):
        day = german_time.day(row.created).isoformat()
        yield content.Received(row.filename or "–", None, day, row.blob)


def _assessment(draft: Statement | None) -> content.Assessment | None:
    if draft is None or not draft.assessment or draft.verdict is None:
        return None
    said: Any = draft.verdict
    return content.Assessment(said, draft.assessment)


def _dropped(session: Session, version: PlanVersion | None) -> Iterable[tuple[str, str]]:
    for one in _decisions(session, version, "drop"):
        yield one.office, one.reason or ""


def _outside(setting: Setting, version: PlanVersion | None) -> Iterable[content.Outside]:
    names = {body.code: body.name for body in setting.district.catalogue.external}
    for one in _decisions(setting.session, version, "hint"):
        name = names.get(one.office)
        yield content.Outside(
            one.office, one.office if name is None else setting.say(name), by_hand=True
        )


def _decisions(session: Session, version: PlanVersion | None, decision: str) -> Sequence[Decision]:
    if version is None:
        return ()
    rows = select(Decision).where(Decision.version_id == version.id, Decision.decision == decision)
    return session.scalars(rows.order_by(Decision.office)).all()


def _missing(session: Session, case: Case) -> Iterable[content.Missing]:
    rows = select(Supplement).where(Supplement.case_id == case.id, Supplement.state.in_(OWED))
    for one in session.scalars(rows.order_by(Supplement.at, Supplement.id)):
        until = None if one.wanted_by is None else one.wanted_by.isoformat()
        day = german_time.day(one.at).isoformat()
        yield content.Missing(one.forwarded_text or one.question, one.office, day, until)


def _same(session: Session, case: Case) -> Iterable[tuple[str, str]]:
    """Yield the pairs of items the coordinator has bundled."""
    for one in bundles_of(session, case):
        yield from combinations(one.items, 2)


def resolutions(pairs: Iterable[Contradiction], by: str) -> Iterable[content.Resolution]:
    """Yield how contradictions were settled `by` a unit of the house."""
    for one in pairs:
        if one.resolution is not None and one.at is not None:
            day = german_time.day(one.at).isoformat()
            yield content.Resolution(
                one.first, one.second, one.resolution, by, day, outward=one.outward
            )


def _corrections(session: Session, case: Case) -> Iterable[content.Correction]:
    rows = select(Statement).where(Statement.case_id == case.id, Statement.changes.is_not(None))
    for one in session.scalars(rows.order_by(Statement.number)):
        day = german_time.day(one.sent or one.created).isoformat()
        yield content.Correction(one.number, day, tuple((one.changes or "").splitlines()))


def _cosigned(setting: Setting, draft: Statement | None) -> Iterable[content.Signed]:
    if draft is None:
        return
    for one in signatures_of(setting.session, draft):
        if one.state == "signed":
            function: str = one.function.get(setting.language) or one.function["de"]
            day = None if one.at is None else german_time.day(one.at).isoformat()
            yield content.Signed(function, day, one.remark)
