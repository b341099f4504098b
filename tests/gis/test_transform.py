import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj.network import is_network_enabled
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from gis.crs import crs_from
from gis.problem import Refusal
from gis.transform import UNKNOWN_M, WGS84_AS_ETRS89, Transformation, transform
from tests.gis.geodesy import dhdn_to_etrs89, gauss_krueger4, utm33
from tests.gis.shapes import UTM33

# Grimma, Borna and the Völkerschlachtdenkmal in Leipzig, in degrees.
PLACES = ((12.72, 51.235), (12.497, 51.124), (12.413, 51.312), (13.0, 51.25))
GK_WKT = 'PROJCS["{name}",GEOGCS["{name}",DATUM["{datum}",SPHEROID["Bessel 1841",6377397.155,299.1528128]{shift}],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",12],PARAMETER["scale_factor",1],PARAMETER["false_easting",4500000],PARAMETER["false_northing",0],UNIT["metre",1]]'  # noqa: E501


def moved(x: float, y: float, source: str) -> tuple[float, float]:
    shapes, _ = transform(Point(x, y), crs_from(source), UTM33)
    return shapes[0].x, shapes[0].y


def how(source: str) -> Transformation:
    return transform(Point(), crs_from(source), UTM33)[1]


class TestCoordinates:
    @pytest.mark.parametrize("place", PLACES)
    @pytest.mark.parametrize("source", ["EPSG:4326", "EPSG:4258", "OGC:CRS84"])
    def test_degrees_come_as_longitude_then_latitude(
        self, place: tuple[float, float], source: str
    ) -> None:
        assert moved(*place, source) == pytest.approx(utm33(*place), abs=0.001)

    def test_a_control_point_by_hand(self) -> None:
        """Computed once outside the program and written down."""
        assert moved(13.0, 51.25, "EPSG:4326") == pytest.approx(
            (360_422.431, 5_679_526.643), abs=0.001
        )

    @pytest.mark.parametrize("place", PLACES)
    def test_gauss_krueger_by_the_seven_parameters(self, place: tuple[float, float]) -> None:
        expected = utm33(*dhdn_to_etrs89(*place))
        assert moved(*gauss_krueger4(*place), "EPSG:31468") == pytest.approx(expected, abs=0.01)

    @pytest.mark.parametrize("place", PLACES)
    def test_utm_with_the_zone_in_front(self, place: tuple[float, float]) -> None:
        x, y = utm33(*place)
        assert moved(33_000_000 + x, y, "EPSG:5650") == pytest.approx((x, y), abs=1e-6)

    @given(st.floats(11.9, 13.3), st.floats(50.9, 51.7))
    def test_anywhere_in_the_region(self, longitude: float, latitude: float) -> None:
        found = moved(longitude, latitude, "EPSG:4258")
        assert found == pytest.approx(utm33(longitude, latitude), abs=0.001)


class TestAccuracy:
    @pytest.mark.parametrize(
        "source", ["EPSG:25833", "EPSG:25832", "EPSG:4258", "EPSG:5650", "EPSG:4647", "EPSG:3035"]
    )
    def test_etrs89_costs_nothing(self, source: str) -> None:
        found = how(source)
        assert (found.accuracy_m, found.missing_grid, found.assumption) == (0, None, None)

    @pytest.mark.parametrize("source", ["EPSG:4326", "OGC:CRS84", "EPSG:3857", "EPSG:32633"])
    def test_wgs84_counts_as_etrs89_and_says_so(self, source: str) -> None:
        found = how(source)
        assert (found.accuracy_m, found.assumption) == (0, WGS84_AS_ETRS89)

    @pytest.mark.parametrize(
        ("source", "accuracy_m", "grid"),
        [
            ("EPSG:31466", 3, "de_adv_BETA2007.tif"),
            ("EPSG:31467", 3, "de_adv_BETA2007.tif"),
            ("EPSG:31468", 3, "de_adv_BETA2007.tif"),
            ("EPSG:31469", 3, "de_adv_BETA2007.tif"),
            ("EPSG:3068", 3, "de_adv_BETA2007.tif"),
            ("EPSG:3398", 1, "de_geosn_NTv2_SN.tif"),
            ("EPSG:3399", 1, "de_geosn_NTv2_SN.tif"),
            ("EPSG:2398", 0.1, None),
            ("EPSG:2399", 0.1, None),
        ],
    )
    def test_old_systems_tell_what_they_cost_and_what_is_missing(
        self, source: str, accuracy_m: float, grid: str | None
    ) -> None:
        found = how(source)
        assert (found.source, found.target) == (source, "EPSG:25833")
        assert (found.accuracy_m, found.missing_grid) == (accuracy_m, grid)
        assert "ETRS89" in found.operation

    def test_the_operation_is_made_for_more_than_a_corner_of_the_country(self) -> None:
        """PROJ's first choice for zone 5 is one for south of 50°20'; Saxony lies north of that."""
        x, y = transform(Point(13.5, 51.2), crs_from("EPSG:4258"), crs_from("EPSG:31469"))[0][
            0
        ].coords[0]
        there = moved(x, y, "EPSG:31469")
        x, y = transform(Point(13.5, 51.2), crs_from("EPSG:4258"), crs_from("EPSG:31468"))[0][
            0
        ].coords[0]
        assert there == pytest.approx(moved(x, y, "EPSG:31468"), abs=0.01)

    def test_the_same_system_changes_nothing(self) -> None:
        shape = box(350_000, 5_680_000, 350_001, 5_680_001)
        shapes, found = transform(shape, UTM33, crs_from("25833"))
        assert shapes[0] == shape
        assert (found.operation, found.accuracy_m) == ("none", 0)

    def test_a_shift_of_unknown_accuracy_is_taken_for_worse_than_any_known(self) -> None:
        shift = ",TOWGS84[598.1,73.7,418.2,0.202,0.045,-2.455,6.7]"
        text = GK_WKT.format(name="Baustelle", datum="Potsdam", shift=shift)
        found = how(text)
        assert found.accuracy_m == UNKNOWN_M
        place = PLACES[0]
        expected = utm33(*dhdn_to_etrs89(*place))
        assert moved(*gauss_krueger4(*place), text) == pytest.approx(expected, abs=0.01)

    def test_no_shift_at_all_is_refused_rather_than_a_hundred_metres_off(self) -> None:
        with pytest.raises(Refusal) as raised:
            how(GK_WKT.format(name="Baustelle", datum="Baustelle", shift=""))
        assert raised.value.code == "crs-unknown"
        assert raised.value.text.de.startswith("Von Baustelle führt kein Weg nach EPSG:25833")

    def test_out_of_the_working_system(self) -> None:
        shapes, found = transform(Point(*utm33(13.0, 51.25)), UTM33, crs_from("EPSG:4326"))
        assert shapes[0].coords[0] == pytest.approx((13.0, 51.25), abs=1e-8)
        assert found.target == "EPSG:4326"

    def test_no_grid_is_fetched(self) -> None:
        assert not is_network_enabled()


