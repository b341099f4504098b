"""From a checked plan to what is drawn: the figures of the report, and who may see what."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from shapely.geometry.base import BaseGeometry

from layers.catalogue import read_catalogue
from layers.reading.ogr import engine
from layers.store import Store
from maps import geopackage, interactive
from maps.picture import Overlay, Picture
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.report.audience import audience_from
from service.report.picture import picture
from service.report.surroundings import FARTHEST_M, sheet, window
from service.review import review

pyogrio = engine()  # set up as everywhere, before anything else imports it

X, Y = 320_000.0, 5_670_000.0
PLAN = shapely.box(X - 100, Y - 100, X + 100, Y + 100)


def box(left: float, bottom: float, right: float, top: float) -> BaseGeometry:
    return shapely.box(X + left, Y + bottom, X + right, Y + top)


def line(*places: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString([(X + x, Y + y) for x, y in places])


LAYERS: Mapping[str, tuple[str, str, list[tuple[BaseGeometry, dict[str, Any]]]]] = {
    "gemeinden": ("public", "KE", [(box(-5_000, -5_000, 5_000, 5_000), {"name": "Rötha"})]),
    "nsg": ("public", "UNB", [
        (box(-300, -300, 0, 300), {"name": "Auwald"}),
        (box(120, -50, 200, 50), {"name": "Wiese"}),
    ]),
    "bahn": ("public", "BAHN", [
        (line((0, -2_000), (0, 2_000)), {"name": "Strecke 1", "von": 10.0, "bis": 14.0}),
    ]),
    "wald": ("public", "UFB", [(box(2_000, 2_000, 2_100, 2_100), {"name": "Forst"})]),
    "wald_geheim": ("restricted", "UFB", [(box(300, 300, 900, 900), {"name": "Horst"})]),
    "archaeologie": ("restricted", "UDB", [(box(-20, -20, 20, 20), {"name": "Grabhügel"})]),
    "kampfmittel": ("offices", "OA", [(box(50, 50, 90, 90), {"name": "Trichter"})]),
}  # fmt: skip
RULES = (
    ("N01", "nsg", "overlaps", "UNB", "prohibition", "§ 23 BNatSchG"),
    ("N02", "nsg", {"within": 50}, "UNB", "note", "§ 23 BNatSchG"),
    ("N03", "nsg", {"within": 50}, "KE", "support", "KEK"),
    ("B01", "bahn", "crosses", "BAHN", "consent", "EKrG"),
    ("D01", "archaeologie", "overlaps", "UDB", "consent", "§ 14 SächsDSchG"),
    ("K01", "kampfmittel", "overlaps", "OA", "note", "KampfmittelVO"),
    ("F01", "fehlt", "overlaps", "UFB", "consent", "SächsWaldG"),
)


def collection(features: list[tuple[BaseGeometry, dict[str, Any]]]) -> str:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
    rows = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for shape, row in features
    ]
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows})


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("katalog")
    layers = []
    for code, (visibility, keeper, features) in LAYERS.items():
        (folder / f"{code}.geojson").write_text(collection(features), encoding="utf-8")
        layers.append({
            "code": code, "title": {"de": code.title(), "en": f"{code} (en)"}, "keeper": keeper,
            "theme": "natur", "visibility": visibility, "name": "name", "accuracy_m": 1,
            "source": {"type": "file", "path": f"{code}.geojson"}, "data_date": "2026-01-31",
            "licence": "CC0-1.0", "attribution": "Landkreis",
        })  # fmt: skip
    layers[2]["linear_reference"] = {"section": "name", "from": "von", "to": "bis"}
    layers.append({**layers[0], "code": "fehlt", "source": {"type": "file", "path": "x.gpkg"}})
    (folder / "kreis.geojson").write_text(
        collection([(box(-5_000, -5_000, 60, 5_000), {"name": "Kreis"})]), encoding="utf-8"
    )
    offices = ["KE", "UNB", "BAHN", "UDB", "OA", "UFB"]
    content = {
        "title": {"de": "Test"}, "crs": "EPSG:25833", "area": {"path": "kreis.geojson"},
        "municipalities": {"layer": "gemeinden", "key": "name", "name": "name"},
        "offices": [{"code": c, "name": {"de": f"Stelle {c}"}} for c in offices],
        "layers": layers,
        "rules": [
            {"code": code, "layer": layer, "when": when, "offices": [office], "effect": effect,
             "basis": basis, "origin": "statute"}
            for code, layer, when, office, effect, basis in RULES
        ],
    }  # fmt: skip
    path = folder / "katalog.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def drawn(
    catalogue: Path,
    shape: BaseGeometry = PLAN,
    *,
    audience: str = "internal",
    language: str = "de",
    kind: str = "bebauungsplan",
    **more: Any,
) -> Picture:
    """Return the picture of a plan, as the command makes it."""
    plan = catalogue.parent / "plan.geojson"
    plan.write_text(collection([(shape, {"title": "Am See"})]), encoding="utf-8")
    known = read_catalogue(catalogue)
    words = vocabulary_of(known.kinds)
    store = Store(catalogue.parent / "store", known.crs)
    given = Intake(crs=known.crs, area=None, beside_m=0.0, vocabulary=words, kind=kind, **more)
    seer = audience_from(audience)
    found = review(plan, given, known, store, language=language, audience=seer, on=date(2026, 1, 1))
    return picture(found, words, language, store=store)


def overlay(picture: Picture, code: str) -> Overlay:
    return next(o for o in picture.overlays if o.code == code)


def test_an_object_carries_its_figures_grounds_and_offices(catalogue: Path) -> None:
    found = drawn(catalogue)
    reserve, meadow = overlay(found, "nsg").hits
    assert (reserve.title, meadow.title) == ("Auwald", "Wiese")
    assert reserve.overlap is not None
    assert reserve.overlap.area == pytest.approx(20_000)
    assert reserve.overlap_m2 == pytest.approx(20_000)
    assert dict(reserve.rows)["Überlagerte Fläche"] == "2,00 ha"
    assert dict(reserve.rows)["Anteil an der Planung"] == "50,0 %"
    assert reserve.basis[0] == (
        "§ 23 BNatSchG: Verbot, nur mit Ausnahme oder Befreiung (UNB; Gesetz)"
    )
    assert meadow.overlap is None
    assert dict(meadow.rows)["Abstand"] == "20 m"
    assert set(meadow.offices) == {"UNB", "KE"}
    assert [o.code for o in found.offices] == ["KE", "UNB", "BAHN", "UDB", "OA"]


def test_every_layer_has_its_line_with_the_outcome_of_the_report(catalogue: Path) -> None:
    found = drawn(catalogue)
    assert [o.code for o in found.overlays] == [*LAYERS, "fehlt"]
    assert overlay(found, "fehlt").outcome == "failed"
    assert "x.gpkg" in overlay(found, "fehlt").reason
    assert overlay(found, "fehlt").offices == ("UFB",)
    wood = overlay(found, "wald")
    assert wood.outcome == "not_covered"
    assert wood.uncovered is not None
    assert wood.uncovered.area == pytest.approx(40 * 200)
    assert any("20,0 % der Planung" in note for note in found.notes)


def test_restricted_objects_are_placed_only_for_their_keeper(catalogue: Path) -> None:
    (told,) = overlay(drawn(catalogue), "archaeologie").hits
    assert told.geometry is None
    assert told.overlap is None
    assert told.offices == ("UDB",)
    (placed,) = overlay(drawn(catalogue, audience="office:UDB"), "archaeologie").hits
    assert placed.geometry is not None
    assert placed.overlap is not None


@pytest.mark.parametrize("audience", ["public", "planner", "office:UNB", "office:UFB"])
def test_outsiders_learn_nothing_of_restricted_layers(
    catalogue: Path, audience: str, tmp_path: Path
) -> None:
    found = drawn(catalogue, audience=audience)
    assert not [o for o in found.overlays if o.code == "archaeologie"]
    page = interactive.render(found)
    geopackage.write(tmp_path / "x.gpkg", found)
    content = (tmp_path / "x.gpkg").read_bytes()
    for secret in ("Grabhügel", "SächsDSchG"):
        assert secret not in page
        assert secret.encode() not in content
    inside = audience.startswith("office")
    assert ("Trichter" in page) is inside
    assert (b"Trichter" in content) is inside


def test_the_place_of_a_restricted_object_is_in_no_file(catalogue: Path, tmp_path: Path) -> None:
    found = drawn(catalogue)
    assert "Grabhügel" in interactive.render(found)  # the finding itself is told
    geopackage.write(tmp_path / "x.gpkg", found)
    spatial = [n for n, kind in pyogrio.list_layers(tmp_path / "x.gpkg").tolist() if kind]
    shapes = [
        shape
        for name in spatial
        for shape in shapely.from_wkb(pyogrio.raw.read(tmp_path / "x.gpkg", layer=name)[2])
    ]
    assert len(shapes) > 5
    assert not any(shape.equals(box(-20, -20, 20, 20)) for shape in shapes)


def test_the_backdrop_is_made_of_public_layers(catalogue: Path) -> None:
    # Wide enough that the forests, open and restricted, would both lie in the window.
    found = drawn(catalogue, box(-2_000, -2_000, 1_900, 1_900), audience="office:UFB")
    grounds = {(b.ground, b.name) for b in found.backdrop}
    assert ("forest", "Forst") in grounds
    assert ("municipality", "Rötha") in grounds
    assert ("railway", "Strecke 1") in grounds
    assert ("district", "") in grounds
    assert not any("Horst" in name for _, name in grounds)
    cut = sheet(found.window).buffer(1e-6)
    assert all(b.geometry.within(cut) for b in found.backdrop)


def test_a_route_has_crossings_in_both_kilometres(catalogue: Path) -> None:
    found = drawn(catalogue, line((-300, 0), (50, 0)), kind="radweg", width_m=4.0)
    assert found.plan.axis is not None
    (track,) = overlay(found, "bahn").hits
    (crossing,) = track.crossings
    assert crossing.at_km == pytest.approx(0.3)
    assert crossing.angle_deg == pytest.approx(90)
    assert dict(crossing.rows)["Lage am Objekt"].startswith("Strecke 1, km 12,000")
    (hidden,) = overlay(found, "archaeologie").hits
    assert hidden.crossings == ()
    assert "Abschnitte" not in dict(hidden.rows)


def test_english_is_english(catalogue: Path) -> None:
    found = drawn(catalogue, language="en")
    reserve = overlay(found, "nsg").hits[0]
    assert dict(reserve.rows)["Share of the plan"] == "50.0 %"
    assert overlay(found, "nsg").title == "nsg (en)"
    assert "no assurance" in found.disclaimer


def test_what_it_rests_on_is_said(catalogue: Path) -> None:
    found = drawn(catalogue)
    rests_on = dict(found.provenance)
    assert rests_on["Planung"].startswith("sha256:")
    assert rests_on["Regeln"].startswith("sha256:")
    assert found.attribution == "Landkreis, CC0-1.0"
    assert "keine Zusicherung" in found.disclaimer


def test_the_same_check_gives_the_same_page(catalogue: Path) -> None:
    assert interactive.render(drawn(catalogue)) == interactive.render(drawn(catalogue))


def test_the_window_has_room_for_what_is_near() -> None:
    small = window(PLAN, [])
    assert shapely.box(*small).contains(PLAN.buffer(499))
    assert shapely.box(*window(PLAN, [1_000])).contains(PLAN.buffer(1_100))
    assert window(PLAN, [FARTHEST_M + 1]) == small
    left, bottom, right, top = window(line((0, 0), (0, 20_000)), [])
    assert right - left >= top - bottom
