"""Published plans as an Atom feed (RFC 4287): titles, places, days; no person is named."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from gis.problem import Text
from service import figures
from service.cases.dates import known
from service.cases.publishing import Published

ATOM = "http://www.w3.org/2005/Atom"
TITLE = Text("Veröffentlichte Planungen", "Published plans")
COMMENT = Text("Öffentliche Auslegung bis {0}", "On public display until {0}")
AUTHOR = "Belang"


def atom(found: Iterable[Published], base: str, here: str, language: str) -> bytes:
    """Return the feed; `base` is the service's own address with a slash at the end."""
    listed = list(found)
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": language})
    _text(feed, "id", here)
    _text(feed, "title", TITLE.in_language(language))
    _text(feed, "updated", _moment(max((one.release.at for one in listed), default=None)))
    SubElement(feed, "link", {"rel": "self", "href": here})
    _text(SubElement(feed, "author"), "name", AUTHOR)
    for one in listed:
        _entry(feed, one, base, language)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _entry(feed: Element, one: Published, base: str, language: str) -> None:
    entry = SubElement(feed, "entry")
    _text(entry, "id", f"urn:uuid:{one.case.id}")
    _text(entry, "title", one.release.title)
    _text(entry, "updated", _moment(one.release.at))
    SubElement(entry, "link", {"rel": "alternate", "href": f"{base}plan/{one.case.id}"})
    _text(entry, "summary", " · ".join(_summary(one, language)))


def _summary(one: Published, language: str) -> Iterable[str]:
    if one.case.municipality_names:
        yield one.case.municipality_names
    end = known(one.case.dates).get("public_to")
    if end is not None:
        day = figures.day(end.isoformat()).in_language(language)
        yield COMMENT.in_language(language).format(day)
    if one.release.summary:
        yield one.release.summary


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(c for c in text if c.isprintable() or c in "\n\t")


def _moment(at: datetime | None) -> str:
    return f"{(at or datetime(2026, 1, 1, tzinfo=UTC)).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
