"""A part that others have made, named as the lists of packages and of weaknesses name it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

UNKNOWN = "?"
REQUIRED, EXCLUDED = "required", "excluded"  # runs with Belang; only builds or tests it
# Vendor and product of libraries that no list of packages has (CPE): by these weaknesses are found.
KNOWN_AS: Mapping[str, str] = {
    "curl": "haxx:curl",
    "dav1d": "videolan:dav1d",
    "expat": "libexpat_project:libexpat",
    "freetype": "freetype:freetype",
    "gdal": "osgeo:gdal",
    "harfbuzz": "harfbuzz_project:harfbuzz",
    "krb5": "mit:kerberos_5",
    "libjpeg-turbo": "libjpeg-turbo:libjpeg-turbo",
    "libpng": "libpng:libpng",
    "libtiff": "libtiff:libtiff",
    "libwebp": "webmproject:libwebp",
    "libxml2": "xmlsoft:libxml2",
    "libxslt": "xmlsoft:libxslt",
    "nghttp2": "nghttp2:nghttp2",
    "openjpeg": "uclouvain:openjpeg",
    "openssl": "openssl:openssl",
    "postgresql": "postgresql:postgresql",
    "sqlite": "sqlite:sqlite",
    "xz": "tukaani:xz",
    "zlib": "zlib:zlib",
    "zstd": "facebook:zstandard",
}


@dataclass(frozen=True)
class Component:
    """A part of others: `kind` is that of package URLs, `through` who asks for it, `hashes` are
    algorithms with what they give for each file it may come from, `inside` is compiled into it.

    The version is empty where a library is there and does not say which it is.
    """

    kind: str
    name: str
    version: str
    scope: str
    licence: str = UNKNOWN
    through: tuple[str, ...] = field(default=(), compare=False)
    hashes: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    inside: tuple["Component", ...] = field(default=(), compare=False)

    @property
    def purl(self) -> str:
        """Return the address by which packages are known everywhere."""
        version = f"@{quote(self.version, safe='')}" if self.version else ""
        return f"pkg:{self.kind}/{quote(self.name)}{version}"

    @property
    def cpe(self) -> str | None:
        """Return the name under which weaknesses are listed; None where it has none."""
        known = KNOWN_AS.get(self.name) if self.kind == "generic" else None
        return f"cpe:2.3:a:{known}:{self.version}:*:*:*:*:*:*:*" if known and self.version else None
