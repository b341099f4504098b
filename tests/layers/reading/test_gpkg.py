import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading
from layers.reading.gpkg import JOURNAL
from layers.reading.ogr import engine

SQUARE = shapely.box(330_000, 5_670_000, 330_100, 5_670_100)
OTHER = shapely.box(331_000, 5_670_000, 331_100, 5_670_100)


def write(path: Path, layer: str, shapes: list[Any], append: bool = False, **fields: Any) -> Path:
    kinds = {s.geom_type + (" Z" if s.has_z else "") for s in shapes if s is not None}
    engine().raw.write(
        path,
        geometry=np.array([None if s is None else shapely.to_wkb(s) for s in shapes], dtype=object),
        field_data=[np.asarray(v) for v in fields.values()],
        fields=list(fields),
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs="EPSG:25833",
        driver="GPKG",
        layer=layer,
        append=append,
    )
    return path


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def store(path: Path, blob: bytes, fid: int) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE a SET geom = ? WHERE fid = ?", (blob, fid))
        database.commit()


def code_of(path: Path, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        reading.read(path, **options)
    return caught.value.code


def test_geometry_attributes_and_crs(tmp_path: Path) -> None:
    days = np.array(["2026-01-31", "NaT"], dtype="datetime64[D]")
    path = write(
        tmp_path / "a.gpkg",
        "nsg",
        [SQUARE, OTHER],
        name=np.array(["Größe", None], dtype=object),
        number=[1.5, np.inf],
        whole=[1, 2],
        true=[True, False],
        day=days,
    )
    found = reading.read(path)
    assert found.crs == "EPSG:25833"
    assert (found.format, found.layer) == ("gpkg", "nsg")
    assert shapely.equals(found.geometries, np.array([SQUARE, OTHER])).all()
    assert found.attributes == (
        {"name": "Größe", "number": 1.5, "whole": 1, "true": True, "day": "2026-01-31"},
        {"name": None, "number": None, "whole": 2, "true": False, "day": None},
    )
    assert type(found.attributes[0]["whole"]) is int


def test_whole_numbers_with_gaps_stay_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE, OTHER], whole=[1, 2], true=[True, False])
    run(path, *drop(path), 'UPDATE a SET "whole" = NULL, "true" = NULL WHERE fid = 1')
    first, second = reading.read(path).attributes
    assert first == {"whole": None, "true": None}
    assert (type(second["whole"]), type(second["true"])) == (int, bool)


def test_the_name_of_a_file_has_no_meaning(tmp_path: Path) -> None:
    folder = tmp_path / "plan.zip!x ä;b?c=d"
    folder.mkdir()
    for name in ("data.db", "a!b.gpkg", "zip://x.gpkg".replace("/", "_"), "plan.geojson", "ohne"):
        written = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
        written.rename(folder / name)
        assert len(reading.read(folder / name).geometries) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == [folder.name]


def test_nothing_is_left_beside_what_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, "PRAGMA journal_mode=WAL")
    before = path.read_bytes()
    reading.read(path, profile=reading.SOURCE)
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]
    assert path.read_bytes() == before


def test_a_file_in_use_is_refused_rather_than_read_without_its_log(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, "PRAGMA journal_mode=WAL")
    with closing(sqlite3.connect(path)) as editor:
        editor.execute("CREATE TABLE fresh (n)")
        editor.commit()
        assert code_of(path) == "gpkg-in-use"


def test_of_a_plan_that_may_lack_its_log_is_asked_whether_it_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, "PRAGMA journal_mode=WAL")
    with pytest.raises(Question) as caught:
        reading.read(path)
    assert caught.value.code == "gpkg-log-missing"
    assert len(reading.read(path, accept=frozenset(["gpkg-log-missing"])).geometries) == 1
    run(path, "PRAGMA journal_mode=DELETE")
    assert len(reading.read(path).geometries) == 1


