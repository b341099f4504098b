import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import CRS

from gis.crs import crs_from, label
from gis.problem import Question, Refusal
from layers import reading
from layers.reading.ogr import engine

SQUARE = shapely.box(330_000, 5_670_000, 330_100, 5_670_100)
OTHER = shapely.box(331_000, 5_670_000, 331_100, 5_670_100)


def write(folder: Path, stem: str = "plan", encoding: str = "UTF-8", **fields: Any) -> Path:
    folder.mkdir(exist_ok=True)
    fields = fields or {"name": np.array(["Größe", "Fläche"], dtype=object), "n": [1, 2]}
    engine().raw.write(
        folder / f"{stem}.shp",
        geometry=shapely.to_wkb(np.array([SQUARE, OTHER])),
        field_data=[np.asarray(v) for v in fields.values()],
        fields=list(fields),
        geometry_type="Polygon",
        crs="EPSG:25833",
        driver="ESRI Shapefile",
        encoding=encoding,
    )
    return folder / f"{stem}.shp"


def packed(shp: Path, inside: str = "") -> Path:
    path = shp.parent.parent / "plan.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(shp.parent.iterdir()):
            archive.write(file, inside + file.name)
    return path


def same(found: reading.Features) -> None:
    assert shapely.equals(found.geometries, np.array([SQUARE, OTHER])).all()
    assert found.attributes == ({"name": "Größe", "n": 1}, {"name": "Fläche", "n": 2})
    assert found.format == "shapefile"
    assert found.crs is not None
    assert CRS.from_wkt(found.crs).to_epsg() == 25833


