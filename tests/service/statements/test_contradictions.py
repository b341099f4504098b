"""Points that exclude each other: found by declared pairs and places, settled by a person."""

import pytest
import shapely
import shapely.geometry

from service.statements.content import Point, Resolution
from service.statements.contradictions import contradictions, declared

# Two sentences of offices for every declared pair, as they are written in practice.
SAID = {
    "hedge": (
        "Die Hecke entlang der Zufahrt ist zu erhalten.",
        "Das Sichtdreieck ist von Bewuchs freizuhalten; die Hecke ist zu beseitigen.",
    ),
    "infiltration": (
        "Das Niederschlagswasser ist auf den Grundstücken zu versickern.",
        "Wegen der Altlast ist eine Versickerung unzulässig.",
    ),
    "lighting": (
        "Entlang des Radweges ist eine Beleuchtung vorzusehen.",
        "Eine Beleuchtung zum Waldrand hin ist auszuschließen.",
    ),
    "access": (
        "Eine zweite Zufahrt zur Feuerwehr ist herzustellen.",
        "Neue Zufahrten zur Kreisstraße sind unzulässig.",
    ),
    "shore": (
        "Das Ufer ist öffentlich zugänglich zu halten.",
        "Das Ufer ist wegen Rutschungsgefahr abzusperren.",
    ),
    "noise-barrier": (
        "An der Autobahn ist ein Lärmschutzwall zu errichten.",
        "Die Kaltluftbahn ist von Bauwerken freizuhalten.",
    ),
    "solar-roof": (
        "Photovoltaik auf Dächern ist festzusetzen.",
        "Solaranlagen auf dem Dach des Denkmals sind unzulässig.",
    ),
    "build-or-keep-free": (
        "Der Gewässerrandstreifen ist von jeder Bebauung freizuhalten.",
        "Der Radweg ist hier zu verbreitern.",
    ),
    "keep-or-remove": (
        "Die Trockenmauer ist zu erhalten.",
        "Die Einfriedung ist zu entfernen.",
    ),
}


def at(x: float, y: float = 0.0) -> dict[str, object]:
    return dict(shapely.geometry.mapping(shapely.Point(x, y).buffer(10)))


def said(code: str, **places: dict[str, object] | None) -> list[Point]:
    first, second = SAID[code]
    return [
        Point("A-1", "A", "forderung", first, place=places.get("a")),
        Point("B-1", "B", "forderung", second, place=places.get("b")),
    ]


def test_every_declared_pair_has_an_example() -> None:
    assert {pair.code for pair in declared()} == set(SAID)


@pytest.mark.parametrize("code", SAID)
@pytest.mark.parametrize("turned", [False, True])
def test_declared_pairs_are_found_whoever_says_which(code: str, turned: bool) -> None:
    points = said(code, a=at(0), b=at(5))
    (found,) = contradictions(points[::-1] if turned else points)
    assert {found.first, found.second} == {"A-1", "B-1"}
    assert found.code == code
    assert found.open
    assert found.because.de
    assert found.because.en


@pytest.mark.parametrize("code", SAID)
def test_at_different_places_nothing_excludes_anything(code: str) -> None:
    assert contradictions(said(code, a=at(0), b=at(500))) == ()


def test_without_places_only_pairs_count_that_need_none() -> None:
    assert {code for code in SAID if contradictions(said(code))} == {
        pair.code for pair in declared() if not pair.at_place
    }


def test_an_office_does_not_contradict_itself_and_notes_demand_nothing() -> None:
    first, second = SAID["hedge"]
    same = [Point("A-1", "A", "forderung", first), Point("A-2", "A", "forderung", second)]
    assert contradictions(same) == ()
    notes = [Point("A-1", "A", "hinweis", first), Point("B-1", "B", "forderung", second)]
    assert contradictions(notes) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Die Hecke ist zu erhalten.", "Die Bäume am Ufer sind zu erhalten."),
        ("Versickerung ist unzulässig.", "Versickerung ist ausgeschlossen."),
        ("Die Zufahrt ist herzustellen.", "Die Leitung ist zu sichern."),
        ("Löschwasser ist nachzuweisen.", "Der Wald hält 30 m Abstand."),
    ],
)
def test_agreeing_demands_are_left_alone(first: str, second: str) -> None:
    points = [Point("A-1", "A", "forderung", first), Point("B-1", "B", "forderung", second)]
    assert contradictions(points) == ()


def test_a_mark_and_a_resolution_of_the_coordinator_count() -> None:
    points = said("hedge")
    others = [Point("C-1", "C", "hinweis", "x"), Point("D-1", "D", "hinweis", "y")]
    settled = Resolution("B-1", "A-1", "Rückschnitt auf 0,80 m.", "Leitung", "2026-04-02")
    found = contradictions(
        [*points, *others], marked=[("C-1", "D-1"), ("C-1", "X-1")], resolutions=[settled]
    )
    assert [(c.first, c.second, c.way, c.open) for c in found] == [
        ("C-1", "D-1", "marked", True),
        ("A-1", "B-1", "declared", False),
    ]
