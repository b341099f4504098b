import struct
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gis.problem import Refusal
from layers.reading.georeference import Affine
from layers.reading.raster import MOST_PIXELS, opened, read
from tests.layers.reading.pictures import geotiff, picture, world

X, Y = 320_000.0, 5_670_000.0
# A world file names the centre of the first pixel; half a pixel up and left is the corner.
NUMBERS = (0.5, 0.0, 0.0, -0.5, X + 0.25, Y - 0.25)
PLACED = Affine(0.5, 0.0, X, 0.0, -0.5, Y)


@pytest.mark.parametrize(
    ("name", "beside", "kind"),
    [("a.png", "a.pgw", "PNG"), ("a.png", "a.PGW", "PNG"), ("a.png", "a.wld", "PNG"),
     ("a.jpg", "a.jgw", "JPEG"), ("a.jpeg", "a.jgw", "JPEG"), ("a.tif", "a.tfw", "TIFF"),
     ("a.tiff", "a.tfw", "TIFF")],
)  # fmt: skip
def test_a_picture_with_a_world_file(tmp_path: Path, name: str, beside: str, kind: str) -> None:
    world(tmp_path / beside, *NUMBERS)
    found = read(picture(tmp_path / name), crs="EPSG:25833")
    assert (found.format, found.width, found.height, found.crs) == (kind, 200, 100, "EPSG:25833")
    assert found.affine == PLACED
    assert found.corners == ((X, Y), (X + 100, Y), (X + 100, Y - 50), (X, Y - 50))


def test_a_world_file_of_another_name_and_with_decimal_commas(tmp_path: Path) -> None:
    path = tmp_path / "lage.txt"
    path.write_text("\r\n".join(str(n).replace(".", ",") for n in NUMBERS), encoding="ascii")
    found = read(picture(tmp_path / "a.png"), world=path)
    assert (found.affine, found.crs) == (PLACED, None)


@pytest.mark.parametrize(
    "tags",
    [
        {"scale": (0.5, 0.5, 0), "tiepoints": (0, 0, 0, X, Y, 0)},
        {"scale": (0.5, 0.5, 0), "tiepoints": (10, 20, 0, X + 5, Y - 10, 0)},
        {"matrix": (0.5, 0, 0, X, 0, -0.5, 0, Y, 0, 0, 0, 0, 0, 0, 0, 1)},
        {"scale": (0.5, 0.5, 0), "tiepoints": (0, 0, 0, X + 0.25, Y - 0.25, 0),
         "keys": {1024: 1, 1025: 2, 3072: 25833}},
    ],
)  # fmt: skip
def test_a_geotiff(tmp_path: Path, tags: dict[str, Any]) -> None:
    found = read(geotiff(tmp_path / "a.tif", **tags))
    assert found.affine == pytest.approx(PLACED)
    assert found.crs == "EPSG:25833"


def test_a_turned_geotiff(tmp_path: Path) -> None:
    matrix = (0.3, 0.4, 0, X, 0.4, -0.3, 0, Y, 0, 0, 0, 0, 0, 0, 0, 1)
    assert read(geotiff(tmp_path / "a.tif", matrix=matrix)).affine == pytest.approx(
        (0.3, 0.4, X, 0.4, -0.3, Y)
    )


@pytest.mark.parametrize(
    ("keys", "crs"),
    [({1024: 2, 2048: 4258}, "EPSG:4258"), ({1024: 1, 3072: 32767}, None), ({}, None),
     ({3072: 31468}, "EPSG:31468")],
)  # fmt: skip
def test_the_crs_of_a_geotiff(tmp_path: Path, keys: dict[int, int], crs: str | None) -> None:
    path = geotiff(tmp_path / "a.tif", keys=keys, scale=(1, 1, 0), tiepoints=(0, 0, 0, 12, 51, 0))
    assert read(path).crs == crs
    assert read(path, crs="EPSG:25832").crs == "EPSG:25832"


