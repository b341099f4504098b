"""From what was gathered to a report for everybody: the exact bytes that are kept."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from layers.catalogue import Catalogue
from service.report.audience import Audience
from service.review import Gathered, Heard, heard

LANGUAGES = ("de", "en")
INTERNAL, OFFICE = "internal", "office"
RESTRICTED = "restricted"  # what only a keeper and the coordinator know
FOR_ALL = (INTERNAL, "planner", "public", OFFICE)


@dataclass(frozen=True, slots=True)
class Told:
    """A report as one audience reads it; `document` is what `body` says."""

    audience: str
    language: str
    document: dict[str, Any]
    body: bytes

    @property
    def sha256(self) -> str:
        """Hash of the bytes, in hex."""
        return hashlib.sha256(self.body).hexdigest()


def tell(gathered: Gathered) -> list[Told]:
    """Return the reports for every audience a catalogue makes a difference between."""
    return [
        told
        for audience in audiences(gathered.catalogue)
        for told in _told(audience, heard(gathered, audience_named(audience)))
    ]


def told_to(gathered: Gathered, audience: str, language: str) -> Told:
    """Return the report for one audience."""
    document = heard(gathered, audience_named(audience)).review(language).document
    return Told(audience, language, document, written(document))


def written(document: dict[str, Any]) -> bytes:
    """Return a report as it is kept; the order of its keys is that of its schema."""
    return orjson.dumps(document)


def audiences(catalogue: Catalogue) -> list[str]:
    """Return the audiences that may read different things, as `Report.audience` names them.

    Offices read the same, but for those that keep restricted layers.
    """
    return [*FOR_ALL, *(f"{OFFICE}:{keeper}" for keeper in sorted(_keepers(catalogue)))]


def audience_named(name: str) -> Audience:
    """Return the audience of that name; ``office`` is any office that keeps nothing restricted."""
    role, _, office = name.partition(":")
    return Audience(role, office or None)


def audience_kept(audience: str, kept: Iterable[str]) -> str:
    """Return which of the kept reports is that of an audience (``office:X`` may be ``office``)."""
    return audience if audience in set(kept) else audience.partition(":")[0]


def read_by(audience: str) -> tuple[str, ...]:
    """Return the audiences whose reports one of them may read: of an office that keeps nothing
    restricted there is none of its own.
    """
    return tuple(dict.fromkeys((audience, audience.partition(":")[0])))


def restricted(catalogue: Catalogue) -> dict[str, list[str]]:
    """Return, by audience, the restricted layers its report tells of; whoever tells of none is
    left out.
    """
    layers = [layer for layer in catalogue.layers if layer.visibility == RESTRICTED]
    told = {
        name: [layer.code for layer in layers if audience_named(name).may_see(layer)]
        for name in audiences(catalogue)
    }
    return {name: codes for name, codes in told.items() if codes}


def _keepers(catalogue: Catalogue) -> set[str]:
    return {layer.keeper for layer in catalogue.layers if layer.visibility == RESTRICTED}


def _told(audience: str, known: Heard) -> list[Told]:
    documents = {language: known.review(language).document for language in LANGUAGES}
    return [Told(audience, name, doc, written(doc)) for name, doc in documents.items()]
