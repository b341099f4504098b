"""XML, looked through to its end before anything is made of it: no DTD, no links, no depth."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from lxml import etree

from layers.reading.refusals import refuse

DEEPEST = 200
NO_MEMORY = expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]
XLINK = "http://www.w3.org/1999/xlink href"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance schemaLocation"
NUMBERS = {"posList", "pos", "coordinates", "lowerCorner", "upperCorner", "coord"}
PLAIN = re.compile(r"[0-9+\-.,;:eE \t\r\n]*")
BAD = re.compile(r"(?i)(?<![\w.])[+-]?(?:nan|inf(?:inity)?)(?![\w])")


@dataclass
class Scan:
    """What a pass over an XML document saw."""

    root: str = ""
    srs: set[str] = field(default_factory=set)
    schema: bool = False
    tags: set[str] = field(default_factory=set)


def scan(path: Path) -> Scan:
    """Read a document to its end; return what it holds.

    Raises
    ------
    Refusal
        ``xml-dtd``, ``xml-depth``, ``xml-xlink-remote``, ``xml-malformed``,
        ``geometry-nonfinite``.
    MemoryError
        As `walk`.
    """
    found, state = Scan(), _State()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        state.path.append(local)
        if len(state.path) > DEEPEST:
            raise refuse("xml-depth")
        found.root = found.root or local
        found.tags.add(local)
        found.schema = found.schema or SCHEMA in attributes
        if name := attributes.get("srsName"):
            found.srs.add(name)
        href = attributes.get(XLINK, "#")
        # A link to a neighbouring feature is a relation; one that stands for a geometry is a lack.
        if not href.startswith("#") and _for_geometry(tag, state.path):
            raise refuse("xml-xlink-remote")

    def end(_: str) -> None:
        state.path.pop()

    def text(content: str) -> None:
        if state.path[-1] in NUMBERS and BAD.search(content):
            raise refuse("geometry-nonfinite")

    def doctype(*_: Any) -> None:
        raise refuse("xml-dtd")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, doctype
    try:
        walk(parser, path)
    except ValueError as error:
        raise refuse("xml-malformed") from error
    return found


def walk(parser: expat.XMLParserType, path: Path) -> None:
    """Let the handlers of a parser see a document to its end.

    Raises
    ------
    ValueError
        Where it is not well-formed, or in an encoding that nobody knows.
    MemoryError
        Where there is not enough for it, which expat takes for a fault of the document.
    """
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: the encoding
        if getattr(error, "code", None) == NO_MEMORY:
            raise MemoryError from error
        raise ValueError("no XML") from error


@dataclass
class _State:
    path: list[str] = field(default_factory=list)


# What may hold a geometry by its name: in GML itself, and in the schema of somebody.
OF_GML = re.compile(
    r"(?i)(member|exterior|interior|boundaryIs|geom|position|patches|segments|baseCurve|baseSurface|shape|location)"
)
HOLDERS = re.compile(
    r"(?i)(?:\w*(?:geom|geometry|geometrie|shape|members?|geltungsbereich)(?:_?\d+)?|position"
    r"|(?:extent|edge|centerLine)Of"
    r"|(?:multi)?(?:point|lineString|curve|centerLine|polygon|surface|solid|geometry)Property)"
)
GEOMETRY = re.compile(
    r"(?:Point|String|Ring|Curve|Polygon|Patch|Surface|Solid|Tin|Complex|Geometry)$"
)


def holds_geometry(name: str) -> bool:
    """Tell whether a property is named as those are that hold a geometry."""
    return bool(HOLDERS.fullmatch(name))


def _for_geometry(tag: str, path: list[str]) -> bool:
    name = path[-1]
    if "opengis.net/gml" in tag:
        return bool(GEOMETRY.search(name) or OF_GML.search(name)) or holds_geometry(name)
    return holds_geometry(name) and len(path) > 2


def parse(path: Path) -> Any:
    """Return the root element of a scanned document; entities and network stay out."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        # In the middle of coordinates they would hide all that follows.
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.parse(path, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise refuse("xml-malformed") from error


def number_text(element: Any) -> str:
    """Return the text of an element that holds numbers and what separates them.

    Raises
    ------
    Refusal
        ``xml-malformed`` where anything else is in it: Python would read ``1_0`` as ten.
    """
    text = element.text or ""
    if len(element) or not PLAIN.fullmatch(text):
        raise refuse("geometry-nonfinite" if BAD.search(text) else "xml-malformed")
    return text


def local(element: Any) -> str:
    """Return an element's name without its namespace; comments have none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Any, *names: str) -> list[Any]:
    """Return the child elements of these local names (all of them without names)."""
    return [c for c in element if (n := local(c)) and (not names or n in names)]
