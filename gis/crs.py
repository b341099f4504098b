"""Coordinate reference systems: what a user may name, and which ones a plan might be in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import dist

from pyproj import CRS, Proj
from pyproj.exceptions import CRSError

from gis.problem import Refusal, Text

# What plans of this region arrive in, the likeliest first: ETRS89/UTM, geographic, the zone-
# prefixed UTM of cadastre exports, DHDN and RD/83 Gauß-Krüger, 42/83, Soldner Berlin, web maps.
CANDIDATES = (
    "EPSG:25833", "EPSG:25832", "EPSG:4326", "EPSG:5650", "EPSG:4647", "EPSG:31468", "EPSG:31469",
    "EPSG:31467", "EPSG:31466", "EPSG:3398", "EPSG:3399", "EPSG:2398", "EPSG:2399", "EPSG:3068",
    "EPSG:3857",
)  # fmt: skip

# ETRS89 and its realisations: the frame of official data; no transformation between them.
_ETRS89 = re.compile(r"ETRS89|European Terrestrial Reference System 1989|DREF91", re.IGNORECASE)
_WGS84 = re.compile(r"WGS[ _]?84|World Geodetic System 1984|CRS ?84", re.IGNORECASE)
_NAMED = re.compile(
    r"^(?:epsg:+|urn:(?:x-)?ogc:def:crs:epsg:(?:[^:]*:)?|https?://www\.opengis\.net/(?:def/crs/epsg/[^/]*/|gml/srs/epsg\.xml#))?(\d{4,6})$",
    re.IGNORECASE,
)
# With heights behind, as the OGC writes it: the horizontal system comes first.
_COMPOUND = re.compile(
    r"^(?:urn:ogc:def:crs,crs:epsg:[^:,]*:(\d{4,6}),crs:epsg:[^:,]*:\d{4,6}"
    r"|https?://www\.opengis\.net/def/crs-compound\?1=https?://www\.opengis\.net/def/crs/epsg/[^/&]*/"
    r"(\d{4,6})&2=https?://www\.opengis\.net/def/crs/epsg/[^/&]*/\d{4,6})$",
    re.IGNORECASE,
)
_CRS84 = re.compile(
    r"^(?:(?:urn:ogc:def:crs:)?OGC:(?:[\d.]*:)?|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/)CRS84h?$",
    re.IGNORECASE,
)
# The surveying authorities' own names (GeoInfoDok), without and with a height system behind.
_ADV = re.compile(r"^urn:adv:crs:([\w.-]+)(?:\*[\w.-]+)?$", re.IGNORECASE)
_ADV_CODES = {
    "ETRS89_UTM32": 25832, "ETRS89_UTM33": 25833, "ETRS89_LAT-LON": 4258,
    "DE_DHDN_3GK2": 31466, "DE_DHDN_3GK3": 31467, "DE_DHDN_3GK4": 31468, "DE_DHDN_3GK5": 31469,
    "DE_RD-83_3GK4": 3398, "DE_RD-83_3GK5": 3399, "DE_42-83_3GK4": 2398, "DE_42-83_3GK5": 2399,
}  # fmt: skip
_WKT = (
    "PROJCS[", "GEOGCS[", "PROJCRS[", "GEOGCRS[", "GEODCRS[", "BOUNDCRS[", "COMPD", "COMPOUNDCRS[",
)  # fmt: skip
# A WKT may name a grid or a file, and PROJ would open it; only the grid @null is none.
_FILE = re.compile(
    r"PARAMETERFILE|PROJ4_GRIDS|\+init|file\s*=|grids\s*=(?!\s*@null(?![,\w]))", re.IGNORECASE
)
# How much PROJ has to find alike, in per cent.
_SURE, _NAMESAKE = 70, 20
_SAME_M = 0.001


def with_heights(name: str) -> bool:
    """Tell whether a name stands for a horizontal system with one of heights, as the OGC has it."""
    return _COMPOUND.match(name.strip()) is not None


@lru_cache(maxsize=256)
def crs_from(text: str) -> CRS:
    """Return the horizontal CRS named by an EPSG code, an OGC or AdV URN or address, or WKT.

    Never fetches or opens anything: an address that is not the standard's own form and WKT that
    names a file are refused.

    Raises
    ------
    Refusal
        With code ``crs-unknown``; ``crs-mixed`` for WKT that names one system and describes
        another.
    """
    name = text.strip()
    if match := _NAMED.match(name):
        name = f"EPSG:{match[1]}"
    elif match := _COMPOUND.match(name):
        name = f"EPSG:{match[1] or match[2]}"
    elif _CRS84.match(name):
        name = "OGC:CRS84"
    elif (match := _ADV.match(name)) and match[1].upper() in _ADV_CODES:
        name = f"EPSG:{_ADV_CODES[match[1].upper()]}"
    elif not name.upper().startswith(_WKT) or _FILE.search(name):
        raise _unknown(text)
    try:
        if name != text:  # one entry for all ways to write a code: to look it up takes milliseconds
            return crs_from(name)
        found = _flat(CRS.from_user_input(name))
    except (CRSError, Refusal) as error:
        if isinstance(error, Refusal) and error.code == "crs-mixed":
            raise
        raise _unknown(text) from error
    if not (found.is_projected or found.is_geographic):
        raise _unknown(text)  # heights alone, or metres from the centre of the earth
    return _identified(found)


def _flat(crs: CRS) -> CRS:
    """Return the horizontal part: heights play no role in the check."""
    if crs.is_compound:
        return crs.sub_crs_list[0]
    return crs.to_2d()


def _identified(crs: CRS) -> CRS:
    """Return the EPSG entry that a WKT text describes, where there is no doubt about it.

    PROJ takes the numbers of a text whose name or code is another system's, and a place would be
    read beside where it is.
    """
    plain = _unbound(crs)
    said = plain.to_json_dict().get("id", {})
    if said.get("authority") == "EPSG":
        _described(plain, said["code"])
    if crs.is_bound or crs.to_authority():
        return crs
    matches = crs.list_authority("EPSG", _NAMESAKE)
    for match in matches:
        if match.confidence >= _SURE:
            return CRS.from_epsg(match.code)
    for match in matches:
        if CRS.from_epsg(match.code).name == crs.name:
            _described(crs, match.code)
    return crs


def _described(crs: CRS, code: int | str) -> None:
    """Refuse numbers that are not those of the EPSG entry of this code; an unknown one has none."""
    try:
        named = CRS.from_epsg(code)
    except CRSError:
        return
    if not _same_numbers(crs, named):
        raise Refusal(
            "crs-mixed",
            Text(
                f"Die Beschreibung des Koordinatensystems nennt EPSG:{code}, ihre Werte sind aber "
                "andere; bitte mit der Beschreibung von EPSG neu exportieren.",
                f"The description of the coordinate reference system names EPSG:{code}, but its "
                "values are others; please export it again with EPSG's description.",
            ),
        )


@lru_cache(maxsize=64)
def alike(one: CRS, other: CRS) -> bool:
    """Tell whether two systems give a place the same numbers, to the millimetre; two known ones
    also call their datum the same. The order of the axes plays no role.
    """
    if one == other:
        return True
    if not _same_numbers(one, other):
        return False
    known = one.to_authority() and other.to_authority()
    return not known or _realised(one) == _realised(other)


def _same_numbers(one: CRS, other: CRS) -> bool:
    """Compare ellipsoids and, in the middle of where `other` is used, projected places."""
    of_one, of_other = _unbound(one), _unbound(other)
    if of_one.is_geographic != of_other.is_geographic:
        return False
    if dist(_axes(of_one), _axes(of_other)) > _SAME_M:
        return False
    use = other.area_of_use
    if of_one.is_geographic or use is None:
        return True
    middle = ((use.west + use.east) / 2, (use.south + use.north) / 2)
    return dist(Proj(of_one)(*middle), Proj(of_other)(*middle)) <= _SAME_M


def _unbound(crs: CRS) -> CRS:
    """Return a CRS without the shift to another datum that comes with it."""
    source = crs.source_crs if crs.is_bound else None
    return crs if source is None else source


def _axes(crs: CRS) -> tuple[float, float]:
    """Return half the axes of the ellipsoid, in metres."""
    ellipsoid = crs.ellipsoid
    return (ellipsoid.semi_major_metre, ellipsoid.semi_minor_metre) if ellipsoid else (0.0, 0.0)


def _unknown(text: str) -> Refusal:
    shown = text.strip()[:60]
    return Refusal(
        "crs-unknown",
        Text(
            f"Das Koordinatensystem „{shown}“ ist nicht bekannt; bitte ein bekanntes nennen "
            "(--crs EPSG:…).",
            f"The coordinate reference system “{shown}” is unknown; name a known one "
            "(--crs EPSG:…).",
        ),
    )


@lru_cache(maxsize=64)  # PROJ searches all it knows
def label(crs: CRS) -> str:
    """Return ``EPSG:25833`` where the CRS has such a code, its name otherwise."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name