def test_the_log_of_a_file_in_use_is_found_in_an_archive(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    archive = tmp_path / "plan.zip"
    for end in ("-wal", "-journal"):
        with zipfile.ZipFile(archive, "w") as packed:
            packed.write(path, "Abgabe/a.gpkg")
            packed.writestr(f"Abgabe/a.gpkg{end}", JOURNAL)
        assert code_of(archive) == "gpkg-in-use"
        assert code_of(archive, profile=reading.SOURCE) == "gpkg-in-use"


def test_a_journal_that_is_done_with_is_none(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    path.with_name("a.gpkg-journal").write_bytes(bytes(512))
    assert len(reading.read(path).geometries) == 1


def test_a_curve_that_is_cut_off_is_no_missing_geometry(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE, OTHER, None], n=[1, 2, 3])
    curve = struct.pack("<BII", 1, 10, 1) + struct.pack("<BII", 1, 8, 3)
    blob = b"GP\0\1" + struct.pack("<i", 25833) + curve
    run(path, *drop(path))
    store(path, blob, 2)
    assert code_of(path) == "gpkg-geometry"
    assert code_of(path, profile=reading.SOURCE) == "gpkg-geometry"


@pytest.mark.parametrize(
    ("srs", "less"),
    [
        (-1, "UPDATE gpkg_geometry_columns SET srs_id = srs_id - 25834"),
        (0, "UPDATE gpkg_geometry_columns SET srs_id = srs_id - 25833"),
    ],
)
def test_a_system_that_is_not_said_is_missing(tmp_path: Path, srs: int, less: str) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    blob = b"GP\0\1" + struct.pack("<i", srs) + shapely.to_wkb(SQUARE)
    run(path, *drop(path), less)
    store(path, blob, 1)
    assert reading.read(path).crs is None


@pytest.mark.parametrize(
    ("change", "crs"),
    [
        ("organization_coordsys_id = 25832", None),
        ("definition = replace(definition, '500000', '502000')", None),
        ("definition = 'undefined'", "EPSG:25833"),
        ("organization = 'NONE'", "EPSG:25833"),
    ],
)
def test_what_is_said_about_a_system_has_to_agree(
    tmp_path: Path, change: str, crs: str | None
) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, f"UPDATE gpkg_spatial_ref_sys SET {change} WHERE srs_id = 25833")  # noqa: S608 - ours
    assert reading.read(path).crs == crs
    assert [f.crs for f in reading.batches(path, profile=reading.SOURCE)] == [crs]


def test_a_spatialite_database_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    run(
        path, "CREATE TABLE geometry_columns (a)", "CREATE VIEW v AS SELECT * FROM geometry_columns"
    )
    assert code_of(path) == "gpkg-invalid"


def test_heights_are_dropped_with_a_notice(tmp_path: Path) -> None:
    high = shapely.force_3d(SQUARE, 120)
    found = reading.read(write(tmp_path / "a.gpkg", "a", [high], n=[1]))
    assert not shapely.has_z(found.geometries).any()
    assert [n.code for n in found.notices] == ["z-dropped"]


def test_without_attributes(tmp_path: Path) -> None:
    assert reading.read(write(tmp_path / "a.gpkg", "a", [SQUARE, OTHER])).attributes == ({}, {})


def test_several_layers_are_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "eins", [SQUARE], n=[1])
    write(path, "zwei drei", [OTHER], append=True, n=[2])
    with pytest.raises(Question) as caught:
        reading.read(path)
    assert caught.value.code == "layer-multiple"
    assert "eins, zwei drei" in caught.value.text.de
    assert [p.option for p in caught.value.proposals] == [
        "--plan-layer eins",
        "--plan-layer 'zwei drei'",
    ]
    assert reading.read(path, layer="zwei drei").attributes == ({"n": 2},)


def test_a_layer_that_is_not_there_is_never_replaced_by_another(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "lsg", [SQUARE], n=[1])
    with pytest.raises(Question) as caught:
        reading.read(path, layer="nsg")
    assert caught.value.code == "layer-multiple"
    assert "keine Ebene „nsg“" in caught.value.text.de


