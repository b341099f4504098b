"""What a catalogue states of a source arrives at the module that reads it."""

from pathlib import Path
from typing import Any

import pytest

from gis.problem import Refusal
from layers.harvest.mapping import Classes, Width, row
from layers.layer import Source, source_from
from layers.sources import stated


def source(**said: Any) -> Source:
    return source_from(said, Path("/k"))


def test_a_service() -> None:
    service = stated.service(
        source(
            type="wfs", url="https://a.example", layer="a", version="1.1.0", crs="EPSG:25833",
            axes="swapped", bbox=[11, 50, 13, 52], where="b = 1", page=77, sort="id",
        )
    )  # fmt: skip
    assert (service.url, service.layer, service.version) == ("https://a.example", "a", "1.1.0")
    assert (service.crs, service.swapped, service.bbox) == ("EPSG:25833", True, (11, 50, 13, 52))
    assert (service.where, service.page, service.sort) == ("b = 1", 77, "id")


def test_a_service_without_more() -> None:
    service = stated.service(source(type="arcgis", url="https://a.example", layer=0))
    assert (service.layer, service.swapped, service.bbox, service.page) == ("0", False, None, 1_000)


def test_a_database_is_reached_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    said = source(type="postgis", dsn_env="KATASTER_DSN", table="s.t", geometry="g", id="gid")
    monkeypatch.setenv("KATASTER_DSN", "service=kataster")
    database = stated.database(said)
    assert (database.dsn, database.table, database.geometry) == ("service=kataster", "s.t", "g")
    assert database.id == "gid"
    monkeypatch.delenv("KATASTER_DSN")
    with pytest.raises(Refusal, match="KATASTER_DSN") as caught:
        stated.database(said)
    assert caught.value.code == "source-unset"


def test_a_mapping() -> None:
    mapping = stated.mapping(
        source(
            type="file", path="a",
            attributes={
                "rename": {"name": "NAME"},
                "constant": {"klasse": None},
                "classes": {"art": {"attribute": "TYP", "values": {"1": "see"}, "other": "x"}},
                "widths": {"breite_m": {"attribute": "CM", "factor": 0.01}},
                "keep": ["name", "klasse", "art", "breite_m"],
            },
        )
    )  # fmt: skip
    assert mapping.classes == {"art": Classes("TYP", {"1": "see"}, "x")}
    assert mapping.widths == {"breite_m": Width("CM", 0.01)}
    made = row({"NAME": "n", "TYP": 1, "CM": 350, "weg": 0}, mapping)
    assert made == {"name": "n", "klasse": None, "art": "see", "breite_m": 3.5}


def test_no_mapping_changes_nothing() -> None:
    same = {"a": 1, "b": None}
    assert row(same, stated.mapping(source(type="file", path="a"))) == same
