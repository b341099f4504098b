"""What is compiled into the wheels that run with Belang: libraries of C and C++, crates of Rust.

Most of what a file of strangers could attack is there, and no lock file names it. What a wheel
holds it tells in a bill of its own (PEP 770), by marks that libraries leave where they are compiled
in, by the names of libraries that lie beside it, or when asked.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
from lxml import etree
from matplotlib import ft2font
from PIL import _avif
from yaml import _yaml

from bench.component import EXCLUDED, REQUIRED, UNKNOWN, Component

ELF = b"\x7fELF"
APACHE = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class Marked:
    """A library that can be told by a mark wherever it is; group 1 of `version` is its version."""

    name: str
    licence: str
    mark: bytes
    version: bytes


MARKED = (
    Marked("curl", "curl", b"libcurl/", rb"libcurl/(\d+\.\d+\.\d+)"),
    Marked("expat", "MIT", b"expat_", rb"expat_(\d+\.\d+\.\d+)"),
    Marked("gdal", "MIT", b"\0GDAL ", rb"\0GDAL (\d+\.\d+\.\d+)\0"),
    Marked("geos", "LGPL-2.1-only", b"-CAPI-", rb"(\d+\.\d+\.\d+)-CAPI-"),
    Marked("krb5", "MIT", b"krb5-", rb"krb5-(\d+\.\d+[.\d]*)-final"),
    Marked("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib", b"libjpeg-turbo version",
           rb"libjpeg-turbo version (\d[\d.]*)"),
    Marked("libpng", "libpng-2.0", b"libpng version", rb"libpng version (\d[\d.]*)"),
    Marked("libtiff", "libtiff", b"LIBTIFF, Version", rb"LIBTIFF, Version (\d[\d.]*)"),
    Marked("openblas", "BSD-3-Clause", b"OpenBLAS ", rb"OpenBLAS (\d[\d.]*)"),
    Marked("openssl", APACHE, b"OpenSSL ", rb"OpenSSL (\d+\.\d+\.\d+) +\d"),
    Marked("proj", "MIT", b"\0Rel. ", rb"\0Rel\. (\d+\.\d+\.\d+), "),
    Marked("qhull", "Qhull", b"qhull_r ", rb"qhull_r (\d[\d.]*)"),
    Marked("sqlite", "blessing", b"SQLite format 3\0", rb"[^\d.](3\.[3-9]\d\.\d+)\0"),
    Marked("zlib", "Zlib", b" inflate 1.", rb" inflate (1\.[\d.]*\d) "),
)  # fmt: skip
MARKS = {one.name for one in MARKED}
# Where vcpkg has built a library, the paths of its sources name it.
BUILT = re.compile(rb"/vcpkg/buildtrees/([a-z0-9-]+)/src/v?(\d[\d.]*)-[0-9a-f]{10}\.clean/")
OTHERWISE = {"tiff": "libtiff"}  # what marks call it
# Licences that neither a path nor the bill of a wheel names.
TERMS = {
    "abseil": APACHE,
    "almalinux/libXau": "MIT-open-group",
    "aws-checksums": APACHE,
    "aws-crt-cpp": APACHE,
    "centos/cyrus-sasl-lib": "BSD-Attribution-HPND-disclaimer",
    "centos/keyutils-libs": "LGPL-2.1-or-later",
    "centos/libcom_err": "MIT",
    "google-cloud-cpp": APACHE,
    "grpc": APACHE,
    "libxml2": "MIT",
    "openssl": APACHE,
    "opentelemetry-cpp": APACHE,
    "protobuf": "BSD-3-Clause",
    "s2n": APACHE,
    "unaccent": "MIT",  # by the text in the bill, which calls it unknown
    **{f"aws-c-{part}": APACHE for part in (
        "auth", "cal", "common", "event-stream", "http", "io", "mqtt", "s3", "sdkutils")},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A library that leaves no mark, or none with a version, and how that is found out."""

    wheel: str
    name: str
    licence: str
    version: Callable[[], str] = str  # not at all