@pytest.mark.parametrize("profile", [reading.UPLOAD, reading.SOURCE])
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("CREATE VIEW v AS SELECT * FROM a", "gpkg-view"),
        ("CREATE VIRTUAL TABLE v USING fts5(x)", "gpkg-virtual"),
        ("CREATE VIRTUAL TABLE rtree_v USING fts5(x)", "gpkg-virtual"),
        ("UPDATE a SET geom = 'text'", "gpkg-geometry"),
        ("UPDATE a SET geom = X'4750'", "gpkg-geometry"),
        ("UPDATE a SET geom = X'47500001E964000001'", "gpkg-geometry"),
        ("UPDATE gpkg_geometry_columns SET srs_id = 4326", "crs-mixed"),
        ("DROP TABLE gpkg_geometry_columns", "gpkg-invalid"),
        ("DELETE FROM gpkg_geometry_columns", "no-features"),
    ],
)
def test_what_a_database_may_not_hold(
    tmp_path: Path, profile: reading.Profile, statement: str, code: str
) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, *drop(path), statement)
    assert code_of(path, profile=profile) == code


def drop(path: Path) -> list[str]:
    """Return what removes the triggers of a GeoPackage, which need functions of GDAL's own."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [f'DROP TRIGGER "{name}"' for (name,) in rows]


def test_constraints_are_not_evaluated(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    broken = "PRAGMA ignore_check_constraints=ON", "INSERT INTO z VALUES (1)"
    run(path, "CREATE TABLE z (a CHECK (a > 5))", *broken)
    assert len(reading.read(path).geometries) == 1


def test_foreign_triggers_are_not_run(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    run(path, "CREATE TRIGGER mine AFTER UPDATE ON a BEGIN DELETE FROM a; END")
    found = reading.read(path)
    assert [n.code for n in found.notices] == ["gpkg-trigger"]
    assert len(found.geometries) == 1


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE] * 500, n=list(range(500)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 4_096] = b"\xff" * 4_096
    path.write_bytes(content)
    assert code_of(path).startswith("gpkg-")
    path.write_bytes(content[:20_000])
    assert code_of(path).startswith("gpkg-")
    path.write_bytes(content[:100])
    assert code_of(path).startswith("gpkg-")


def test_a_damaged_table_whose_name_is_no_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE], n=[1])
    damaged = path.read_bytes().replace(b"gpkg_ogr_contents", b"gpkg_ogr_conten\xff\xff")
    path.write_bytes(damaged.replace(b"CREATE TABLE gpkg_ogr", b"CREATE TABLX gpkg_ogr"))
    assert code_of(path) == "gpkg-corrupt"


def test_a_definition_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    run(path, "CREATE TABLE gpkg_contents (a text)")
    content = bytearray(path.read_bytes())
    kinds = int.from_bytes(content[108:110]) + 3  # of the first entry of the schema
    assert content[kinds : kinds + 3] == b"\x17\x27\x27"
    content[kinds + 4] -= 1  # bytes of the same length
    path.write_bytes(content)
    assert code_of(path) == "gpkg-corrupt"


def test_a_definition_that_claims_to_be_longer_than_memory(tmp_path: Path) -> None:
    content = bytearray(4_096)
    # A schema of two pages of 512 bytes, whose first entry claims a name of 2^35 bytes.
    content[:24] = b"SQLite format 3\0\x02\0\0\0\0\x40\x20\x20"
    content[100:114] = b"\x05\0\0\0\x01\0\0\0\0\0\0\0\x01\xfb"
    content[510] = 5
    content[2_048:2_060] = b"\x0d\0\0\0\x02\0\0\0\x01\x21\0\x2a"
    content[2_337:2_345] = b"\xff\xff\xff\xff\xff\x72\0\x54"
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    assert code_of(path) == "gpkg-corrupt"


def test_numbers_that_are_none(tmp_path: Path) -> None:
    with np.errstate(invalid="ignore"):
        broken = shapely.Polygon([(0, 0), (1, 0), (np.nan, 1), (0, 0)])
    path = write(tmp_path / "a.gpkg", "a", [broken, SQUARE], n=[1, 2])
    assert code_of(path) == "geometry-nonfinite"
    assert len(reading.read(path, profile=reading.SOURCE).geometries) == 2


def test_a_layer_may_be_empty_and_have_gaps(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", "a", [SQUARE, None], n=[1, 2])
    found = reading.read(path, profile=reading.SOURCE)
    assert shapely.is_missing(found.geometries).tolist() == [False, True]
    run(path, *drop(path), "DELETE FROM a")
    empty = reading.read(path, profile=reading.SOURCE)
    assert (len(empty.geometries), empty.crs) == (0, "EPSG:25833")
    assert code_of(path) == "no-features"
