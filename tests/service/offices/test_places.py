"""Where a restricted object lies is for its keeper: neither report nor sentence tells others."""

from pathlib import Path

from tests.builders import catalogue, check, geojson, layer, line, rectangle, rule

OFFICES = [{"code": code, "name": f"Stelle {code}"} for code in ("ABB", "UDB")]


def test_where_restricted_objects_lie_only_their_keeper_learns(tmp_path: Path) -> None:
    track = geojson(tmp_path / "plan.geojson", [line((0, 0), (1000, 0))])
    wall = [(line((300, -50), (300, 50)), {"name": "GRABHÜGEL"}), (line((0, 3), (900, 3)), {}),
            (rectangle(500, -9, 600, 9), {"name": "ACKER"})]  # fmt: skip
    entry = layer(tmp_path, "secret", wall, visibility="restricted", keeper="ABB", name="name")
    beside = {"alongside": {"within": 20, "over": 50}}
    rules = [rule("C", "secret", "crosses", offices=["UDB"]),
             rule("D", "secret", beside, offices=["UDB"])]  # fmt: skip
    file = catalogue(tmp_path, [entry], rules, offices=OFFICES)
    told = {}
    for reader in ("office:ABB", "internal"):
        result = check(track, file, "--kind", "radweg", "--width", "4", "--audience", reader)
        found = result.finding("secret")
        things = {thing["name"]: thing for thing in found["objects"]}
        why = " ".join(reason["because"] for reason in result.reasons().values())
        told[reader] = things["GRABHÜGEL"]["crossings"], found["stretches"], why
        assert found["outcome"] == "affected"
    crossings, stretches, why = told["office:ABB"]
    assert crossings[0]["km"] == 0.3
    assert stretches
    assert "km 0,300" in why
    crossings, stretches, why = told["internal"]
    assert (crossings, stretches) == (None, None)  # not an empty list: there are some
    assert "GRABHÜGEL (auf 4 m, 1 × gequert)" in why
    assert "km" not in why
