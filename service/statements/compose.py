"""From a case to the content of its statement: sorted, grouped, nothing rewritten."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from service.house.house import House, Letterhead
from service.statements.assessment import draft
from service.statements.case import ANSWERED, GONE, NOT_AFFECTED, Answer, Case
from service.statements.content import (
    Assessment,
    Checked,
    Content,
    Outside,
    Point,
    Sender,
    Silent,
    Voice,
)
from service.statements.edition import outward
from service.statements.grouping import joined
from service.statements.labels import EMPTY, ORDER

Names = Mapping[str, str]


def compose(
    case: Case, checked: Checked, shown: Checked, house: House, names: Names, language: str
) -> Content:
    """Return the inner edition of the statement on `case`.

    `checked` is what the check says inside the house, `shown` what it says to outsiders, from
    which an assessment is drafted where the case has none. `names` are the offices' names in
    their order; offices it does not hold come last, by code.
    """
    whole = _content(case, checked, house, names, language)
    if case.assessment is not None:
        return whole
    return replace(whole, assessment=draft(outward(whole, shown)))


def _content(case: Case, checked: Checked, house: House, names: Names, language: str) -> Content:
    answers = in_order((a for a in case.answers if a.state not in GONE), names)
    points = {p.number: p for p in joined((p for a in answers for p in a.points), case.same)}
    speaking = [a for a in answers if _speaks(a)]
    return Content(
        edition="inner",
        language=language,
        reference=case.reference,
        version=case.version,
        sender=_sender(house.letterhead, language),
        addressee=case.addressee,
        copies=case.copies,
        subject=case.subject,
        received=case.received,
        assessment=case.assessment or Assessment("reserved", ""),
        voices=tuple(_voice(a, points, names) for a in speaking),
        no_objection=tuple(_silent(a, names) for a in answers if _content_with_it(a)),
        no_answer=tuple(_silent(a, names) for a in answers if _still_open(a)),
        not_concerned=(*_not_concerned(answers, names), *_dropped(case, names)),
        checked=replace(checked, outside=tuple(_outside(checked.outside, case.outside))),
        missing=case.missing,
        gaps=case.gaps,
        resolutions=case.resolutions,
        corrections=case.corrections,
        committee=case.committee,
        cosigned=case.cosigned,
        closing=case.closing,
        texts=case.texts or _texts(house, case, language),
        supplement=case.supplement,
        objection_par7=_text(house, "objection_par7", language) if case.fnp_objection else None,
    )


def in_order(answers: Iterable[Answer], names: Names) -> list[Answer]:
    """Return answers in the order of the offices; unknown ones last, by code."""
    place = {code: number for number, code in enumerate(names)}
    return sorted(answers, key=lambda a: (place.get(a.office, len(place)), a.office))


def _sender(head: Letterhead, language: str) -> Sender:
    return Sender(
        name=head.name.in_language(language),
        unit=head.unit.in_language(language),
        address=head.address,
        place=head.place,
        mailbox=head.mailbox,
        phone=head.phone,
        website=head.website,
    )


def _speaks(answer: Answer) -> bool:
    return answer.state == ANSWERED and any(p.kind not in EMPTY for p in answer.points)


def _content_with_it(answer: Answer) -> bool:
    """Tell whether an office said that it has no objection; saying nothing at all is not that."""
    return (
        answer.state == ANSWERED
        and bool(answer.points)
        and all(p.kind in EMPTY for p in answer.points)
    )


def _still_open(answer: Answer) -> bool:
    if answer.state == ANSWERED:
        return not answer.points
    return answer.state != NOT_AFFECTED


def _voice(answer: Answer, points: Mapping[str, Point], names: Names) -> Voice:
    mine = [points[p.number] for p in answer.points]
    return Voice(
        office=answer.office,
        name=names.get(answer.office, answer.office),
        points=tuple(sorted(mine, key=_rank)),
        answered=answer.answered,
        contact=answer.contact,
        reference=answer.reference,
        source=answer.source,
    )


def _rank(point: Point) -> tuple[int, str, int]:
    """Return where a point stands within its office: what binds first, then as numbered."""
    stem, _, number = point.number.rpartition("-")
    return ORDER.index(point.kind), stem, int(number) if number.isdigit() else 0


def _silent(answer: Answer, names: Names) -> Silent:
    name = names.get(answer.office, answer.office)
    said = next((p.text for p in answer.points if p.text), None)
    return Silent(answer.office, name, answer.closing or said, answer.answered)


def _not_concerned(answers: Iterable[Answer], names: Names) -> Iterator[Silent]:
    return (_silent(a, names) for a in answers if a.state == NOT_AFFECTED)


def _dropped(case: Case, names: Names) -> Iterator[Silent]:
    for office, reason in case.dropped:
        yield Silent(office, names.get(office, office), reason)


def _outside(proposed: Iterable[Outside], added: Iterable[Outside]) -> Iterator[Outside]:
    bodies = {body.code: body for body in proposed}
    bodies.update({b.code: replace(b, by_hand=True) for b in added if b.code not in bodies})
    yield from bodies.values()


def _texts(house: House, case: Case, language: str) -> tuple[str, ...]:
    wanted = [*(["reservation"] if case.missing else []), "closing"]
    return tuple(text for name in wanted if (text := _text(house, name, language)))


def _text(house: House, name: str, language: str) -> str:
    return house.text(name).in_language(language)
