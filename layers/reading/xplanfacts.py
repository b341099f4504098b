"""What an XPlanGML document says of its plan beside the outline, in words: plain data."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NotRequired, TypedDict

from layers.reading import xplancodes
from layers.reading.xml import children, local

LONGEST = 2_000  # characters of one text; the rest stays in the file
MOST = 500  # references, and text sections
SHORTENED = "…"


class Coded(TypedDict):
    """A number of a code list, and its word; None where the list is not XPlanung's own."""

    code: str
    text: str | None


class Municipality(TypedDict):
    """A municipality that sets up the plan: its key as written, which may be wrong."""

    ags: str
    name: str
    district: str


class Reference(TypedDict):
    """A document the plan refers to: `kind` in words, `address` a file name or URL, which is
    never fetched; `georeference` the file that says where its picture lies.
    """

    kind: str
    name: str
    address: str
    georeference: str
    media_type: str
    date: str
    description: str


class Section(TypedDict):
    """A section of the plan's text, cut to 2,000 characters."""

    key: str
    basis: str
    text: str


class XPlanFacts(TypedDict):
    """The facts of a plan. Dates are ISO texts by XPlanung's own names, several of a round each;
    `scale` is the number n of 1 : n.
    """

    type: str
    name: str
    number: str
    description: str
    municipalities: list[Municipality]
    plan_types: list[Coded]
    procedure: NotRequired[Coded]
    state: NotRequired[Coded]
    dates: dict[str, list[str]]
    references: list[Reference]
    texts: list[Section]
    scale: NotRequired[int]


def facts(mine: Sequence[Any], plan: Any) -> XPlanFacts:
    """Return the facts of `plan`; `mine` are the elements of the document that tell of it."""
    elements = [e for one in mine for e in one.iter()]
    kind = local(plan)
    found: XPlanFacts = {
        "type": kind,
        "name": _text(plan, "name"),
        "number": _text(plan, "nummer"),
        "description": _text(plan, "beschreibung"),
        "municipalities": [_municipality(e) for e in plan.iter() if local(e) == "XP_Gemeinde"],
        "plan_types": [_coded(e, xplancodes.TYPES, kind) for e in children(plan, "planArt")],
        "dates": {name: days for name in xplancodes.DATES if (days := _days(plan, name))},
        "references": _references(elements),
        "texts": _sections(elements),
    }
    for element in children(plan, "verfahren")[:1]:
        found["procedure"] = _coded(element, xplancodes.PROCEDURES, kind)
    for element in children(plan, "rechtsstand")[:1]:
        found["state"] = _coded(element, xplancodes.STATES, kind)
    scale = _text(plan, "erstellungsMassstab")
    if scale.isascii() and scale.isdigit() and int(scale[:9]) > 0:
        found["scale"] = int(scale[:9])
    return found


def _text(element: Any, name: str) -> str:
    """Return the text of the first child of this name, blanks as one; empty without one."""
    return next((_plain(child) for child in children(element, name)), "")


def _plain(element: Any) -> str:
    text = " ".join((element.text or "").split())
    return text if len(text) <= LONGEST else text[:LONGEST] + SHORTENED


def _coded(element: Any, lists: Mapping[str, xplancodes.Words], kind: str) -> Coded:
    code = _plain(element)
    return {"code": code, "text": lists.get(kind, {}).get(code)}


def _municipality(element: Any) -> Municipality:
    return {
        "ags": _text(element, "ags"),
        "name": _text(element, "gemeindeName"),
        "district": _text(element, "ortsteilName"),
    }


def _days(plan: Any, name: str) -> list[str]:
    days = [_day(_plain(element)) for element in children(plan, name)]
    return [day for day in days if day]


def _day(text: str) -> str:
    """Return a date without its time zone; empty where it is none."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _references(elements: Sequence[Any]) -> list[Reference]:
    found = []
    for holder in elements:
        for element in children(holder, "XP_SpezExterneReferenz", "XP_ExterneReferenz"):
            found.append(_reference(local(holder), element))
    return found[:MOST]


def _reference(holder: str, element: Any) -> Reference:
    code = _text(element, "typ")
    kind = xplancodes.DOCUMENTS.get(code) or xplancodes.ELEMENTS.get(holder)
    return {
        "kind": kind or "Dokument",
        "name": _text(element, "referenzName"),
        "address": _text(element, "referenzURL"),
        "georeference": _text(element, "georefURL"),
        "media_type": _text(element, "referenzMimeType"),
        "date": _day(_text(element, "datum")),
        "description": _text(element, "beschreibung"),
    }


def _sections(elements: Sequence[Any]) -> list[Section]:
    found = [e for e in elements if local(e).endswith("_TextAbschnitt")]
    return [_section(element) for element in found[:MOST]]


def _section(element: Any) -> Section:
    return {
        "key": _text(element, "schluessel"),
        "basis": _text(element, "gesetzlicheGrundlage"),
        "text": _text(element, "text"),
    }
