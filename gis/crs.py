"""Coordinate reference systems: what a user may name, and which ones a plan might be in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyproj import CRS
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
    r"^(?:epsg:+|urn:(?:x-)?ogc:def:crs:epsg:[^:]*:|https?://www\.opengis\.net/(?:def/crs/epsg/[^/]*/|gml/srs/epsg\.xml#))?(\d{4,6})$",
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
_WKT = ("PROJCS[", "GEOGCS[", "PROJCRS[", "GEOGCRS[", "GEODCRS[", "BOUNDCRS[", "COMPD")
# A WKT may name a grid or a file, and PROJ would open it; only the grid @null is none.
_FILE = re.compile(
    r"PARAMETERFILE|PROJ4_GRIDS|\+init|file\s*=|grids\s*=(?!\s*@null(?![,\w]))", re.IGNORECASE
)


@lru_cache(maxsize=256)
def crs_from(text: str) -> CRS:
    """Return the horizontal CRS named by an EPSG code, an OGC or AdV URN or address, or WKT.

    Never fetches or opens anything: an address that is not the standard's own form and WKT that
    names a file are refused.

    Raises
    ------
    Refusal
        With code ``crs-unknown``.
    """
    name = text.strip()
    if match := _NAMED.match(name):
        name = f"EPSG:{match[1]}"
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
    """Return the EPSG entry that a WKT text describes, where there is no doubt about it."""
    if crs.to_authority() or crs.is_bound:
        return crs
    code = crs.to_epsg(min_confidence=70)
    return CRS.from_epsg(code) if code else crs


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
