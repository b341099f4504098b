"""Rules tried on a plan: whoever tries them learns what holds and why, and no more."""

from datetime import date
from pathlib import Path

import pytest

from layers.catalogue import read_catalogue
from layers.store import Store
from service.district import District
from service.portal.rule_trial import lines_of
from service.review import gather
from tests.builders import catalogue, layer, line, plan_of, route, rule


@pytest.mark.parametrize(
    ("visibility", "said"), [("public", "gequert bei km 0,300"), ("restricted", "1 × gequert")]
)
def test_where_restricted_objects_lie_is_not_said(
    tmp_path: Path, visibility: str, said: str
) -> None:
    wall = [(line((300, -50), (300, 50)), {"name": "GRABHÜGEL"})]
    entry = layer(tmp_path, "wall", wall, visibility=visibility, keeper="ABB", name="name")
    rules = [rule("C", "wall", "crosses", offices=["UDB"])]
    offices = [{"code": code, "name": f"Stelle {code}"} for code in ("ABB", "UDB")]
    read = read_catalogue(catalogue(tmp_path, [entry], rules, offices=offices))
    here = District(read, Store(tmp_path / "data", read.crs))
    track = plan_of(route(line((0, 0), (1000, 0))), kind="radweg")
    found = gather(track, read, here.store, here.rules, here.vocabulary, on=date(2026, 11, 25))
    (told,) = lines_of(found, "UDB")
    assert told.why is not None
    assert "GRABHÜGEL" in told.why.de
    assert said in told.why.de
    assert ("km" in told.why.de) == (visibility == "public")
