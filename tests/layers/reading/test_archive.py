import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gis.problem import Question, Refusal
from layers import reading
from tests.layers.reading.test_xplan import document

POINT = json.dumps({"type": "Point", "coordinates": [12.5, 51.2]})


def packed(tmp_path: Path, *members: tuple[str, str | bytes], method: int = 8) -> Path:
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def code_of(path: Path, **options: Any) -> str:
    with pytest.raises(Refusal) as caught:
        reading.read(path, **options)
    return caught.value.code


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_one_document(tmp_path: Path, method: int) -> None:
    path = packed(tmp_path, ("a/b/plan.geojson", POINT), ("readme.txt", "x"), method=method)
    assert reading.read(path).format == "geojson"


def test_several_documents_are_asked_for(tmp_path: Path) -> None:
    line = json.dumps({"type": "LineString", "coordinates": [[12, 51], [12.1, 51]]})
    path = packed(tmp_path, ("a.geojson", POINT), ("b.geojson", line))
    with pytest.raises(Question) as caught:
        reading.read(path)
    assert caught.value.code == "archive-multiple"
    assert [p.option for p in caught.value.proposals] == [
        "--plan-layer 'a.geojson'",
        "--plan-layer 'b.geojson'",
    ]
    assert reading.read(path, layer="b.geojson").geometries[0].geom_type == "LineString"


def test_the_same_name_in_two_folders_stays_two(tmp_path: Path) -> None:
    line = json.dumps({"type": "LineString", "coordinates": [[12, 51], [12.1, 51]]})
    path = packed(tmp_path, ("alt/plan.geojson", POINT), ("neu/plan.geojson", line))
    with pytest.raises(Question) as caught:
        reading.read(path)
    assert "alt/plan.geojson, neu/plan.geojson" in caught.value.text.de
    assert reading.read(path, layer="neu/plan.geojson").geometries[0].geom_type == "LineString"
    assert reading.read(path, layer="alt/plan.geojson").geometries[0].geom_type == "Point"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../plan.geojson", "archive-path"),
        ("a/../../plan.geojson", "archive-path"),
        ("/plan.geojson", "archive-path"),
        ("C:/plan.geojson", "archive-path"),
        ("plan.zip", "archive-nested"),
        ("plan.kmz", "archive-nested"),
        ("plan.vrt", "format-not-allowed"),
        ("plan.exe", "format-not-allowed"),
        ("plan.pdf", "format-not-allowed"),
        ("plan.dbf", "shp-incomplete"),
    ],
)
def test_members_that_may_not_be(tmp_path: Path, name: str, code: str) -> None:
    assert code_of(packed(tmp_path, (name, POINT))) == code


def test_what_a_mac_knows_about_files_is_litter(tmp_path: Path) -> None:
    path = packed(
        tmp_path,
        ("Abgabe/plan.geojson", POINT),
        ("Abgabe/._plan.geojson", "x"),
        ("Abgabe/__MACOSX/b.geojson", "x"),
    )
    assert len(reading.read(path).geometries) == 1


@pytest.mark.parametrize("name", ["[Content_Types].xml", "mimetype"])
def test_an_office_document_is_no_plan(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path, (name, "x"), ("content.xml", "<a/>"), ("word/document.xml", "<a/>"))
    assert code_of(path) == "format-not-allowed"


def test_a_member_that_may_not_be_is_named(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT), ("a/start.exe", "x"))
    with pytest.raises(Refusal) as caught:
        reading.read(path)
    assert "„start.exe“" in caught.value.text.de


def test_a_table_beside_a_plan_is_no_part_of_it(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT), ("Flurstücke.csv", "a;b\n1;2\n"))
    assert not reading.read(path).notices
    assert code_of(packed(tmp_path, ("Flurstücke.csv", "a;b\n"))) == "format-not-allowed"


def test_a_dot_in_a_name_makes_no_description(tmp_path: Path) -> None:
    path = packed(tmp_path, ("BPlan_Nr.5_Entwurf.xml", document()))
    assert reading.read(path).format == "xplangml"


def test_what_only_describes_the_data_is_told_and_not_chosen_from(tmp_path: Path) -> None:
    metadata = '<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
    members = [("plan.gfs", "<a/>"), ("x/plan.xsd", "<a/>"), ("Metadaten.xml", metadata)]
    found = reading.read(packed(tmp_path, ("plan.geojson", POINT), *members))
    assert [n.code for n in found.notices] == ["archive-sidecar"]
    assert "(plan.gfs, plan.xsd, Metadaten.xml)" in found.notices[0].text.de
    assert code_of(packed(tmp_path, ("Metadaten.xml", metadata))) == "format-mismatch"


def test_a_backslash_in_a_name(tmp_path: Path) -> None:
    path = packed(tmp_path, ("a+b.geojson", POINT))
    path.write_bytes(path.read_bytes().replace(b"a+b", b"a\\b"))
    assert code_of(path) == "archive-path"


def test_a_link(tmp_path: Path) -> None:
    path = tmp_path / "plan.zip"
    link = zipfile.ZipInfo("plan.geojson")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    assert code_of(path) == "archive-symlink"


def test_locked_with_a_password(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT))
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    assert code_of(path) == "archive-encrypted"


def test_twice_the_same_name(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = packed(tmp_path, ("plan.geojson", POINT), ("plan.geojson", POINT))
    assert code_of(path) == "archive-duplicate"
    assert code_of(packed(tmp_path, ("p.shp", "1"), ("p.SHP", "2"))) == "archive-duplicate"


def test_a_member_that_lies_about_its_size(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 24 :][:4] = struct.pack("<I", 10)
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(content)
    assert code_of(path) == "archive-corrupt"


def test_every_damage_of_a_byte_is_refused_or_does_no_harm(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT * 1 + " " * 300))
    whole = path.read_bytes()
    for at in range(0, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        assert read_or_refused(path) in ("", 12.5), at


def read_or_refused(path: Path) -> Any:
    """Return the x that was read, or what nobody foresaw; nothing for a refusal as it should be."""
    try:
        return reading.read(path).geometries[0].x
    except Refusal as refusal:
        return refusal.text.en if "Error" in refusal.text.en else ""


@pytest.mark.parametrize("cut", [4, 30, 60, 100, -30, -10])
def test_cut_off(tmp_path: Path, cut: int) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT))
    path.write_bytes(path.read_bytes()[:cut])
    assert code_of(path) == "archive-corrupt"


def test_many_members(tmp_path: Path) -> None:
    members = [(f"{i}.txt", "x") for i in range(101)]
    assert code_of(packed(tmp_path, *members, ("p.geojson", POINT))) == "archive-entries"
    path = packed(tmp_path, *members, ("p.geojson", POINT))
    assert len(reading.read(path, profile=reading.SOURCE).geometries) == 1


def test_a_bomb(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT + " " * 3_000_000))
    assert code_of(path) == "archive-ratio"


def test_a_small_form_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT + " " * 90_000))
    assert len(reading.read(path).geometries) == 1


def test_an_empty_archive(tmp_path: Path) -> None:
    assert code_of(packed(tmp_path)) == "format-not-allowed"


def test_nothing_stays_in_the_folder_for_scratch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    reading.read(packed(tmp_path, ("plan.geojson", POINT)))
    with pytest.raises(Refusal):
        reading.read(packed(tmp_path, ("plan.geojson", "{")))
    assert not list(scratch.iterdir())
