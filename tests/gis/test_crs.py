import builtins
import os
import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest
from pyproj import CRS
from pyproj.network import is_network_enabled

import gis.transform  # noqa: F401 - switches the network off
from gis.crs import CANDIDATES, alike, crs_from, is_etrs89, is_wgs84, label, readings, working
from gis.problem import Refusal

UTM = 'PROJCS["{name}",GEOGCS["{geographic}",DATUM["{datum}",SPHEROID[{ellipsoid}]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",{east}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",15.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'  # noqa: E501
GRS80 = '"GRS_1980",6378137.0,298.257222101'
BESSEL = '"Bessel_1841",6377397.155,299.1528128'
ESRI = UTM.format(
    name="ETRS_1989_UTM_Zone_33N",
    geographic="GCS_ETRS_1989",
    datum="D_ETRS_1989",
    ellipsoid=GRS80,
    east="500000.0",
)
WEB = 'PROJCS["WGS 84 / Pseudo-Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"]]'  # noqa: E501


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:25833",
        "epsg:25833",
        "epsg::25833",
        " 25833 ",
        "urn:ogc:def:crs:EPSG::25833",
        "urn:ogc:def:crs:EPSG:6.9:25833",
        "URN:X-OGC:DEF:CRS:EPSG:25833:25833",
        "urn:x-ogc:def:crs:EPSG:25833",
        "urn:ogc:def:crs,crs:EPSG::25833,crs:EPSG::7837",
        "http://www.opengis.net/def/crs-compound?1=http://www.opengis.net/def/crs/EPSG/0/25833"
        "&2=http://www.opengis.net/def/crs/EPSG/0/7837",
        "http://www.opengis.net/def/crs/EPSG/0/25833",
        "https://www.opengis.net/def/crs/epsg/9.9.1/25833",
        "http://www.opengis.net/gml/srs/epsg.xml#25833",
        "urn:adv:crs:ETRS89_UTM33",
        "urn:adv:crs:ETRS89_UTM33*DE_DHHN2016_NH",
        ESRI,
        CRS.from_epsg(25833).to_wkt(),
        CRS.from_epsg(25833).to_wkt("WKT1_GDAL"),
        CRS.from_epsg(25833).to_wkt("WKT1_ESRI"),
    ],
)
def test_every_way_to_name_one_system(text: str) -> None:
    found = crs_from(text)
    assert label(found) == "EPSG:25833"
    assert found == CRS.from_epsg(25833)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84"),
        ("urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84"),
        ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84"),
        ("http://www.opengis.net/def/crs/OGC/0/CRS84h", "OGC:CRS84"),
        ("OGC:CRS84", "OGC:CRS84"),
        ("EPSG:4979", "EPSG:4326"),  # heights are dropped
        ("EPSG:5555", "EPSG:25832"),  # UTM and heights
        (CRS("EPSG:5555").to_wkt("WKT2_2019"), "EPSG:25832"),
        ("urn:adv:crs:DE_DHDN_3GK4", "EPSG:31468"),
        ("urn:adv:crs:DE_RD-83_3GK5", "EPSG:3399"),
        ("urn:adv:crs:ETRS89_Lat-Lon", "EPSG:4258"),
        (WEB, "EPSG:3857"),
        (
            UTM.format(name="Baustelle", geographic="x", datum="y", ellipsoid=BESSEL, east="0.0"),
            "Baustelle",
        ),
    ],
)
def test_other_systems(text: str, name: str) -> None:
    assert label(crs_from(text)) == name


LYING = ESRI.replace("500000.0", "502000.0")


@pytest.mark.parametrize(
    "text",
    [
        LYING,
        f" {LYING} ",
        LYING[:-1] + ',AUTHORITY["EPSG","25833"]]',
        LYING[:-1].replace("ETRS_1989_UTM_Zone_33N", "Baustelle") + ',AUTHORITY["EPSG","25833"]]',
        CRS.from_epsg(31468).to_wkt("WKT1_GDAL").replace("4500000", "4500100"),
    ],
)
def test_a_text_that_names_one_system_and_describes_another(text: str) -> None:
    with pytest.raises(Refusal) as raised:
        crs_from(text)
    assert raised.value.code == "crs-mixed"


