"""The package for the electronic file: whole, described, checkable, the same every time."""

import hashlib
import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import load_workbook

from maps import figure
from service.statements import handover
from service.statements.metadata import NAMESPACE
from service.statements.page import fragment
from service.statements.weighing import spreadsheet
from tests.service.statements import sample as made

SPACE = {"h": NAMESPACE}


def package(sample: Path, **more: bytes) -> bytes:
    ready = made.ready(sample, "inner")
    return handover.package(ready.content, made.files(sample, "inner"), **more)


def test_a_second_run_gives_the_same_bytes_for_every_file(sample: Path) -> None:
    first = made.files(sample, "inner")
    figure.draw.cache_clear()
    again = handover.files(handover.prepare(made.copy(sample, "inner")), audit=first["audit.json"])
    assert {n: hashlib.sha256(b).hexdigest() for n, b in again.items()} == {
        n: hashlib.sha256(b).hexdigest() for n, b in first.items()
    }
    assert package(sample) == handover.package(made.content(sample), again)


def test_a_spreadsheet_is_the_same_whatever_else_is_loaded(sample: Path) -> None:
    before = spreadsheet(made.content(sample))
    etree.register_namespace("dct", "http://purl.org/dc/terms/")  # as owslib does
    assert spreadsheet(made.content(sample)) == before


def test_it_holds_everything_with_its_checksum(sample: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package(sample))) as archive:
        assert archive.testzip() is None
        assert set(handover.KINDS) | {"metadata.xml", "SHA256SUMS.txt"} == set(archive.namelist())
        lines = archive.read("SHA256SUMS.txt").decode().splitlines()
        sums = dict(reversed(line.split("  ", 1)) for line in lines)
        assert set(sums) == set(archive.namelist()) - {"SHA256SUMS.txt"}
        for name, digest in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == digest
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_metadata_names_kinds_dates_and_who_signed(sample: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package(sample))) as archive:
        root = ET.fromstring(archive.read("metadata.xml"))  # noqa: S314 - our own
        members = {n: archive.read(n) for n in archive.namelist()}
    assert root.findtext("h:process/h:reference", namespaces=SPACE) == "KE-2026-0142"
    assert len(root.findall("h:process/h:cosigned", SPACE)) == 2
    listed = root.findall("h:document", SPACE)
    assert len(listed) == len(members) - 2
    for document in listed:
        name = document.findtext("h:file/h:name", "", SPACE)
        assert document.findtext("h:kind", "", SPACE) == handover.KINDS[name]
        assert document.findtext("h:date", "", SPACE) == "2026-04-09"
        digest = hashlib.sha256(members[name]).hexdigest()
        assert document.findtext("h:file/h:sha256", "", SPACE) == digest


def test_a_signed_copy_goes_in_as_the_binding_one(sample: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package(sample, signed=b"%PDF-signed"))) as archive:
        assert archive.read(handover.BINDING) == b"%PDF-signed"
        assert "verbindliche" in archive.read("metadata.xml").decode()


def test_the_map_is_one_file_with_points_and_offices(sample: Path) -> None:
    files = made.files(sample, "outward")
    text = files["karte.html"].decode()
    assert "UNB-1" in text
    assert "Untere Naturschutzbehörde" in text
    assert files["places.gpkg"].startswith(b"SQLite format 3")
    assert b"UNB-2" in files["places.geojson"]


def test_the_page_says_all_and_runs_nothing(sample: Path) -> None:
    text = made.files(sample, "outward")["stellungnahme.html"].decode()
    ready = made.ready(sample, "outward")
    assert "<script" not in text
    assert "http://" not in text
    assert "https://" not in text
    assert '<html lang="de">' in text
    for point in ready.content.points:
        assert f'id="{point.number}"' in text
    assert text.count("<img ") == text.count('alt="Karte') + text.count('alt="Übersichtskarte')


def test_a_fragment_takes_its_pictures_from_elsewhere(sample: Path) -> None:
    ready = made.ready(sample, "outward")
    text = fragment(ready.document, {p.name: f"/maps/{p.name}.svg" for p in ready.document.plates})
    assert '<img src="/maps/overview.svg"' in text
    assert "<html" not in text
    assert "<style" not in text


@pytest.mark.parametrize("name", ["abwaegung.xlsx"])
def test_office_files_open(sample: Path, name: str) -> None:
    assert load_workbook(io.BytesIO(made.files(sample, "outward")[name])).sheetnames
