from io import BytesIO
from math import cos, hypot, radians, sin
from pathlib import Path

import pytest
from PIL import Image
from pyproj import CRS, Transformer

from gis.crs import crs_from
from gis.problem import Refusal
from layers.reading.georeference import Affine
from layers.reading.preview import Preview, preview
from layers.reading.raster import read
from tests.layers.reading.pictures import geotiff, picture, world

X, Y = 320_000.0, 5_670_000.0
CRS25833 = CRS.from_epsg(25833)
TO_MERCATOR = Transformer.from_crs(25833, 3857, always_xy=True)
OF_DEGREES = Transformer.from_crs(4326, 3857, always_xy=True)


def pixel_at(found: Preview, x: float, y: float) -> tuple[int, int, int, int]:
    """Return the colour that a map shows at a place of EPSG:25833."""
    image = Image.open(BytesIO(found.png))
    left, bottom = OF_DEGREES.transform(found.west, found.south)
    right, top = OF_DEGREES.transform(found.east, found.north)
    mx, my = TO_MERCATOR.transform(x, y)
    column = (mx - left) / (right - left) * found.width
    row = (top - my) / (top - bottom) * found.height
    colour: tuple[int, int, int, int] = image.getpixel((int(column), int(row)))  # type: ignore
    return colour


BLACK, WHITE = (0, 0, 0, 255), (255, 255, 255, 255)


@pytest.mark.parametrize("turn", [0, 30, 170])
@pytest.mark.parametrize("pixel_m", [0.2, 5.0])
def test_every_pixel_is_shown_where_it_lies(tmp_path: Path, turn: float, pixel_m: float) -> None:
    c, s = cos(radians(turn)) * pixel_m, sin(radians(turn)) * pixel_m
    matrix = (c, s, 0, X, s, -c, 0, Y, 0, 0, 0, 0, 0, 0, 0, 1)
    path = geotiff(tmp_path / "a.tif", (400, 300), matrix=matrix)
    raster = read(path)
    found = preview(path, raster, CRS25833)
    for column, row in ((5, 5), (195, 145), (100, 75)):
        assert pixel_at(found, *raster.affine.at(column, row)) == BLACK
    for column, row in ((205, 5), (5, 155), (395, 295), (205, 145)):
        assert pixel_at(found, *raster.affine.at(column, row)) == WHITE
    assert found.error_m < 0.3 * pixel_m + 0.05
    assert (found.west < 12.5 < found.east) or hypot(found.west - 12.4, found.south - 51.1) < 1


def test_outside_it_is_transparent(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", scale=(1, 1, 0), tiepoints=(0, 0, 0, X, Y, 0))
    found = preview(path, read(path), CRS25833)
    image = Image.open(BytesIO(found.png))
    # Grid north and north differ by two degrees here, so the corners of the frame are empty.
    assert image.getpixel((image.width - 1, 0)) == (0, 0, 0, 0)


def test_no_more_pixels_than_asked_for(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png", (2_000, 1_000))
    world(tmp_path / "a.pgw", 0.1, 0, 0, -0.1, X, Y)
    found = preview(path, read(path), CRS25833, most_pixels=20_000)
    assert 15_000 < found.width * found.height < 21_000
    assert Image.open(BytesIO(found.png)).size == (found.width, found.height)


def test_how_far_a_large_sheet_is_off_is_told(tmp_path: Path) -> None:
    """Over a hundred kilometres two map projections bend apart; no turning undoes that."""
    path = geotiff(tmp_path / "a.tif", scale=(500, 500, 0), tiepoints=(0, 0, 0, X, Y + 50_000, 0))
    assert preview(path, read(path), CRS25833).error_m > 100


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_kinds_of_pixels(tmp_path: Path, mode: str) -> None:
    path = picture(tmp_path / "a.png", mode=mode)
    world(tmp_path / "a.pgw", 1, 0, 0, -1, X, Y)
    raster = read(path)
    found = preview(path, raster, CRS25833)
    assert pixel_at(found, *raster.affine.at(20, 20)) != pixel_at(found, *raster.affine.at(150, 80))


def test_remarks_in_the_file_stay_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x013B] = "Erika Mustermann"
    Image.new("RGB", (50, 50)).save(path, exif=exif, comment=b"Erika Mustermann")
    world(tmp_path / "a.jgw", 1, 0, 0, -1, X, Y)
    found = preview(path, read(path), CRS25833)
    assert b"Mustermann" not in found.png
    assert Image.open(BytesIO(found.png)).info == {}


def test_of_old_coordinates(tmp_path: Path) -> None:
    path = geotiff(
        tmp_path / "a.tif", keys={3072: 31468}, scale=(1, 1, 0),
        tiepoints=(0, 0, 0, 4_530_000, 5_670_000, 0),
    )  # fmt: skip
    raster = read(path)
    found = preview(path, raster, crs_from("EPSG:31468"))
    lon, lat = Transformer.from_crs(31468, 4326, always_xy=True).transform(4_530_000, 5_670_000)
    assert (found.west, found.north) == pytest.approx((lon, lat), abs=1e-4)


def test_a_torn_picture_is_refused(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", (2_000, 1_000))
    world(tmp_path / "a.jgw", 1, 0, 0, -1, X, Y)
    path.write_bytes(path.read_bytes()[:5_000])
    with pytest.raises(Refusal) as caught:
        preview(path, read(path), CRS25833)
    assert caught.value.code == "raster-unreadable"
    assert Affine(1, 0, X, 0, -1, Y).at(1, 1) == (X + 1, Y - 1)