@pytest.mark.parametrize("code", CANDIDATES)
@pytest.mark.parametrize("version", ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2019"])
def test_every_way_to_describe_a_candidate_is_alike(code: str, version: str) -> None:
    assert alike(crs_from(CRS(code).to_wkt(version)), crs_from(code))


def test_what_is_alike() -> None:
    assert alike(crs_from("EPSG:25833"), crs_from("EPSG:3045"))  # the other order of axes
    assert not alike(crs_from("EPSG:31468"), crs_from("EPSG:3398"))  # by their datums alone
    assert not alike(crs_from("EPSG:25833"), crs_from("EPSG:25832"))
    assert not alike(crs_from("EPSG:25833"), crs_from("EPSG:4258"))


@pytest.mark.parametrize("code", CANDIDATES)
def test_the_candidates_exist(code: str) -> None:
    assert label(crs_from(code)) == code


REFUSED = (
    "",
    "   ",
    "Gauß-Krüger",
    "ETRS89 / UTM zone 33N",  # PROJ would look a name up; two systems may share it
    "EPSG:",
    "EPSG:99999",
    "EPSG:1",
    "123",
    "EPSG:25833;DROP TABLE",
    "EPSG:25833+5783",
    "EPSG:5783",  # heights only
    "EPSG:4978",  # metres from the centre of the earth
    "ESRI:102100",
    "IGNF:ETRS89LCC",
    "/etc/passwd",
    "../x.prj",
    "file:///etc/passwd",
    "@/etc/passwd",
    "http://example.org/def/crs/EPSG/0/25833",
    "http://www.opengis.net.example.org/def/crs/EPSG/0/25833",
    "http://www.opengis.net/def/crs/EPSG/0/25833/../../x",
    "+init=epsg:25833",
    "+init=/etc/passwd:x",
    "+proj=utm +zone=33 +ellps=GRS80",
    "proj=longlat",
    "+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd",
    '{"type": "ProjectedCRS"}',
    "urn:ogc:def:crs,crs:EPSG::5783,crs:EPSG::25833",  # heights first
    "urn:adv:crs:DE_UNBEKANNT",
    "urn:ogc:def:coordinateOperation:EPSG::1671",
    "PROJCS[",
    "PROJCS[" * 3_000,
    'LOCAL_CS["Baustelle"]',
    'VERT_CS["DHHN2016"]',
    ESRI[:-40],
    WEB.replace("@null", "/etc/passwd"),
    WEB.replace("@null", "@null,/etc/passwd"),
    WEB.replace("+nadgrids=@null", "+init=/etc/passwd:x"),
    ESRI.replace(GRS80 + "]", GRS80 + '],EXTENSION["PROJ4_GRIDS","/etc/passwd"]'),
)


@pytest.mark.parametrize("text", REFUSED)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as raised:
        crs_from(text)
    assert raised.value.code == "crs-unknown"
    assert len(raised.value.text.de) < 200


def test_nothing_is_opened_or_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*args: Any, **_: Any) -> NoReturn:
        raise AssertionError(f"opened: {args}")

    for module, name in (
        (builtins, "open"),
        (os, "open"),
        (Path, "open"),
        (socket, "create_connection"),
        (socket.socket, "connect"),
    ):
        monkeypatch.setattr(module, name, forbidden)
    crs_from.cache_clear()
    for text in REFUSED:
        with pytest.raises(Refusal):
            crs_from(text)
    assert label(crs_from("http://www.opengis.net/def/crs/EPSG/0/25833")) == "EPSG:25833"
    assert not is_network_enabled()


def test_realisations_of_etrs89_and_wgs84_are_told_by_their_datum() -> None:
    for code in ("EPSG:25832", "EPSG:25833", "EPSG:4258", "EPSG:5650", "EPSG:3035", "EPSG:10284"):
        assert is_etrs89(crs_from(code))
        assert not is_wgs84(crs_from(code))
    for code in ("EPSG:4326", "EPSG:3857", "OGC:CRS84", "EPSG:32633"):
        assert is_wgs84(crs_from(code))
        assert not is_etrs89(crs_from(code))
    for code in ("EPSG:31468", "EPSG:3398", "EPSG:2399", "EPSG:3068"):
        assert not is_etrs89(crs_from(code))
        assert not is_wgs84(crs_from(code))


def test_a_name_alone_makes_no_etrs89() -> None:
    posing = UTM.format(
        name="ETRS89", geographic="ETRS89", datum="Potsdam", ellipsoid=BESSEL, east="500000.0"
    )
    assert not is_etrs89(crs_from(posing))


def test_readings_try_each_candidate_and_some_swapped() -> None:
    tried = [(label(r.crs), r.swapped) for r in readings()]
    assert tried[: len(CANDIDATES)] == [(code, False) for code in CANDIDATES]
    assert {name for name, swapped in tried if swapped} == {"EPSG:4326", "EPSG:25833", "EPSG:31468"}


@pytest.mark.parametrize("name", ["EPSG:25833", "ESRI:31493", "EPSG:5555"])
def test_a_working_crs_is_what_proj_reads_and_one_object(name: str) -> None:
    assert working(name) == CRS.from_user_input(name)
    assert working(CRS.from_user_input(name).to_string()) == working(name)
    assert working(name) is working(name)