def test_what_is_named_counts_first(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", scale=(9, 9, 0), tiepoints=(0, 0, 0, 0, 0, 0))
    world(tmp_path / "a.tfw", *NUMBERS)
    assert read(path).affine.a == 9
    assert read(path, world=tmp_path / "a.tfw").affine == PLACED


def test_exchanged_axes(tmp_path: Path) -> None:
    beside = world(tmp_path / "a.pgw", 0.0, 0.5, -0.5, 0.0, Y - 0.25, X + 0.25)
    found = read(picture(tmp_path / "a.png"), world=beside, crs="EPSG:25833+swapped")
    assert (found.affine, found.crs) == (PLACED, "EPSG:25833")


def code_of(path: Path, **said: Any) -> str:
    with pytest.raises(Refusal) as caught:
        read(path, **said)
    return caught.value.code


def test_a_picture_that_lies_nowhere(tmp_path: Path) -> None:
    assert code_of(picture(tmp_path / "a.png")) == "raster-unplaced"
    points = [v for i in range(4) for v in (i, i, 0, X + i, Y, 0)]
    assert code_of(geotiff(tmp_path / "a.tif", tiepoints=points)) == "raster-unplaced"


@pytest.mark.parametrize(
    "text",
    ["", "1 2 3", "0.5 0 0 -0.5 x 1", "0 0 0 0 1 1", "1 1 1 1 5 5", "nan 0 0 -1 1 1",
     "1e999 0 0 -1 1 1", "1 0 0 -1 1 1 1", "9" * 2000, "0.5\n0\n0\n-0.5\n1_0\n1"],
)  # fmt: skip
def test_world_files_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.pgw").write_text(text, encoding="ascii")
    assert code_of(picture(tmp_path / "a.png")) == "raster-world"


@pytest.mark.parametrize(
    "tags",
    [{"scale": (0, 0, 0), "tiepoints": (0, 0, 0, 1, 1, 0)}, {"matrix": (1, 2)},
     {"scale": (1,), "tiepoints": (0, 0, 0, 1, 1, 0)}],
)  # fmt: skip
def test_tags_that_place_nothing(tmp_path: Path, tags: dict[str, Any]) -> None:
    assert code_of(geotiff(tmp_path / "a.tif", **tags)) == "raster-world"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.png", b"GIF89a" + bytes(40)), ("a.png", b"%PDF-1.7"), ("a.svg", b"<svg/>"),
     ("a.png", b""), ("a.tif", b"%!PS-Adobe-3.0 EPSF-3.0\n")],
)  # fmt: skip
def test_other_formats(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert code_of(tmp_path / name) == "raster-format"


def claiming(path: Path, width: int, height: int) -> Path:
    """Write a PNG of a few bytes that claims to be large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    )
    return path


@pytest.mark.parametrize("side", [9_000, 9_500, 20_000, 2**31 - 1])
def test_pixels_are_counted_before_they_are_decoded(tmp_path: Path, side: int) -> None:
    assert side * side > MOST_PIXELS
    world(tmp_path / "a.pgw", *NUMBERS)
    assert code_of(claiming(tmp_path / "a.png", side, side)) == "raster-too-large"


def test_a_torn_picture(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(Refusal) as caught, opened(path) as image:
        image.load()
    assert caught.value.code == "raster-unreadable"


def test_a_crs_nobody_knows(tmp_path: Path) -> None:
    world(tmp_path / "a.pgw", *NUMBERS)
    assert code_of(picture(tmp_path / "a.png"), crs="EPSG:999999") == "crs-unknown"


def test_looking_reads_no_pixels(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", (2000, 1000))
    world(tmp_path / "a.jgw", *NUMBERS)
    path.write_bytes(path.read_bytes()[:2_000])
    assert read(path).width == 2000
    with Image.open(path) as image, pytest.raises(OSError, match="truncated"):
        image.load()


# Found by fuzzing: a tag whose values lie where there is nothing.
TORN_TAG = b64decode(
    "SUkqAAgAAAAJAAABBAABAAAADAAAAAEBBAABAAAABgAAAAIBAwABAAAACAAAAAMBAwABAAAAAQAAAAYBAwARAAAAAQAAABEB"
    "BAABAAAAegAAABYBBAABAAAABgAAABcBBAABAAAASAAAABwlAwABAAAAAQAAAAAAAAAAAAAAAAD///////8AAAAAAAD//////"
    "////////////////////////////w=="
)


def test_a_geotiff_with_a_torn_tag(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(TORN_TAG)
    with pytest.raises(Refusal) as caught:
        read(tmp_path / "a.tif")
    assert caught.value.code == "raster-unreadable"
