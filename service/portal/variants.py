"""Up to five sites or routes side by side: no log-in needed, nothing is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Request, Response
from pydantic import ValidationError
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Proposal, Question, Text
from service.api.checks import counted_in
from service.api.dependencies import InDesk, InDistrict, InLanguage, Who
from service.api.handing_in import handed_in
from service.api.rights import may_call
from service.cases import search
from service.cases.drafts import last_check
from service.cases.opening import Desk
from service.cases.outlines import outlines
from service.cases.reading import note, report_of
from service.cases.results import audience_named
from service.cases.visible import full_case_of
from service.district import District
from service.errors import ConflictError, ServiceError, TooManyError, UnusableError
from service.portal.entered import number
from service.portal.forms import InForm, Sent
from service.portal.live import drawn, region
from service.portal.precheck import Asked
from service.portal.sheet import sheet
from service.portal.side_by_side import Column, Comparison, compared
from service.report.words import EFFECTS
from service.review import assess

router = APIRouter(include_in_schema=False)
KEYS = "ABCDE"
OF_ONE = ("file", "outline", "option")  # fields of one variant; the others hold for all
MOST_CASES = 100
TOO_FEW = Text(
    "Bitte mindestens zwei Varianten angeben: je eine Datei, Koordinaten oder eine eingereichte "
    "Planung.",
    "Please give at least two variants: a file, coordinates or a plan handed in for each.",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a variant cannot be compared, or what a person must decide first."""

    key: str
    name: str
    text: Text
    proposals: tuple[Proposal, ...] = ()


@dataclass(slots=True)
class Shown:
    """What the page shows of what was sent."""

    troubles: list[Trouble] = field(default_factory=list)
    status: int = 422  # where there are any
    options: list[tuple[str, str]] = field(default_factory=list)
    comparison: Comparison | None = None
    shapes: dict[str, BaseGeometry] = field(default_factory=dict)


@router.get("/varianten")
def blank(request: Request, desk: InDesk, who: Who, district: InDistrict) -> Response:
    """Show the empty form."""
    return _page(request, desk, who, district, Sent("", "", {}), Shown(), part=False)


@router.post("/varianten")
def compare(
    request: Request,
    sent: InForm,
    desk: InDesk,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    x_part: Annotated[str, Header()] = "",
) -> Response:
    """Check each variant and show them side by side."""
    shown, columns = Shown(), []
    table = _Table(request, desk, who, district, language)
    for key in (one for one in KEYS if _given(sent, one)):
        name = _word(sent, f"name-{key}") or Text(f"Variante {key}", f"Variant {key}").in_language(
            language
        )
        shown.options += [(f"option-{key}", str(o)) for o in sent.fields.get(f"option-{key}", ())]
        try:
            report, shape = table.checked(sent, key)
        except (Problem, ServiceError) as problem:
            proposals = problem.proposals if isinstance(problem, Question) else ()
            shown.troubles.append(Trouble(key, name, problem.text, tuple(proposals)))
            if isinstance(problem, TooManyError):  # and so would be all that follow
                shown.status = problem.status
                break
            continue
        columns.append(Column(key, name, report))
        shown.shapes[key] = shape
    if len(columns) > 1 and not shown.troubles:
        shown.comparison = compared(columns, district.vocabulary, EFFECTS, language)
    elif not shown.troubles:
        shown.troubles.append(Trouble("", "", TOO_FEW))
    return _page(request, desk, who, district, sent, shown, part=x_part == "result")


