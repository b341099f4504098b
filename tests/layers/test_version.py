import dataclasses
import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely

from gis.crs import crs_from
from gis.problem import Refusal
from layers import building, index, sorting
from layers.features import Ready, ready
from layers.made import made
from layers.reading.features import Features, shapes
from layers.version import (
    DamagedError,
    LayerVersion,
    OtherFormatError,
    checked_facts,
    checked_text,
    open_version,
    united,
    verify_version,
)

CRS = crs_from("EPSG:25833")


def some(number: int = 5, part: slice = slice(None), **more: Any) -> Ready:
    kinds = [shapely.box(0, 0, 9, 9), shapely.Point(50, 5), shapely.LineString([(20, 0), (30, 9)])]
    geometries = shapes(
        [shapely.transform(kinds[i % 3], lambda xy, i=i: xy + i) for i in range(number)]
    )
    rows = tuple({"nr": i, "name": f"Größe {i}", "breite": i / 2, **more} for i in range(number))
    features = Features(shapes(list(geometries[part])), rows[part], "EPSG:25833", "test")
    return ready(features, CRS, id_attribute="nr")


def build_version(root: Path, batches: Iterable[Ready], crs: Any, **more: Any) -> building.Built:
    return building.build_version(root, map(made, batches), crs, **more)


def write_version(root: Path, wanted: Ready, crs: Any = CRS) -> LayerVersion:
    return build_version(root, [wanted], crs).version


def same(version: LayerVersion, wanted: Ready) -> None:
    found = version.everything()
    assert found.ids == wanted.ids
    assert shapely.equals_exact(found.geometries, wanted.geometries, tolerance=0).all()
    assert found.attributes == wanted.attributes


def test_what_is_written_is_read(tmp_path: Path) -> None:
    wanted = some()
    version = write_version(tmp_path, wanted, CRS)
    same(version, wanted)
    same(open_version(version.folder), wanted)
    assert version.folder == tmp_path / version.sha256.removeprefix("sha256:")
    assert version.count == 5
    assert version.dimensions == {0, 1, 2}
    assert version.crs == CRS
    assert version.attributes == {"nr", "name", "breite"}
    assert version.maximum("breite") == 2
    assert version.maximum("name") == version.maximum("missing") == 0
    assert version.bounds.tolist() == shapely.bounds(wanted.geometries).tolist()
    assert version.transformation_accuracy_m == 0
    assert version.notes == ()


def test_only_what_is_asked_for_is_decoded(tmp_path: Path) -> None:
    wanted = some()
    found = write_version(tmp_path, wanted, CRS).objects(np.array([3, 1]))
    assert found.ids == (wanted.ids[3], wanted.ids[1])
    assert write_version(tmp_path, wanted, CRS).objects(np.array([], dtype=int)).ids == ()


def test_the_table_for_people_holds_the_same(tmp_path: Path) -> None:
    wanted = some()
    frame = geopandas.read_parquet(write_version(tmp_path, wanted, CRS).folder / "features.parquet")
    assert frame.crs == CRS
    assert frame["belang_id"].tolist() == list(wanted.ids)
    assert frame["name"].tolist() == [row["name"] for row in wanted.attributes]
    assert shapely.equals_exact(frame.geometry.values, wanted.geometries, tolerance=0).all()


def test_attributes_that_no_table_can_hold_as_they_are(tmp_path: Path) -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"mixed": 1, "large": 10**30, "belang_id": "own", "geometry": "x", "gap": None, "t": True},
        {"mixed": "zwei", "large": 2, "number": 1.5},
        {"number": 7, "t": None},
    )
    points = shapes([shapely.Point(i, i) for i in range(3)])
    wanted = ready(Features(points, rows, "EPSG:25833", "test"), CRS, id_attribute=None)
    version = write_version(tmp_path, wanted, CRS)
    same(version, wanted)
    frame = geopandas.read_parquet(version.folder / "features.parquet")
    assert frame["belang_id"].tolist() == ["1", "2", "3"]
    assert frame["belang_id_"].tolist()[0] == "own"
    assert frame["mixed"].tolist()[:2] == ["1", "zwei"]
    assert frame["number"].tolist()[1:] == [1.5, 7.0]


def test_a_version_without_objects(tmp_path: Path) -> None:
    empty = ready(Features(shapes([]), (), "EPSG:25833", "test"), CRS, id_attribute=None)
    version = write_version(tmp_path, empty, CRS)
    assert (version.count, version.dimensions) == (0, frozenset())
    assert version.bounds.shape == (0, 4)
    assert version.everything().ids == ()
    assert united(version).is_empty
    assert len(geopandas.read_parquet(version.folder / "features.parquet")) == 0


