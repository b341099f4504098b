from typing import Any

import pytest

from layers.catalogue import Entry, read_catalogue
from service.plans.kinds import vocabulary_of
from tests.builders import catalogue

BUILT_IN = (
    "bebauungsplan", "flaechennutzungsplan", "satzung", "bauvorhaben", "gewerbe", "radweg",
    "strasse", "schiene", "leitung", "breitbandtrasse", "windenergie", "pv_freiflaeche",
    "gewaesserbau", "abbau", "aufforstung", "sonstiges",
)  # fmt: skip


def test_all_kinds_are_built_in() -> None:
    assert tuple(vocabulary_of().kinds) == BUILT_IN


def test_uses_and_procedures_are_tags_beside_kinds() -> None:
    words = vocabulary_of()
    assert {"radweg", "batteriespeicher", "par13a"} <= words.tags
    assert "building" in words.roles


@pytest.mark.parametrize(
    ("kind", "instrument"), [("bebauungsplan", True), ("radweg", False), ("sonstiges", True)]
)
def test_an_instrument_may_hold_any_use(kind: str, instrument: bool) -> None:
    assert vocabulary_of().is_instrument(kind) is instrument


def test_a_wind_turbine_is_a_structure_and_its_area_is_not() -> None:
    words = vocabulary_of()
    assert words.is_structure("windenergie", "sites")
    assert not words.is_structure("windenergie", "area")
    assert not words.is_structure("bebauungsplan", "area")


def kinds(folder: Any, *rows: dict[str, Any]) -> tuple[Entry, ...]:
    return read_catalogue(catalogue(folder, {}, kinds=list(rows))).kinds


def test_a_catalogue_adds_kinds_and_redefines_them(tmp_path: Any) -> None:
    added = kinds(
        tmp_path,
        {"code": "seilbahn", "title": {"de": "Seilbahn", "en": "cable car"}},
        {"code": "radweg", "title": "Radschnellweg", "geometry": ["route"]},
    )
    words = vocabulary_of(added)
    assert words.title("seilbahn").en == "cable car"
    assert words.kinds["seilbahn"].geometry == ("area", "route", "sites")
    assert words.kinds["seilbahn"].radius_m is None
    assert words.kinds["radweg"].geometry == ("route",)
    assert not words.kinds["radweg"].needs_width
    assert tuple(words.kinds)[:16] == BUILT_IN