@lru_cache(maxsize=64)
def working(said: str) -> CRS:
    """Return the CRS of a catalogue or a version as PROJ reads it: one object for one name, since
    to compare two costs more than a check of a layer where nothing lies.

    Raises
    ------
    CRSError
        Where PROJ does not know it.
    """
    return CRS.from_user_input(said)


def stated(crs: CRS) -> str:
    """Return what `crs.to_string` does: the code where it has one, else how it was written."""
    return _stated(crs.srs)


@lru_cache(maxsize=64)
def _stated(srs: str) -> str:
    name: str = CRS.from_user_input(srs).to_string()
    return name


def is_etrs89(crs: CRS) -> bool:
    """Tell whether coordinates are in ETRS89 or one of its realisations."""
    return bool(_ETRS89.search(_datum(crs)))


def is_wgs84(crs: CRS) -> bool:
    """Tell whether coordinates are in WGS 84."""
    return bool(_WGS84.search(_datum(crs)))


def _realised(crs: CRS) -> str:
    """Return the datum, all realisations of which are one here."""
    return _datum(crs).removesuffix(" ensemble")


def _datum(crs: CRS) -> str:
    geodetic = crs.geodetic_crs
    return geodetic.datum.name if geodetic is not None and geodetic.datum is not None else ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read bare coordinates: a CRS, and whether x and y stand the other way round."""

    crs: CRS
    swapped: bool


def readings() -> Iterator[Reading]:
    """Yield the ways worth trying where a file does not say, or says something impossible."""
    for code in CANDIDATES:
        yield Reading(crs_from(code), swapped=False)
    for code in ("EPSG:4326", "EPSG:25833", "EPSG:31468"):
        yield Reading(crs_from(code), swapped=True)