def test_broken_objects_keep_their_place(tmp_path: Path) -> None:
    outside = "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (20 20, 30 20, 30 30, 20 30, 20 20))"
    geometries = shapes([shapely.from_wkt(outside), None])
    wanted = ready(Features(geometries, ({}, {}), "EPSG:25833", "test"), CRS, id_attribute=None)
    version = open_version(write_version(tmp_path, wanted, CRS).folder)
    assert version.broken == wanted.broken
    assert [b.bounds for b in version.broken] == [(0, 0, 9, 9), None]


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    folder = write_version(tmp_path, some(), CRS).folder
    before = {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.iterdir()}
    write_version(tmp_path, some(), CRS)
    assert {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in folder.iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = (write_version(tmp_path / name, some(), CRS).folder for name in ("a", "b"))
    for name in ("index.bin", "version.json", "features.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def read_all(folder: Path) -> list[Any]:
    """Return everything a check, the guard or a comparison may use of a version."""
    version = open_version(folder)
    found = version.everything()
    return [
        version.bounds.tolist(), found.ids, shapely.to_wkb(found.geometries).tolist(),
        found.attributes, dict(version.facts), version.verified("keys").tolist(),
        version.verified("marks").tolist(),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["index.bin", "version.json"])
def test_no_flipped_byte_goes_unnoticed(tmp_path: Path, name: str) -> None:
    folder = write_version(tmp_path, some(3), CRS).folder
    wanted = read_all(folder)
    content = (folder / name).read_bytes()
    unnoticed = []
    for at in range(len(content)):
        (folder / name).write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        try:
            if read_all(folder) != wanted:
                unnoticed.append(at)
        except ValueError:
            (folder / "damaged").unlink(missing_ok=True)
    assert not unnoticed


@pytest.mark.parametrize("name", ["index.bin", "version.json", "features.parquet"])
def test_verifying_finds_every_flipped_byte(tmp_path: Path, name: str) -> None:
    folder = write_version(tmp_path, some(2), CRS).folder
    verify_version(folder)
    content = (folder / name).read_bytes()
    for at in range(0, len(content), 1 if len(content) < 2_500 else 7):
        (folder / name).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(DamagedError):
            verify_version(folder)
        (folder / "damaged").unlink(missing_ok=True)
    (folder / name).write_bytes(content)
    verify_version(folder)
    (folder / "stray").touch()
    with pytest.raises(DamagedError):
        verify_version(folder)


def test_the_hash_does_not_depend_on_order_or_batches(tmp_path: Path) -> None:
    whole = some(9)
    parts = [some(9, slice(0, 2)), some(9, slice(2, 9))]
    back = [some(9, slice(8, None, -1))]
    versions = [
        build_version(tmp_path / str(number), batches, CRS).version
        for number, batches in enumerate(([whole], parts, parts[::-1], back))
    ]
    assert len({version.sha256 for version in versions}) == 1
    for version in versions:
        same(version, whole)


def test_a_version_too_large_for_memory_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte by byte, though its tables were sorted on the disk, a few objects at a time."""
    batches = [some(60, slice(n, n + 5)) for n in range(55, -1, -5)]
    whole = build_version(tmp_path / "whole", batches, CRS).version.folder
    monkeypatch.setattr(index, "Runs", functools.partial(sorting.Runs, most=7))
    parts = build_version(tmp_path / "parts", batches, CRS).version.folder
    for name in ("index.bin", "version.json", "features.parquet"):
        assert (whole / name).read_bytes() == (parts / name).read_bytes()
    assert [p.name for p in parts.parent.iterdir()] == [parts.name]


def test_ids_of_any_length_are_told_apart(tmp_path: Path) -> None:
    """Only their beginnings are sorted by; thousands of long ones must fit into memory."""
    names = [f"{'x' * 5_000}{n}" for n in range(4)] + [f"{'x' * 5_000}0", "y"]
    rows = tuple({"nr": name} for name in names)
    points = shapes([shapely.Point(i, i) for i in range(6)])
    wanted = ready(Features(points, rows, "EPSG:25833", "test"), CRS, id_attribute="nr")
    built = build_version(tmp_path, [wanted], CRS)
    assert sorted(built.version.everything().ids) == sorted(names)
    assert built.duplicates == 1


def test_numbers_that_floats_hold_only_nearly(tmp_path: Path) -> None:
    """The table for people has the nearest; what is checked has the number itself."""
    first, second = some(3, much=0.5), some(6, slice(3, 6), much=2**60 + 1)
    version = build_version(tmp_path, [first, second], CRS).version
    frame = geopandas.read_parquet(version.folder / "features.parquet")
    assert frame["much"].tolist() == [0.5] * 3 + [float(2**60)] * 3
    assert version.everything().attributes[4]["much"] == 2**60 + 1
    both = some(3, much=0.5), some(6, slice(3, 6), much=2**60 + 1, more=True)
    frame = geopandas.read_parquet(
        build_version(tmp_path, both, CRS).version.folder / "features.parquet"
    )
    assert frame["much"].tolist()[3:] == [float(2**60)] * 3


def test_types_that_only_a_later_batch_tells(tmp_path: Path) -> None:
    """The table begun cannot hold them; it is written anew with columns that can."""
    first, second = some(3, kind=1), some(6, slice(3, 6), kind="A", more=2.5)
    version = build_version(tmp_path, [first, second], CRS).version
    verify_version(version.folder)
    frame = geopandas.read_parquet(version.folder / "features.parquet").sort_values("belang_id")
    assert frame["kind"].tolist() == ["1"] * 3 + ["A"] * 3
    assert frame["more"].tolist()[3:] == [2.5] * 3
    assert version.everything().attributes[0]["kind"] == 1


@pytest.mark.parametrize("name", ["index.bin", "version.json"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_cut_off_file_is_noticed(tmp_path: Path, name: str, share: float) -> None:
    folder = write_version(tmp_path, some(), CRS).folder
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=r"damaged|line|checksum"):
        open_version(folder)


@pytest.mark.parametrize("name", ["index.bin", "version.json"])
def test_a_lost_file_is_noticed(tmp_path: Path, name: str) -> None:
    folder = write_version(tmp_path, some(), CRS).folder
    (folder / name).unlink()
    with pytest.raises(OSError, match=name):
        open_version(folder)


def test_damage_found_late_is_remembered_and_mended_by_writing(tmp_path: Path) -> None:
    wanted = some()
    version = write_version(tmp_path, wanted, CRS)
    content = bytearray((version.folder / "index.bin").read_bytes())
    content[int(version.table("starts")[2]) + 3] ^= 1
    (version.folder / "index.bin").write_bytes(content)
    opened = open_version(version.folder)  # the tables are whole
    with pytest.raises(DamagedError):
        opened.everything()
    with pytest.raises(DamagedError):
        open_version(version.folder)
    same(write_version(tmp_path, wanted, CRS), wanted)
    assert [p.name for p in tmp_path.iterdir()] == [version.folder.name]


def test_who_has_a_version_open_keeps_it(tmp_path: Path) -> None:
    wanted = some()
    version = write_version(tmp_path, wanted, CRS)
    (version.folder / "damaged").touch()
    write_version(tmp_path, wanted, CRS)
    same(version, wanted)


@pytest.mark.parametrize("content", ["[]", "5", '{"format": 1}', "{}", "null", "", "{"])
def test_facts_that_are_none(tmp_path: Path, content: str) -> None:
    folder = write_version(tmp_path, some(), CRS).folder
    (folder / "version.json").write_text(content)
    with pytest.raises(ValueError, match=r"checksum|Expecting"):
        open_version(folder)


def test_a_version_of_another_release_is_whole_and_not_for_us(tmp_path: Path) -> None:
    folder = write_version(tmp_path, some(), CRS).folder
    facts = checked_facts((folder / "version.json").read_bytes())
    (folder / "version.json").write_bytes(checked_text({**facts, "format": 2}))
    for look in (open_version, verify_version):
        with pytest.raises(OtherFormatError, match="format"):
            look(folder)


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refusal) as caught:
        write_version(tmp_path / "file" / "versions", some(), CRS)
    assert caught.value.code == "data-folder"


def test_a_version_is_one_json_document_for_other_programs(tmp_path: Path) -> None:
    facts = json.loads((write_version(tmp_path, some(), CRS).folder / "version.json").read_text())
    assert facts["crs"] == "EPSG:25833"
    assert facts["count"] == 5


def test_an_id_attribute_that_no_object_has_is_told(tmp_path: Path) -> None:
    for name, told in (("nr", False), ("kennung", True)):
        features = Features(shapes([shapely.Point(1, 1)]), ({"nr": 1},), "EPSG:25833", "test")
        batch = ready(features, CRS, id_attribute=name)
        built = build_version(tmp_path / name, [batch], CRS, id_attribute=name)
        notes = built.origin["notes"]
        assert any(f"„{name}“" in note for note in notes) == told
    assert built.version.everything().ids == ("#1",)


def test_notes_that_nobody_would_read_are_counted(tmp_path: Path) -> None:
    batch = dataclasses.replace(some(1), notes=tuple(f"Hinweis {n}" for n in range(250)))
    notes = build_version(tmp_path, [batch], CRS).origin["notes"]
    assert (len(notes), notes[-1]) == (201, "Weitere 50 Hinweise dieser Art.")


def test_batches_of_several_crs_are_no_layer(tmp_path: Path) -> None:
    other = Features(shapes([shapely.Point(12, 51)]), ({"nr": 9},), "EPSG:4326", "test")
    with pytest.raises(Refusal) as caught:
        build_version(tmp_path, [some(1), ready(other, CRS, id_attribute="nr")], CRS)
    assert caught.value.code == "crs-mixed"
    assert not list(tmp_path.iterdir())
