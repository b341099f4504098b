"""Plans and intakes come over as they were; anything else does not come over at all."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache, reduce
from typing import Any

import pytest
import shapely
from pyproj import CRS
from shapely import Point

from gis.footprint import Area, Route, Sites
from gis.problem import Notice, Proposal, Text
from gis.repair import Change
from gis.transform import Transformation
from layers.apart.told import Told
from layers.apart.wire import LENGTH, UnfitError, packed, unpacked
from service.plans.child import Job
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.plans.plan import Part, Plan
from tests.builders import CRS25833, line, rectangle

named = cache(CRS.from_user_input)
TEXT = Text("Größe „7“", "size 😀")
PLAN = Plan(
    title="Sömmer\ud800", kind="radweg", uses=("wohnen",), procedure=None,
    geometry=Route(line((0.1, 1 / 3), (2e7, 5e-324)), 4, CRS25833),
    parts=(
        Part("building", None, Area(rectangle(0, 0, 10, 10), CRS25833)),
        Part("mast", "1", Sites(shapely.multipoints([Point(1, 2), Point(3, 4)]), 0.0, CRS25833)),
    ),
    attributes={"hoehe_m": 12, "leistung_mw": 1.5, "abriss": True, "beginn": "2027"},
    sha256="sha256:00", source_crs="EPSG:25833",
    transformation=Transformation("a", "b", 0.1, "c", TEXT, None), accuracy_m=0.0,
    repairs=(Change("make-valid", TEXT, 1.0, None),), notices=(Notice("z-dropped", TEXT),),
    steps=(TEXT,), facts={"dates": {"x": ["2026-01-01"]}, "scale": 500, "state": None},
)  # fmt: skip


def typed(value: Any) -> Any:
    """Return a value together with the types of everything in it: 12 is no 12.0 here."""
    if isinstance(value, dict):
        return {key: typed(each) for key, each in value.items()}
    return type(value), value


def test_a_plan_comes_over_as_it_was() -> None:
    got = unpacked(packed(PLAN), Plan, named)
    assert got == PLAN
    assert typed(dict(got.attributes)) == typed(dict(PLAN.attributes))
    assert [type(p.geometry) for p in got.parts] == [Area, Sites]
    assert isinstance(got.steps[0], Text)
    assert shapely.to_wkb(got.geometry.axis) == shapely.to_wkb(PLAN.geometry.axis)


def test_an_intake_comes_over_as_it_was() -> None:
    area = shapely.Point(0, 0).buffer(1e5, quad_segs=1_000)
    intake = Intake(
        CRS25833, vocabulary_of(), area, 15_000.0, accept=frozenset({"b", "a"}), width_m=3.5,
        uses=("wohnen",), attributes={"hoehe_m": "12"}, origin="drawn", named="Plan.gml",
    )  # fmt: skip
    assert unpacked(packed(Job("plan.gml", intake)), Job, named) == Job("plan.gml", intake)
    assert unpacked(packed(replace(intake, area=None)), Intake, named).area is None


def test_a_question_comes_over_and_is_no_plan() -> None:
    told = Told(True, "crs-missing", TEXT, (Proposal(TEXT, "--crs EPSG:25833"),))
    assert unpacked(packed(told), Plan | Told, named) == told
    with pytest.raises(UnfitError):
        unpacked(packed(told), Plan, named)


@pytest.mark.parametrize(
    "value", [Part("r", object(), PLAN.geometry), Change("k", TEXT, float("nan"), None)]
)  # type: ignore[arg-type]
def test_what_cannot_travel_does_not_start(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        packed(value)


# --- what another process may send ---------------------------------------------------------


def rewritten(change: Callable[[Any], None]) -> bytes:
    """Return the plan as bytes, with its header changed."""
    content = packed(PLAN)
    end = LENGTH.size + LENGTH.unpack_from(content)[0]
    header = json.loads(content[LENGTH.size : end])
    change(header)
    text = json.dumps(header).encode()
    return LENGTH.pack(len(text)) + text + content[end:]


def member(name: str, value: Any) -> Callable[[Any], None]:
    return lambda header: header["value"]["with"].update({name: value})


def of_geometry(value: Any) -> Callable[[Any], None]:
    return lambda header: header["value"]["with"]["geometry"]["with"].update(value)


def test_what_was_not_changed_fits() -> None:
    assert unpacked(rewritten(lambda _: None), Plan, named) == PLAN


@pytest.mark.parametrize(
    "change",
    [
        member("title", 7),
        member("title", None),
        member("uses", "wohnen"),
        member("uses", [["wohnen"]]),
        member("accuracy_m", float("nan")),
        member("accuracy_m", float("inf")),
        member("accuracy_m", True),
        member("attributes", {"hoehe_m": [1]}),
        member("attributes", []),
        member("facts", {"scale": float("nan")}),
        member("facts", {"scale": [float("-inf")]}),
        member("facts", reduce(lambda inner, _: [inner], range(40), {"deep": 1})),
        member("geometry", {"is": "Intake", "with": {}}),
        member("geometry", None),
        member("steps", [["nur deutsch"]]),
        member("another", 1),
        of_geometry({"axis": 99}),
        of_geometry({"axis": -1.5}),
        of_geometry({"axis": "POINT (1 2)"}),
        of_geometry({"crs": "EPSG:0"}),
        lambda header: header["value"]["with"].pop("title"),
        lambda header: header["value"].update({"is": "Told"}),
        lambda header: header.update(lengths=[1]),
        lambda header: header.update(lengths=[-1, *header["lengths"]]),
        lambda header: header.clear(),
    ],
)
def test_what_does_not_fit_is_not_taken(change: Callable[[Any], None]) -> None:
    with pytest.raises(UnfitError):
        unpacked(rewritten(change), Plan, named)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 7,
        b"\xff" * 20,
        LENGTH.pack(2) + b"{}",
        LENGTH.pack(1 << 60) + b"{}",
        LENGTH.pack(200_000) + b"[" * 200_000,
        LENGTH.pack(10_000) + b"9" * 10_000,
    ],
)
def test_nonsense_is_not_taken(content: bytes) -> None:
    with pytest.raises(UnfitError):
        unpacked(content, Plan, named)


def test_every_cut_is_found() -> None:
    content = packed(PLAN)
    for end in range(len(content)):
        with pytest.raises(UnfitError):
            unpacked(content[:end], Plan, named)


def test_a_geometry_that_is_not_finite_is_not_taken() -> None:
    bent = replace(PLAN, geometry=Area(Point(float("inf"), 0), CRS25833), parts=())
    with pytest.raises(UnfitError, match="not finite"):
        unpacked(packed(bent), Plan, named)


def test_a_geometry_that_nests_is_not_taken() -> None:
    bent = replace(PLAN, geometry=Area(shapely.from_wkt("GEOMETRYCOLLECTION EMPTY"), CRS25833))
    with pytest.raises(UnfitError, match="no plain geometry"):
        unpacked(packed(bent), Plan, named)


def test_a_vocabulary_travels() -> None:
    words = vocabulary_of()
    assert unpacked(packed(words), type(words), named) == words
