from pathlib import Path
from typing import Any

import pytest

from layers.layer import HalfWidth, Source, source_from


@pytest.mark.parametrize(
    ("width", "row", "half"),
    [
        (HalfWidth(metres=7.5), {}, 7.5),
        (HalfWidth(), {}, 0.0),
        (HalfWidth(attribute="breite"), {"breite": 15}, 7.5),
        (HalfWidth(attribute="breite"), {"breite": "15.0"}, 7.5),
        (HalfWidth(attribute="breite"), {"breite": 0}, 0.0),
        (HalfWidth(attribute="breite"), {"breite": None}, 0.0),
        (HalfWidth(attribute="breite"), {}, 0.0),
    ],
)
def test_from_the_axis_to_the_edge(width: HalfWidth, row: dict[str, Any], half: float) -> None:
    assert width.of(row) == half


@pytest.mark.parametrize("value", [-1, "breit", float("nan"), float("inf"), 20_001])
def test_a_width_that_is_none_is_no_width_of_nought(value: Any) -> None:
    with pytest.raises(ValueError, match=r"width|float"):
        HalfWidth(attribute="breite").of({"breite": value})


FOLDER = Path("/k")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"type": "file", "path": "a/nsg.gpkg"}, "nsg.gpkg"),
        ({"type": "wfs", "url": "https://geo.example.org:8443/wfs?x=1", "layer": "a"},
         "geo.example.org"),
        ({"type": "postgis", "dsn_env": "X", "table": "kataster.flur"}, "kataster.flur"),
        ({"type": "postgis", "dsn_env": "X", "query": "SELECT 1"}, "postgis"),
        ({"type": "manual", "viewer": "https://karte.example.org/a"}, "karte.example.org"),
    ],
)  # fmt: skip
def test_a_source_has_a_name_that_tells_no_secrets(said: dict[str, Any], name: str) -> None:
    assert source_from(said, FOLDER).name == name


def test_a_source_is_a_value_that_follows_everything_said_of_it() -> None:
    said = {"type": "wfs", "url": "https://a.example", "layer": 4, "attributes": {"keep": ["a"]}}
    source = source_from(said, FOLDER)
    assert source == source_from(dict(reversed(said.items())), FOLDER)
    assert hash(source) == hash(source_from(said, FOLDER))
    assert source.layer == "4"
    assert source.path is None
    assert source.options == {"url": "https://a.example", "attributes": {"keep": ["a"]}}
    assert source != source_from({**said, "attributes": {"keep": ["b"]}}, FOLDER)


def test_paths_are_absolute_and_need_not_exist() -> None:
    assert source_from({"path": "../b/./c.gpkg"}, FOLDER) == Source("file", Path("/b/c.gpkg"))
    assert source_from({"path": "/x/c.gpkg"}, FOLDER).path == Path("/x/c.gpkg")
