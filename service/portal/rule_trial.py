"""Rules tried on a plan: why is an office in, and why not? Nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Request, Response
from pydantic import Field

from gis.problem import Problem, Question, Text
from service.api.checks import counted_in
from service.api.dependencies import InDesk, InDistrict, Who
from service.api.handing_in import handed_in
from service.cases.reading import note_aside
from service.cases.results import INTERNAL as ALL
from service.cases.results import restricted
from service.district import District
from service.errors import ServiceError
from service.offices.because import because
from service.offices.rule import Rule
from service.offices.verdict import Answer, Verdict, concerns, verdict
from service.portal.precheck import Asked
from service.portal.rules import when
from service.portal.sheet import sheet
from service.report.audience import INTERNAL, layers_of, seen
from service.report.words import EFFECTS, outcome
from service.review import Gathered, gather

router = APIRouter(include_in_schema=False)
ANSWERS = {
    Answer.HIT: Text("greift", "holds"),
    Answer.NO: Text("greift nicht", "does not hold"),
    Answer.NO_ENTRY: Text("kein Eintrag im Verzeichnis", "no entry in the register"),
    Answer.OPEN: Text("nicht entscheidbar", "cannot be decided"),
    Answer.NOT_APPLICABLE: Text(
        "betrifft diese Planart oder dieses Verfahren nicht",
        "does not concern this kind or procedure",
    ),
}


class Tried(Asked):
    """A plan, and the office whose rules are tried on it."""

    office: str = Field("", max_length=60)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule with its answer, and what it rests on."""

    rule: Rule
    answer: Answer
    certain: bool
    when: Text
    why: Text | None
    steps: tuple[Text, ...]
    asks: tuple[Text, ...]


@router.get("/regelprobe")
def blank(request: Request, who: Who, district: InDistrict) -> Response:
    """Show the empty form."""
    return _page(request, who, district, Tried.model_validate({}), {}, part=False)


@router.post("/regelprobe")
def trial(
    form: Annotated[Tried, Form(media_type="multipart/form-data")],
    request: Request,
    desk: InDesk,
    district: InDistrict,
    who: Who,
    x_part: Annotated[str, Header()] = "",
) -> Response:
    """Say of every rule of an office what it says about a plan, and why."""
    part = x_part == "result"
    counted_in(desk, who, request)
    try:
        source, _, intake = handed_in(form, district, inside=True)
        with (
            desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived,
            request.app.state.turns,
        ):
            plan = desk.read(arrived.path, form.said(intake))
            found = gather(
                plan, district.catalogue, district.store, district.rules, district.vocabulary,
                on=date.today(),
            )  # fmt: skip
    except (Problem, ServiceError) as problem:
        proposals = problem.proposals if isinstance(problem, Question) else ()
        told = {"problem": problem, "proposals": proposals, "options": form.option}
        status = problem.status if isinstance(problem, ServiceError) else 422
        return _page(request, who, district, form, told, part=part, status=status)
    lines = list(lines_of(found, form.office))
    of = {layer for line in lines for layer in layers_of(line.rule)}
    note_aside(
        desk.session, who, "trial", of.intersection(restricted(found.catalogue).get(ALL, ()))
    )
    return _page(request, who, district, form, {"lines": lines, "plan": plan}, part=part)


def lines_of(found: Gathered, office: str) -> Iterator[Line]:
    """Yield the rules of an office, those that hold first; where objects of restricted layers lie
    is not for who tries rules.
    """
    found = replace(found, evidence=seen(found.evidence, INTERNAL, found.catalogue))
    mine = [rule for rule in found.rules if office in rule.offices]
    answers = [verdict(rule, found.evidence, found.vocabulary) for rule in mine]
    order = list(ANSWERS)
    for one in sorted(answers, key=lambda one: (order.index(one.answer), one.rule.code)):
        yield _line(one, found)


def _line(one: Verdict, found: Gathered) -> Line:
    finding = one.finding
    plan, vocabulary = found.evidence.plan, found.vocabulary
    why = one.gap
    if one.answer is Answer.HIT:
        why = because(one, plan, vocabulary)
    elif why is None and finding is not None:
        why = finding.reason or _not_met(one)
    elif why is None and not concerns(one.rule, plan, vocabulary):
        why = ANSWERS[Answer.NOT_APPLICABLE]
    steps = () if finding is None else finding.steps
    return Line(one.rule, one.answer, one.certain, when(one.rule), why, steps, one.asks)


def _not_met(one: Verdict) -> Text | None:
    """Return what was found where a rule does not hold: nothing, or too little or too far."""
    finding = one.finding
    if finding is None:
        return None
    if not finding.objects:
        return Text("Im Suchbereich liegt kein Objekt.", "No object lies in the area searched.")
    # How far away objects are would say where, to whoever tries from three places.
    count, near = len(finding.objects), finding.nearest_m if finding.placed else None
    far = Text(
        "" if near is None else f" (nächstes {near:.1f} m)".replace(".", ","),
        "" if near is None else f" (nearest {near:.1f} m)",
    )
    return Text(
        f"{count} Objekte gefunden{far.de}, aber nicht wie die Regel es verlangt.",
        f"{count} objects found{far.en}, but not as the rule asks.",
    )


def _page(
    request: Request,
    who: Who,
    district: District,
    form: Tried,
    told: dict[str, Any],
    *,
    part: bool,
    status: int = 200,
) -> Response:
    values = {"problem": None, "proposals": (), "options": (), "lines": None, "plan": None, **told}
    offices = [(o.code, o.name) for o in district.catalogue.offices]
    kinds = [(code, kind.title) for code, kind in district.vocabulary.kinds.items()]
    titles = {layer.code: layer.title for layer in district.catalogue.layers}
    template = "rule_trial_result.html" if part else "rule_trial.html"
    return sheet(
        request, template, who, status=status, given=form, offices=offices, kinds=kinds,
        titles=titles, answers=ANSWERS, effects=EFFECTS, outcome=outcome,
        office_names=dict(offices), **values,
    )  # fmt: skip
