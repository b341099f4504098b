"""The pre-check: what would my plan touch? No log-in, nothing is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Header, Request, Response
from markupsafe import Markup
from pydantic import Field, field_validator

from gis.problem import Problem, Question
from maps import interactive
from maps.picture import Picture
from service.api.checks import counted_in
from service.api.dependencies import InDesk, InDistrict, InLanguage, Who
from service.api.handing_in import Said, handed_in
from service.cases.drawing import FORMS
from service.cases.results import audience_named
from service.district import District
from service.errors import ServiceError
from service.plans.answer import answered
from service.plans.intake import Intake
from service.plans.plan import Plan
from service.portal.entered import decimal, is_empty
from service.portal.live import region
from service.portal.rendering import page
from service.portal.verdict import verdict
from service.portal.wanting import Answers, missing, without_questions
from service.report.picture import picture
from service.report.table import csv_text
from service.review import Review, assess

router = APIRouter(include_in_schema=False)
Shown = dict[str, Any]


class Asked(Answers, Said):
    """The form of the pre-check; a browser sends empty fields, too."""

    take: Literal["", "map", "csv", "geopackage"] = Field("", description="a file to take along")
    csrf: str = Field("", max_length=200)

    @field_validator("file", "outline", "parcels", "kind", "width_m", "radius_m", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return None if is_empty(value) else value

    @field_validator("width_m", "radius_m", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return decimal(value)

    def said(self, intake: Intake) -> Intake:
        """Return an intake with the answers given so far."""
        for option in self.options:
            intake = answered(intake, option)
        return intake


NOTHING: Shown = {
    "problem": None, "proposals": (), "options": (), "plan": None, "map": None, "missing": (),
    "ask": (), "verdict": None,
}  # fmt: skip
TAKEN = {
    "map": ("html", "text/html; charset=utf-8"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "geopackage": ("gpkg", "application/geopackage+sqlite3"),
}


@router.get("/vorpruefung")
def blank(request: Request, who: Who, district: InDistrict) -> Response:
    """Show the empty form."""
    return _page(request, who, district, Asked.model_validate({}), NOTHING, 200, part=False)


@router.post("/vorpruefung")
def check(
    form: Annotated[Asked, Form(media_type="multipart/form-data")],
    request: Request,
    desk: InDesk,
    district: InDistrict,
    who: Who,
    language: InLanguage,
    x_part: Annotated[str, Header()] = "",
) -> Response:
    """Check what the form holds; with `X-Part` only the result, for the page that is open."""
    part = x_part == "result"
    try:
        counted_in(desk, who, request)
        source, _, intake = handed_in(form, district, inside=desk.principal.inside)
        with (
            desk.blobs.arriving(source, most=desk.settings.upload_bytes) as arrived,
            request.app.state.turns,
        ):
            plan = desk.read(arrived.path, form.said(intake))
            found, drawn = pictured(plan, district, language, who.audience)
            if form.take:
                return _taken(form.take, found, drawn, language)
            shown = {**looked_over(found, drawn, district), "options": form.options}
    except (Problem, ServiceError) as problem:
        shown = refused(problem, form.options)
        return _page(request, who, district, form, shown, status_of(problem), part)
    return _page(request, who, district, form, shown, 200, part)


def pictured(plan: Plan, district: District, language: str, named: str) -> tuple[Review, Picture]:
    """Return what a plan would touch, as the audience `named` may know it, and its picture."""
    audience = audience_named(named)
    found = assess(
        plan, district.catalogue, district.store, district.rules, district.vocabulary,
        language=language, audience=audience, on=date.today(),
    )  # fmt: skip
    drawn = picture(found, district.vocabulary, language, store=district.store)
    return found, drawn


def looked_over(found: Review, drawn: Picture, district: District) -> Shown:
    """Return what a page shows of a plan that was checked."""
    notes = without_questions(found.document, district.rules, drawn.notes)
    shown = Markup(interactive.fragment(replace(drawn, notes=notes)))  # noqa: S704 - our template's
    wanted = missing(found.document, district.rules)
    named = {one["office"] for one in found.document["offices"]}
    ask = [one for one in district.catalogue.offices if one.code in named]
    return {
        **NOTHING, "plan": drawn.plan.rows, "map": shown, "missing": wanted, "ask": ask,
        "verdict": verdict(found.document),
    }  # fmt: skip


def _taken(form: str, found: Review, drawn: Picture, language: str) -> Response:
    """Return the result as a file; nothing of it is kept here."""
    ending, kind = TAKEN[form]
    body = csv_text(found.document, language).encode() if form == "csv" else FORMS[form](drawn)
    headers = {
        "Content-Disposition": f'attachment; filename="belang-vorpruefung.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(body, 200, headers, media_type=kind)


def refused(problem: Problem | ServiceError, options: Sequence[str]) -> Shown:
    """Return why a plan cannot be used, or what a person must decide first."""
    proposals = problem.proposals if isinstance(problem, Question) else ()
    return {**NOTHING, "problem": problem, "proposals": proposals, "options": options}


def status_of(problem: Problem | ServiceError) -> int:
    """Return the status that says so."""
    return problem.status if isinstance(problem, ServiceError) else 422


def _page(
    request: Request,
    who: Who,
    district: District,
    form: Asked,
    shown: Shown,
    status: int,
    part: bool,
) -> Response:
    kinds = [(code, kind.title) for code, kind in district.vocabulary.kinds.items()]
    template = "plan_result.html" if part else "precheck.html"
    return page(
        request, template, who, status=status, given=form, form="precheck", kinds=kinds,
        view=region(district), **shown,
    )  # fmt: skip
