"""Scanned sheets read in a process of their own: laid and drawn as here, or refused."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.problem import Question, Refusal
from service.plans.apart import Reader
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.plans.sheet import Draw, Lay, work
from tests.builders import CRS25833, X, Y
from tests.layers.reading.pictures import picture

WORLD = f"0.2\n0\n0\n-0.2\n{X}\n{Y}\n"
SAID = Intake(crs=CRS25833, vocabulary=vocabulary_of(), source_crs="EPSG:25833")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    found = Reader(most=1)
    yield found
    found.close()


def huge(path: Path) -> Path:
    """Write a PNG of a few bytes that says it has ten thousand million pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunks = (head, b"IDAT" + zlib.compress(bytes(100)), b"IEND")
    framed = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(framed))
    return path


def test_a_sheet_comes_over_as_it_is_made_here(reader: Reader, tmp_path: Path) -> None:
    path = picture(tmp_path / "sheet.png")
    apart = reader.sheet(path, Lay("sheet.png", SAID, WORLD, 2_000))
    assert apart == work(Lay("sheet.png", SAID, WORLD, 2_000), tmp_path)
    assert reader.sheet(path, Draw("sheet", apart.laid)).preview == apart.preview
    small = reader.sheet(path, Draw("sheet", apart.laid, most_pixels=100))
    assert small.preview.width * small.preview.height <= 150


def test_what_is_no_picture_or_too_much_is_refused(reader: Reader, tmp_path: Path) -> None:
    whole = picture(tmp_path / "a.png", (600, 600)).read_bytes()
    torn, other = tmp_path / "torn.png", tmp_path / "other.png"
    torn.write_bytes(whole[: len(whole) // 2])
    other.write_bytes(b"GIF89a")
    for path, code in (
        (torn, "raster-unreadable"),
        (other, "raster-format"),
        (huge(tmp_path / "huge.png"), "raster-too-large"),
    ):
        with pytest.raises(Refusal) as error:
            reader.sheet(path, Lay("sheet", SAID, WORLD))
        assert error.value.code == code
    with pytest.raises(Question) as asked:
        reader.sheet(tmp_path / "a.png", Lay("sheet", Intake(CRS25833, vocabulary_of()), WORLD))
    assert asked.value.proposals