def beside(wheel: str, stem: str) -> str:
    """Return the version in the name of a library beside a wheel; errors as `_first`."""
    named = re.compile(rf"{re.escape(stem)}-[0-9a-f-]+\.so\.([\d.]+)")
    return str(_first(wheel, stem, (named.fullmatch(path.name) for path in _binaries(wheel))))


def within(wheel: str, version: bytes) -> str:
    """Return the version that a pattern finds in a wheel's binaries; errors as `_first`."""
    found = (re.search(version, path.read_bytes()) for path in _binaries(wheel))
    return bytes(_first(wheel, version.decode(), found)).decode()


def dotted(numbers: tuple[int, ...]) -> str:
    """Return numbers as a version."""
    return ".".join(map(str, numbers))


def codec(name: str) -> str:
    """Return the version of a codec of AVIF, as Pillow lists them."""
    listed = re.finditer(rf"\b{name} \[\w+\]:v?(\d[\d.]*)", _avif.codec_versions())
    return str(_first("pillow", name, listed))


def _first(wheel: str, what: str, found: Iterable[re.Match[Any] | None]) -> Any:
    """Return group 1 of the first match.

    Raises
    ------
    LookupError
        Where there is none: a new wheel holds something else, or says it otherwise.
    """
    match = next((one for one in found if one is not None), None)
    if match is None:
        raise LookupError(f"{wheel}: no version of {what}; see HELD in bench/inside.py")
    return match[1]


