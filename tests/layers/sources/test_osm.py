"""OpenStreetMap PBF files, small and written by the tests."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from layers.layer import Source
from layers.sources import osm
from tests.layers.sources.harvesting import IMPATIENT, PATIENT, Harvested, harvest
from tests.upstream import osmfile


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    path = tmp_path / "kreis.osm.pbf"
    osmfile.write(path)
    return path


def harvested(path: Path, layer: str = "multipolygons", **said: object) -> Harvested:
    source = Source("osm", path, layer, json.dumps(said))
    return harvest(osm.pages, source, path.parent / "spool")


def test_all_areas_with_all_their_tags(extract: Path) -> None:
    got = harvested(extract)

    assert (got.refusal, got.protocol.received) == (None, 30)
    assert got.protocol.complete
    assert got.rows[0] == {
        "osm_id": "way/1", "landuse": "forest", "name": "Wäldchen", "leaf_type": "mixed",
    }  # fmt: skip
    assert got.shapes[0].area == pytest.approx(0.0005**2, rel=1e-6)
    assert got.shapes[0].bounds == pytest.approx((12.5, 51.1, 12.5005, 51.1005))


@pytest.mark.parametrize(
    ("layer", "tags", "number"),
    [
        ("multipolygons", {"landuse": ["forest", "meadow"], "leaf_type": "*"}, 10),
        ("multipolygons", {"building": ["yes", "o'clock"], "addr:street": "*"}, 10),
        ("points", {"natural": ["tree"]}, 1),
    ],
)
def test_a_filter_by_tags(extract: Path, layer: str, tags: dict[str, object], number: int) -> None:
    got = harvested(extract, layer, tags=tags)

    assert (got.refusal, got.protocol.received) == (None, number)


def test_a_further_filter_in_cql2(extract: Path) -> None:
    got = harvested(extract, tags={"landuse": "*"}, where="leaf_type = 'mixed'")

    assert (len(got.rows), got.protocol.dropped) == (10, (("where", 10),))


@pytest.mark.parametrize("cut", [1, 3, 100, 400])
def test_a_file_that_breaks_off(extract: Path, cut: int) -> None:
    extract.write_bytes(extract.read_bytes()[:-cut])

    assert harvested(extract).code == "source-truncated"


@pytest.mark.parametrize(
    "content", [b"", b"<osm/>", b"\x00\x00\x00\x05hello", struct.pack(">I", 9_999_999) + b"x" * 99]
)
def test_a_file_that_is_none(extract: Path, content: bytes) -> None:
    extract.write_bytes(content)

    assert harvested(extract).code == "source-content"


def test_a_damaged_blob_is_not_passed_over(extract: Path) -> None:
    content = bytearray(extract.read_bytes())
    content[-20:-10] = b"\xff" * 10
    extract.write_bytes(content)

    assert harvested(extract).code == "source-content"


def test_a_missing_file(tmp_path: Path) -> None:
    assert harvested(tmp_path / "nix.pbf").code == "file-missing"


def test_a_process_that_takes_too_long_is_ended(extract: Path) -> None:
    source = Source("osm", extract, "multipolygons")
    got = harvest(
        osm.pages, source, extract.parent / "spool", manners=replace(IMPATIENT, harvest=0.05)
    )

    assert got.code == "source-slow"
    assert PATIENT.harvest > IMPATIENT.read
