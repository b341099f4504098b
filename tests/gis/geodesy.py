"""Transverse Mercator and a datum shift from the textbook, to hold PROJ's answers against."""

from dataclasses import dataclass
from math import asin, asinh, atan2, atanh, cos, cosh, hypot, radians, sin, sinh, sqrt, tan


@dataclass(frozen=True)
class Ellipsoid:
    a: float
    inverse_flattening: float

    @property
    def f(self) -> float:
        return 1 / self.inverse_flattening

    @property
    def e2(self) -> float:
        return self.f * (2 - self.f)


GRS80 = Ellipsoid(6378137.0, 298.257222101)
BESSEL = Ellipsoid(6377397.155, 299.1528128)


def transverse_mercator(
    longitude: float,
    latitude: float,
    *,
    ellipsoid: Ellipsoid,
    meridian: float,
    scale: float,
    east: float,
) -> tuple[float, float]:
    """Return easting and northing by Krüger's series (1912), good to a tenth of a millimetre."""
    n = ellipsoid.f / (2 - ellipsoid.f)
    rectifying = ellipsoid.a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alphas = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16,
        13 * n**2 / 48 - 3 * n**3 / 5,
        61 * n**3 / 240,
    )
    phi, away = radians(latitude), radians(longitude - meridian)
    e = sqrt(ellipsoid.e2)
    conformal = sinh(asinh(tan(phi)) - e * atanh(e * sin(phi)))
    xi = atan2(conformal, cos(away))
    eta = asinh(sin(away) / hypot(conformal, cos(away)))
    north = xi + sum(a * sin(2 * j * xi) * cosh(2 * j * eta) for j, a in enumerate(alphas, 1))
    easting = eta + sum(a * cos(2 * j * xi) * sinh(2 * j * eta) for j, a in enumerate(alphas, 1))
    return east + scale * rectifying * easting, scale * rectifying * north


def utm33(longitude: float, latitude: float) -> tuple[float, float]:
    return transverse_mercator(
        longitude, latitude, ellipsoid=GRS80, meridian=15, scale=0.9996, east=500_000
    )


def gauss_krueger4(longitude: float, latitude: float) -> tuple[float, float]:
    return transverse_mercator(
        longitude, latitude, ellipsoid=BESSEL, meridian=12, scale=1, east=4_500_000
    )


def dhdn_to_etrs89(longitude: float, latitude: float) -> tuple[float, float]:
    """Return longitude and latitude after the seven-parameter shift of EPSG:1777 (3 m)."""
    phi, lam = radians(latitude), radians(longitude)
    normal = BESSEL.a / sqrt(1 - BESSEL.e2 * sin(phi) ** 2)
    x, y, z = (
        normal * cos(phi) * cos(lam),
        normal * cos(phi) * sin(lam),
        normal * (1 - BESSEL.e2) * sin(phi),
    )
    rx, ry, rz = (radians(seconds / 3600) for seconds in (0.202, 0.045, -2.455))
    m = 1 + 6.7e-6
    shifted = (
        598.1 + m * (x - rz * y + ry * z),
        73.7 + m * (rz * x + y - rx * z),
        418.2 + m * (-ry * x + rx * y + z),
    )
    return _geographic(*shifted)


def _geographic(x: float, y: float, z: float) -> tuple[float, float]:
    p = hypot(x, y)
    phi = asin(z / hypot(p, z))
    for _ in range(20):
        normal = GRS80.a / sqrt(1 - GRS80.e2 * sin(phi) ** 2)
        phi = atan2(z + GRS80.e2 * normal * sin(phi), p)
    degrees = 180 / 3.141592653589793
    return atan2(y, x) * degrees, phi * degrees
