"""What a WFS says about itself and about one of its feature types; read in a child."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from layers.harvest.place import Region
from layers.harvest.refusals import refuse
from layers.harvest.xmlpage import root
from layers.reading import xml

VERSIONS = ("2.0", "1.1")
WHOLE = {"int", "integer", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
         "unsignedInt", "unsignedLong", "unsignedShort"}  # fmt: skip
REAL = {"double", "float", "decimal"}


@dataclass(frozen=True, slots=True)
class FeatureType:
    """A feature type: `crs` names the default first; `pages` whether the service says it pages."""

    name: str
    version: str
    crs: tuple[str, ...]
    region: Region | None
    pages: bool
    updated: str

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]


def feature_type(path: Path, url: str, layer: str) -> FeatureType:
    """Return the feature type `layer` (with or without its prefix) of a capabilities document.

    Raises
    ------
    Refusal
        ``source-layer`` with the names there are, ``source-content`` for another version or
        another document.
    """
    top = root(path)
    version = top.get("version", "")[:3]
    if top[""] != "WFS_Capabilities" or version not in VERSIONS:
        raise refuse("source-content", f"{top['']} {top.get('version', '')}")
    try:
        service = _reader(version)(url, version, xml=path.read_bytes())
    except (AttributeError, TypeError, KeyError, ValueError, etree.LxmlError) as error:
        raise refuse("source-content", f"GetCapabilities: {error}") from error
    names = list(service.contents)
    found = [n for n in names if layer in (n, n.rpartition(":")[2])]
    if len(found) != 1:
        raise refuse("source-layer", f"{layer} – {', '.join(names[:20])}")
    content = service.contents[found[0]]
    return FeatureType(
        name=found[0],
        version=top["version"],
        crs=tuple(str(crs.id) for crs in content.crsOptions),
        region=content.boundingBoxWGS84,
        pages=_pages(path),
        updated=str(service.updateSequence or ""),
    )


def _reader(version: str) -> Any:
    """Return OWSLib's reader of a version; it takes a while to import."""
    if version == "2.0":
        from owslib.feature.wfs200 import WebFeatureService_2_0_0  # type: ignore[import-untyped]  # owslib has no types

        return WebFeatureService_2_0_0
    from owslib.feature.wfs110 import WebFeatureService_1_1_0  # type: ignore[import-untyped]  # owslib has no types

    return WebFeatureService_1_1_0


def _pages(path: Path) -> bool:
    """Tell whether the service says that it pages; OWSLib does not read a default value."""
    for element in xml.parse(path).iter():
        if xml.local(element) == "Constraint" and element.get("name") == "ImplementsResultPaging":
            return "TRUE" in "".join(element.itertext()).upper()
    return False


def attribute_types(path: Path, local: str) -> Mapping[str, str]:
    """Return ``int``, ``float``, ``bool`` or ``str`` by attribute, from an XML schema.

    Attributes of other kinds (geometries, complex ones) are left out; so is everything where the
    schema describes no such type.
    """
    if root(path)[""] != "schema":
        raise refuse("source-content", "DescribeFeatureType")
    top = xml.parse(path)
    named = {e.get("name"): e for e in xml.children(top, "complexType")}
    for element in xml.children(top, "element"):
        if element.get("name") == local:
            holder = named.get(element.get("type", "").rpartition(":")[2], element)
            return {
                e.get("name"): kind
                for e in holder.iter()
                if xml.local(e) == "element" and e is not element and (kind := _kind(e))
            }
    return {}


def _kind(element: Any) -> str | None:
    base = element.get("type", "")
    for inner in element.iter():
        if xml.local(inner) == "restriction":
            base = inner.get("base", "")
    name = base.rpartition(":")[2]
    if name in WHOLE:
        return "int"
    if name in REAL:
        return "float"
    return {"boolean": "bool", "string": "str", "date": "str", "dateTime": "str"}.get(name)


def typed(row: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """Return a row of texts with numbers and truth values as such; what is none stays a text."""
    return {name: _value(value, types.get(name)) for name, value in row.items()}


def _value(value: Any, kind: str | None) -> Any:
    if not isinstance(value, str) or kind in (None, "str"):
        return value
    if kind == "bool":
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    try:
        return int(value) if kind == "int" else float(value)
    except ValueError:
        return value
