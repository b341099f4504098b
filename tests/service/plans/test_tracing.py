from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer

from gis.problem import Question
from service.plans.answer import answered
from service.plans.intake import Intake
from service.plans.kinds import vocabulary_of
from service.plans.tracing import laid, overlay
from tests.builders import CRS25833, X, Y, rectangle
from tests.layers.reading.pictures import geotiff, picture, world

DISTRICT = rectangle(-5_000, -5_000, 5_000, 5_000)


def intake(**more: Any) -> Intake:
    return Intake(crs=CRS25833, vocabulary=vocabulary_of(), area=DISTRICT, **more)


def scan(folder: Path, x: float = X, y: float = Y, pixel: float = 0.2) -> Path:
    world(folder / "scan.pgw", pixel, 0, 0, -pixel, x + pixel / 2, y - pixel / 2)
    return picture(folder / "scan.png")


def test_corners_ground_resolution_and_accuracy(tmp_path: Path) -> None:
    found = laid(scan(tmp_path), intake(source_crs="EPSG:25833"))
    assert found.corners == ((X, Y), (X + 40, Y), (X + 40, Y - 20), (X, Y - 20))
    assert found.pixel_m == pytest.approx(0.2)
    assert found.accuracy_m == pytest.approx(0.4)
    paper = laid(scan(tmp_path), intake(source_crs="EPSG:25833"), scale=2_000)
    assert paper.accuracy_m == pytest.approx(1.0)


def test_a_picture_that_names_no_crs_is_asked_about(tmp_path: Path) -> None:
    with pytest.raises(Question) as caught:
        laid(scan(tmp_path), intake())
    assert caught.value.code == "crs-missing"
    first = caught.value.proposals[0]
    assert laid(scan(tmp_path), answered(intake(), first.option)).crs == "EPSG:25833"


def test_old_coordinates_widen_the_accuracy(tmp_path: Path) -> None:
    x, y = Transformer.from_crs(25833, 31468, always_xy=True).transform(X, Y)
    path = scan(tmp_path, x, y)
    with pytest.raises(Question) as caught:
        laid(path, intake(source_crs="EPSG:25833"))
    assert caught.value.code == "crs-legacy-gk4"
    found = laid(path, answered(intake(), caught.value.proposals[0].option))
    assert found.corners[0] == pytest.approx((X, Y), abs=5)
    assert found.pixel_m == pytest.approx(0.2, rel=1e-3)
    assert found.accuracy_m > 1


def test_an_overlay_of_a_geotiff(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "a.tif", scale=(1, 1, 0), tiepoints=(0, 0, 0, X, Y, 0))
    found = overlay(path, laid(path, intake()), most_pixels=10_000)
    to_utm = Transformer.from_crs(4326, 25833, always_xy=True)
    assert to_utm.transform(found.west, found.north) == pytest.approx((X, Y), abs=10)
    assert found.error_m < 0.1