@dataclass(frozen=True, slots=True)
class _Table:
    """One request that compares."""

    request: Request
    desk: Desk
    who: Who
    district: District
    language: str

    def checked(self, sent: Sent, key: str) -> tuple[Mapping[str, Any], BaseGeometry]:
        """Return report and outline of a variant, in the working CRS.

        Raises
        ------
        Problem, ServiceError
            If it cannot be used, or a person must decide something.
        """
        counted_in(self.desk, self.who, self.request)
        case = _word(sent, f"case-{key}")
        return self._of_case(case) if case else self._new(_asked(sent, key))

    def _of_case(self, case_id: str) -> tuple[Mapping[str, Any], BaseGeometry]:
        session = self.desk.session
        case = full_case_of(session, self.who, number(case_id))
        check, shapes = last_check(session, case, "done"), outlines(session, [case.id])
        if check is None or case.id not in shapes:
            raise ConflictError("check-not-done", UNCHECKED)
        note(session, self.who, case, check, "variants")
        body = report_of(session, self.who, check, self.language).body
        return orjson.loads(body), shapes[case.id]

    def _new(self, asked: Asked) -> tuple[Mapping[str, Any], BaseGeometry]:
        desk, district = self.desk, self.district
        source, _, intake = handed_in(asked, district, inside=desk.principal.inside)
        with (
            desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived,
            self.request.app.state.turns,
        ):
            plan = desk.read(arrived.path, asked.said(intake))
            found = assess(
                plan, district.catalogue, district.store, district.rules, district.vocabulary,
                language=self.language, audience=audience_named(self.who.audience), on=date.today(),
            )  # fmt: skip
        return found.document, plan.geometry.footprint


def _given(sent: Sent, key: str) -> bool:
    file = sent.fields.get(f"file-{key}", [""])[-1]
    named = bool(getattr(file, "filename", ""))
    return named or bool(_word(sent, f"outline-{key}") or _word(sent, f"case-{key}"))


def _word(sent: Sent, name: str) -> str:
    value = sent.fields.get(name, [""])[-1]
    return value.strip()[:5_000_000] if isinstance(value, str) else ""


def _asked(sent: Sent, key: str) -> Asked:
    """Return what one variant says, with what holds for all of them.

    Raises
    ------
    UnusableError
        If a field cannot be used.
    """
    of_all = {name: sent.fields[name][-1] for name in ("kind", "width_m", "radius_m")
              if sent.fields.get(name)}  # fmt: skip
    own = {name: sent.fields[f"{name}-{key}"] for name in OF_ONE if f"{name}-{key}" in sent.fields}
    values = {name: given if name == "option" else given[-1] for name, given in own.items()}
    try:
        return Asked.model_validate({**of_all, **values})
    except ValidationError as error:
        raise UnusableError("form-invalid", UNUSABLE) from error


def _page(
    request: Request,
    desk: Desk,
    who: Who,
    district: District,
    sent: Sent,
    shown: Shown,
    *,
    part: bool,
) -> Response:
    plans = [
        {"id": column.key, "href": f"#variante-{column.key}", "title": column.name,
         "light": f"v-{column.key.lower()}", "shape": shown.shapes[column.key]}
        for column in (shown.comparison.columns if shown.comparison else ())
    ]  # fmt: skip
    kinds = [(code, kind.title) for code, kind in district.vocabulary.kinds.items()]
    template = "variants_result.html" if part else "variants.html"
    return sheet(
        request, template, who, status=shown.status if shown.troubles else 200,
        keys=KEYS, kinds=kinds,
        cases=_cases(desk, who), word=lambda name: _word(sent, name), troubles=shown.troubles,
        options=shown.options, view=region(district), found=shown.comparison,
        data=drawn(plans, district) if plans else "",
    )  # fmt: skip


def _cases(desk: Desk, who: Who) -> list[tuple[UUID, str]]:
    """Return the plans handed in that the reader may compare."""
    if not may_call("GET /api/v1/checks/{check_id}/report", who):
        return []
    found = search.find(desk.session, who, search.Wanted(), most=MOST_CASES)
    return [(case.id, f"{case.reference} {case.title}") for case in found.cases]


UNCHECKED = Text(
    "Zu dieser Planung gibt es noch kein Prüfergebnis.", "There is no result for this plan yet."
)
UNUSABLE = Text(
    "Breite oder Radius sind keine Zahl zwischen 0 und 10.000 m.",
    "Width or radius is no number between 0 and 10,000 m.",
)