def code_of(path: Path, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        reading.read(path, **options)
    return caught.value.code


@pytest.mark.parametrize("inside", ["", "Planung 2026/", "a/b/c/"])
def test_zipped_in_any_folder(tmp_path: Path, inside: str) -> None:
    same(reading.read(packed(write(tmp_path / "s"), inside)))


def test_zipped_on_a_mac(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    path = packed(shp, "Plan/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/Plan/._plan.shp", b"\0\5\x16\7")
        archive.writestr("Plan/.DS_Store", b"x")
        archive.writestr("Plan/", b"")
    same(reading.read(path))


def test_descriptions_and_indexes_in_an_archive_are_no_data(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    for suffix in (".shp.xml", ".sbn", ".qix", ".shp.iso.xml", ".pdf"):
        (shp.parent / f"plan{suffix}").write_bytes(b"<metadata/>")
    same(reading.read(packed(shp)))


def test_loose_and_with_capital_suffixes(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    same(reading.read(shp, profile=reading.SOURCE))
    for file in list(shp.parent.iterdir()):
        file.rename(file.with_suffix(file.suffix.upper()))
    same(reading.read(shp.with_suffix(".SHP"), profile=reading.SOURCE))
    same(reading.read(packed(shp.with_suffix(".SHP"))))


def test_names_with_a_meaning_to_gdal(tmp_path: Path) -> None:
    written = write(tmp_path / "s")
    folder = tmp_path / "x.zip!y?z"
    folder.mkdir()
    for file in written.parent.iterdir():
        file.rename(folder / f"a!b{file.suffix}")
    same(reading.read(folder / "a!b.shp"))


def test_nothing_is_left_beside(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    before = {p.name: p.read_bytes() for p in shp.parent.iterdir()}
    reading.read(shp)
    assert {p.name: p.read_bytes() for p in shp.parent.iterdir()} == before


def test_without_prj_the_crs_is_unknown(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    for content in (None, b"", b"http://127.0.0.1:9/x", b"/etc/hostname", b"\xff\xfe"):
        shp.with_suffix(".prj").unlink(missing_ok=True)
        if content is not None:
            shp.with_suffix(".prj").write_bytes(content)
        assert reading.read(shp).crs is None


def test_encodings(tmp_path: Path) -> None:
    named = write(tmp_path / "named", encoding="ISO-8859-1")
    same(reading.read(named))
    named.with_suffix(".cpg").unlink()
    table = bytearray(named.with_suffix(".dbf").read_bytes())
    table[29] = 0  # nor does the table say
    named.with_suffix(".dbf").write_bytes(table)
    guessed = reading.read(named)
    same(guessed)
    assert [n.code for n in guessed.notices] == ["encoding-guessed"]


def test_utf_8_without_a_word_is_asked_of_a_plan_and_taken_of_a_layer(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    shp.with_suffix(".cpg").unlink()
    with pytest.raises(Question) as caught:
        reading.read(shp)
    assert caught.value.code == "encoding-guessed"
    assert "Größe" in caught.value.text.de
    same(reading.read(shp, encoding="utf-8"))
    same(reading.read(shp, profile=reading.SOURCE))


def test_a_page_that_lies_is_refused(tmp_path: Path) -> None:
    shp = write(tmp_path / "s", encoding="ISO-8859-1")
    shp.with_suffix(".cpg").write_text("UTF-8")
    assert code_of(shp) == "encoding"


@pytest.mark.parametrize(
    ("encoding", "page"), [("UTF-8", "65001"), ("ISO-8859-1", "28591"), ("ISO-8859-1", "28605")]
)
def test_pages_by_number(tmp_path: Path, encoding: str, page: str) -> None:
    shp = write(tmp_path / "s", encoding=encoding)
    shp.with_suffix(".cpg").write_text(page)
    found = reading.read(shp)
    same(found)
    assert not found.notices


def test_a_page_nobody_knows_is_as_good_as_none(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    shp.with_suffix(".cpg").write_text("Deutsch")
    with pytest.raises(Question) as caught:
        reading.read(shp)
    assert caught.value.code == "encoding-guessed"


def test_a_definition_with_heights_or_a_mark_in_front(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    plain = shp.with_suffix(".prj").read_text()
    for text in ("\ufeff" + plain, CRS("EPSG:25833+7837").to_wkt("WKT2_2019")):
        shp.with_suffix(".prj").write_text(text, encoding="utf-8")
        crs = reading.read(shp).crs
        assert crs is not None
        assert label(crs_from(crs)) == "EPSG:25833"


def test_a_definition_that_contradicts_its_name_is_none(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    plain = shp.with_suffix(".prj").read_text()
    shp.with_suffix(".prj").write_text(plain.replace("500000", "502000"))
    assert reading.read(shp).crs is None


def test_without_a_table(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    shp.with_suffix(".dbf").unlink()
    found = reading.read(shp)
    assert [n.code for n in found.notices] == ["shp-no-attributes"]
    assert found.attributes == ({}, {})


def test_rows_marked_as_deleted_are_gone(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    table = bytearray(shp.with_suffix(".dbf").read_bytes())
    (header,) = struct.unpack("<H", table[8:10])
    table[header] = ord("*")
    shp.with_suffix(".dbf").write_bytes(table)
    assert reading.read(shp).attributes == ({"name": "Fläche", "n": 2},)


@pytest.mark.parametrize("cut", [0, 4, 20, 99, 101, 120, 200])
def test_cut_off(tmp_path: Path, cut: int) -> None:
    shp = write(tmp_path / "s")
    shp.write_bytes(shp.read_bytes()[:cut])
    assert code_of(shp) in ("shp-corrupt", "file-empty")


def test_a_file_without_its_index(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    shp.with_suffix(".shx").unlink()
    assert code_of(shp) == "shp-incomplete"
    assert code_of(packed(shp)) == "shp-incomplete"


@pytest.mark.parametrize(
    ("suffix", "at", "change"),
    [
        (".shp", 100 + 8 + 36, struct.pack("<i", 2_000_000_000)),  # parts
        (".shp", 100 + 8 + 40, struct.pack("<i", -1)),  # points
        (".shp", 104, struct.pack(">i", 2_000_000_000)),  # length of a record
        (".dbf", 4, struct.pack("<i", 2_000_000_000)),
        (".dbf", 4, struct.pack("<i", -1)),
        (".dbf", 4, struct.pack("<i", 1)),
        (".dbf", 10, struct.pack("<H", 0)),
        (".shx", 104, struct.pack(">i", 4)),
        (".shx", 108, struct.pack(">i", 50)),  # the second entry points to the first record
    ],
)
def test_counts_that_lie(tmp_path: Path, suffix: str, at: int, change: bytes) -> None:
    shp = write(tmp_path / "s")
    file = shp.with_suffix(suffix)
    content = bytearray(file.read_bytes())
    content[at : at + len(change)] = change
    file.write_bytes(content)
    assert code_of(shp) == "shp-corrupt"


def test_something_behind_an_index_loses_nothing(tmp_path: Path) -> None:
    shp = write(tmp_path / "s")
    index = shp.with_suffix(".shx")
    content = index.read_bytes()
    index.write_bytes(content + bytes(8))
    assert len(reading.read(shp).geometries) == 2
    index.write_bytes(content[:100] + content[108:] + content[100:108])  # of two records
    assert code_of(shp) == "shp-corrupt"
