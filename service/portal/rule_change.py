"""A changed set of rules on past cases: whom it would ask, whom no longer. Nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from gis.problem import Text
from layers.document import CatalogueError
from service.api.checks import counted_in
from service.api.dependencies import InDesk, InDistrict, Who
from service.cases.reading import note_aside
from service.cases.results import restricted
from service.cases.simulating import GIVEN, Tried, simulated
from service.district import District
from service.portal.forms import InForm, Sent
from service.portal.sheet import sheet

router = APIRouter(include_in_schema=False)
MOST = 40  # cases
LARGEST = 5_000_000  # bytes of rules
NO_RULES = Text(
    "Bitte eine Regeldatei wählen oder Regeln einfügen.",
    "Please choose a file of rules, or paste some.",
)


@router.get("/regelvergleich")
def blank(request: Request, who: Who, district: InDistrict) -> Response:
    """Show the empty form."""
    return _page(request, who, district, "", None, [], part=False)


@router.post("/regelvergleich")
def simulate(
    request: Request,
    sent: InForm,
    desk: InDesk,
    who: Who,
    district: InDistrict,
    x_part: Annotated[str, Header()] = "",
) -> Response:
    """Try the rules on the latest cases and show what would differ."""
    part = x_part == "result"
    counted_in(desk, who, request)
    text = _rules(sent)
    if not text.strip():
        return _page(request, who, district, text, None, [NO_RULES], part=part)
    try:
        with request.app.state.turns:
            found = list(
                simulated(desk.session, who, district, desk.blobs, desk.read, text, most=MOST)
            )
    except CatalogueError as error:
        faults = [f"{GIVEN}:{one.line}: {one.key}: {one.message}" for one in error.faults[:20]]
        return _page(request, who, district, text, None, [Text(f, f) for f in faults], part=part)
    note_aside(desk.session, who, "rules", restricted(district.catalogue).get(who.audience, []))
    return _page(request, who, district, text, found, [], part=part)


def _rules(sent: Sent) -> str:
    file = sent.fields.get("file", [""])[-1]
    if getattr(file, "filename", ""):
        return str(file.file.read(LARGEST).decode("utf-8", errors="replace"))
    pasted = sent.fields.get("rules", [""])[-1]
    return pasted if isinstance(pasted, str) else ""


def _page(
    request: Request,
    who: Who,
    district: District,
    text: str,
    found: list[Tried] | None,
    faults: list[Text],
    *,
    part: bool,
) -> Response:
    template = "rule_change_result.html" if part else "rule_change.html"
    return sheet(
        request, template, who, text=text, found=found, faults=faults,
        names={o.code: o.name for o in district.catalogue.offices}, most=MOST,
        status=422 if faults else 200,
    )  # fmt: skip
