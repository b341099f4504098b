"""Sample plans by both ways of looking: at all layers together, and one by one by definition."""

import json
from datetime import date
from functools import partial

import pytest

from service import review
from service.checks.run import run
from service.district import District
from service.plans.intake import Intake, read_plan
from tests.service.api import serving

district = serving.district
ON = date(2026, 4, 1)


def told(place: District, name: str) -> str:
    """Return the report of a sample plan, as text."""
    path = place.catalogue.path.parent / "plans" / f"{name}.geojson"
    plan = read_plan(path, Intake(place.catalogue.crs, place.vocabulary))
    found = review.assess(plan, place.catalogue, place.store, place.rules, place.vocabulary, on=ON)
    return json.dumps(found.document, ensure_ascii=False)


def test_every_report_is_the_same_to_the_byte(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = district.catalogue.path.parent / "plans"
    names = sorted(path.stem for path in folder.glob("*.geojson"))[::3]
    together = {name: told(district, name) for name in names}
    monkeypatch.setattr(review, "run", partial(run, together=False))
    alone = {name: told(district, name) for name in names}
    assert [name for name in names if together[name] != alone[name]] == []
    assert len(names) >= 6
