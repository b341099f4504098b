from pathlib import Path
from typing import Any

import pytest

from service.plans import origin
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.plan import Plan
from tests.builders import CRS25833, catalogue, check, geojson, rectangle


def planned(tmp_path: Path, **said: Any) -> Plan:
    path = geojson(tmp_path / "plan.geojson", [rectangle(0, 0, 100, 100)])
    return read_plan(path, Intake(crs=CRS25833, vocabulary=vocabulary_of(), kind="satzung", **said))


@pytest.mark.parametrize(
    ("said", "sigma_m", "notices"),
    [
        ({}, 0, []),
        ({"origin": "official"}, 0, []),
        ({"origin": "official", "accuracy_m": 0.3}, 0.3, []),
        ({"origin": "traced"}, 5, ["outline-origin"]),
        ({"origin": "drawn"}, 5, ["outline-origin"]),
        ({"origin": "traced", "accuracy_m": 2.5}, 2.5, ["outline-origin"]),
        ({"origin": "parcels"}, 0.5, ["outline-origin"]),
    ],
)
def test_the_origin_gives_the_accuracy_and_is_told(
    tmp_path: Path, said: dict[str, Any], sigma_m: float, notices: list[str]
) -> None:
    plan = planned(tmp_path, **said)
    assert plan.accuracy_m == plan.sigma_m == sigma_m
    assert [n.code for n in plan.notices] == notices


def test_what_a_reader_is_told(tmp_path: Path) -> None:
    plan = planned(tmp_path, origin="traced")
    assert plan.notices[0].text.de.startswith("Umriss nachgezeichnet, Lagegenauigkeit 5 m;")
    assert plan.notices[0].text.en.startswith("Outline traced, accurate to 5 m;")
    assert "Umriss nachgezeichnet; übliche Lagegenauigkeit 5 m" in [s.de for s in plan.steps]
    stated = planned(tmp_path, origin="drawn", accuracy_m=3)
    assert "Umriss von Hand gezeichnet; Lagegenauigkeit laut Angabe 3 m" in [
        s.de for s in stated.steps
    ]


def test_it_reaches_tolerance_and_report(tmp_path: Path) -> None:
    """Eight metres into a layer is a clear hit; traced to 5 m it may be a shift."""
    path = geojson(tmp_path / "plan.geojson", [rectangle(0, 0, 100, 100)])
    where = catalogue(tmp_path, {"zone": [rectangle(92, 0, 200, 100)]})
    assert check(path, where, "--kind", "satzung").finding("zone")["outcome"] == "affected"
    traced = check(path, where, "--kind", "satzung", "--origin", "traced")
    assert traced.finding("zone")["outcome"] == "borders"
    assert traced.document["plan"]["declared_accuracy_m"] == 5
    assert "outline-origin" in [n["code"] for n in traced.document["plan"]["notices"]]


@pytest.mark.parametrize(
    ("pixel_m", "scale", "sigma_m"), [(0.1, None, 0.2), (0.1, 1000, 0.5), (2.0, 1000, 4.0)]
)
def test_what_is_proposed_for_a_traced_outline(
    pixel_m: float, scale: float | None, sigma_m: float
) -> None:
    assert origin.traced_accuracy_m(pixel_m, scale) == pytest.approx(sigma_m)