HELD = (
    Held("argon2-cffi-bindings", "libargon2", "CC0-1.0 OR Apache-2.0"),
    Held("cffi", "libffi", "MIT"),
    Held("lxml", "libiconv", "LGPL-2.1-or-later"),
    Held("lxml", "libxml2", "MIT", lambda: dotted(etree.LIBXML_VERSION)),
    Held("lxml", "libxslt", "MIT", lambda: dotted(etree.LIBXSLT_VERSION)),
    Held("matplotlib", "freetype", "FTL", lambda: ft2font.__freetype_version__),
    Held("matplotlib", "harfbuzz", "MIT"),
    Held("matplotlib", "qhull", "Qhull"),
    Held("matplotlib", "raqm", "MIT", lambda: ft2font.__libraqm_version__),
    Held("numpy", "libgfortran", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    Held("numpy", "libquadmath", "LGPL-2.1-or-later"),
    Held("pillow", "aom", "BSD-2-Clause", lambda: codec("aom")),
    Held("pillow", "brotli", "MIT", lambda: beside("pillow", "libbrotlidec")),
    Held("pillow", "dav1d", "BSD-2-Clause", lambda: codec("dav1d")),
    Held("pillow", "xz", "0BSD", lambda: beside("pillow", "liblzma")),
    Held("pillow", "zstd", "BSD-3-Clause", lambda: beside("pillow", "libzstd")),
    Held("psycopg-binary", "libcrypt", "LGPL-2.1-or-later"),
    Held("psycopg-binary", "openldap", "OLDAP-2.8"),
    Held("psycopg-binary", "postgresql", "PostgreSQL",
         lambda: dotted(divmod(psycopg.pq.version(), 10_000))),
    Held("pyarrow", "brotli", "MIT"),
    Held("pyarrow", "bzip2", "bzip2-1.0.6"),
    Held("pyarrow", "jemalloc", "BSD-2-Clause"),
    Held("pyarrow", "lz4", "BSD-2-Clause"),
    Held("pyarrow", "mimalloc", "MIT"),
    Held("pyarrow", "orc", APACHE),
    Held("pyarrow", "re2", "BSD-3-Clause"),
    Held("pyarrow", "snappy", "BSD-3-Clause"),
    Held("pyarrow", "thrift", APACHE),
    Held("pyarrow", "zstd", "BSD-3-Clause", lambda: within("pyarrow", rb"\0(1\.5\.\d)\0")),
    Held("pyogrio", "boost", "BSL-1.0"),
    Held("pyogrio", "json-c", "MIT"),
    Held("pyogrio", "lerc", APACHE),
    Held("pyogrio", "libgeotiff", "MIT"),
    Held("pyogrio", "libkml", "BSD-3-Clause"),
    Held("pyogrio", "spatialite", "MPL-1.1 OR GPL-2.0-or-later OR LGPL-2.1-or-later",
         lambda: within("pyogrio", rb"\0(5\.[01]\.\d)\0")),
    Held("pyogrio", "uriparser", "BSD-3-Clause"),
    Held("pyogrio", "xz", "0BSD", lambda: within("pyogrio", rb"\0(5\.[2-9]\.\d+)\0")),
    Held("pyproj", "nghttp2", "MIT", lambda: within("pyproj", rb"\0(1\.\d\d\.\d+)\0")),
    Held("pyyaml", "libyaml", "MIT", lambda: _yaml.get_version_string()),
)  # fmt: skip
# What the bill of a wheel names otherwise than marks do, and what it names that is not in there.
NAMES = {"libjpeg / libjpeg-turbo": "libjpeg-turbo", "little cms 2": "lcms2", "zlib": "zlib-ng"}
ABSENT = {
    ("pillow", "libimagequant"),  # may be compiled in, and is not: `PIL.features` says so
    ("pillow", "fribidi"),  # taken from the system where that has it
    ("pillow", "fribidi-shim"),  # what takes it from there, a file of Pillow's own
}


def inside(wheel: str) -> tuple[Component, ...]:
    """Return what is compiled into an installed package, by kind and name; nothing is found in one
    that is not installed.

    What a wheel's own bill says comes first; what it leaves out is looked for.
    """
    found: dict[tuple[str, str, str], Component] = {}
    listed = [*_listed(wheel)]
    named = {one.name for one in listed if one.kind == "generic"}
    searched = [one for one in (*_held(wheel), *_marked(wheel)) if one.name not in named]
    for one in (*listed, *searched):
        found.setdefault((one.kind, one.name, one.version), one)
    return tuple(found[key] for key in sorted(found))


def _library(name: str, version: str, licence: str) -> Component:
    return Component("generic", name, version, REQUIRED, licence)


def _held(wheel: str) -> Iterator[Component]:
    if installed(wheel):
        for one in HELD:
            if one.wheel == wheel:
                yield _library(one.name, one.version(), one.licence)


def _marked(wheel: str) -> Iterator[Component]:
    for path in _binaries(wheel):
        body = path.read_bytes()
        for one in MARKED:
            if one.mark in body and (told := re.search(one.version, body)):
                yield _library(one.name, told[1].decode().rstrip("."), one.licence)
        for path_of, version in {(m[1].decode(), m[2].decode()) for m in BUILT.finditer(body)}:
            name = OTHERWISE.get(path_of, path_of)
            if name not in MARKS:
                yield _library(name, version, TERMS.get(name, UNKNOWN))


def _listed(wheel: str) -> Iterator[Component]:
    """Yield what a wheel's own bills list but for itself, and what only built it as far as they
    tell.
    """
    for path in installed(wheel):
        if path.parent.name == "sboms":
            for one in json.loads(path.read_bytes()).get("components", []):
                component = _of_bill(one)
                own = component.kind == "pypi" or one.get("scope") == EXCLUDED
                if not own and component.version and (wheel, component.name) not in ABSENT:
                    yield component


def _of_bill(one: dict[str, Any]) -> Component:
    kind, _, named = one.get("purl", "pkg:generic/").removeprefix("pkg:").partition("/")
    name = unquote(re.split("[@?#]", named)[0]) or one["name"].lower()
    if kind == "generic":
        name = NAMES.get(name, name)
    said = [
        given.get("expression") or given["license"].get("id") or given["license"]["name"]
        for given in one.get("licenses", [])
    ]
    licence = TERMS.get(name) or " AND ".join(said) or UNKNOWN
    return Component(kind, name, one.get("version", ""), REQUIRED, licence)


@cache
def installed(wheel: str) -> tuple[Path, ...]:
    """Return the files of a package; none where it is not installed."""
    try:
        return tuple(Path(str(path.locate())) for path in files(wheel) or ())
    except PackageNotFoundError:
        return ()


def _binaries(wheel: str) -> Iterator[Path]:
    """Yield a wheel's libraries and programs."""
    for path in installed(wheel):
        if (".so" in path.suffixes or not path.suffix) and path.is_file():
            with path.open("rb") as file:
                begins = file.read(len(ELF))
            if begins == ELF:
                yield path