class TestGeometries:
    WGS84 = crs_from("EPSG:4326")

    def test_none_and_empty_stay_as_they_are(self) -> None:
        given_ = [None, Polygon(), Point(13, 51), GeometryCollection()]
        shapes, _ = transform(given_, self.WGS84, UTM33)
        assert shapes[0] is None
        assert [s.geom_type for s in shapes[1:]] == ["Polygon", "Point", "GeometryCollection"]
        assert shapes[1].is_empty
        assert shapes[3].is_empty
        assert transform([], self.WGS84, UTM33)[0].tolist() == []

    @pytest.mark.parametrize("target", [UTM33, WGS84])
    def test_heights_are_dropped(self, target: object) -> None:
        tall = [Point(13, 51, 140), LineString([(13, 51, 1), (13.1, 51, 2)])]
        shapes, _ = transform(tall, self.WGS84, target)
        assert not shapely.has_z(shapes).any()

    def test_kinds_holes_and_parts_stay(self) -> None:
        holed = box(13, 51, 13.1, 51.1).difference(box(13.02, 51.02, 13.04, 51.04))
        shapes, _ = transform(
            [MultiPolygon([holed]), LineString([(13, 51), (13.1, 51.1)])], self.WGS84, UTM33
        )
        assert shapes[0].geom_type == "MultiPolygon"
        assert len(shapes[0].geoms[0].interiors) == 1
        assert shapes[1].geom_type == "LineString"

    def test_what_was_given_is_left_alone(self) -> None:
        point = Point(13, 51)
        transform(np.array([point], dtype=object), self.WGS84, UTM33)
        assert point.coords[0] == (13, 51)

    @pytest.mark.parametrize(
        ("x", "y", "source"),
        [
            (350_000, 5_680_000, "EPSG:4326"),  # metres said to be degrees
            (13, 95, "EPSG:4326"),
            (1e30, 1e30, "EPSG:25832"),
            (1e12, 5_680_000, "EPSG:31468"),
        ],
    )
    def test_coordinates_that_cannot_be_are_refused(self, x: float, y: float, source: str) -> None:
        with pytest.raises(Refusal) as raised:
            transform([Point(13, 51), Point(x, y)], crs_from(source), UTM33)
        assert raised.value.code == "coords-out-of-range"
        assert source in raised.value.text.de

    @pytest.mark.parametrize("x", [np.nan, np.inf, -np.inf])
    def test_what_is_not_finite_stays_so(self, x: float) -> None:
        """Repair refuses it; it must not turn into a place."""
        broken = shapely.set_coordinates(Point(0, 0), [[x, 51]])
        shapes, _ = transform([broken, Point(13, 51)], self.WGS84, UTM33)
        assert not np.isfinite(shapely.get_coordinates(shapes[0])).all()
        assert shapes[1].x == pytest.approx(utm33(13, 51)[0], abs=0.001)
