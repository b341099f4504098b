"""A statement ready to be laid out: every word chosen, every table filled, nothing left to decide.

All renderers take this one document, so that PDF, DOCX and page say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.statements.annexes import annexes
from service.statements.blocks import Chapter
from service.statements.chapters import about, chapters, on, opening, point_of
from service.statements.content import Content, Voice
from service.statements.labels import VERDICTS
from service.statements.plates import Plate
from service.statements.words import Words


@dataclass(frozen=True)
class Document:
    """The letter and its annexes as plain values; `plates` are the pictures its figures name."""

    data: dict[str, Any]
    plates: tuple[Plate, ...]
    content: Content


def document(content: Content, plates: Sequence[Plate]) -> Document:
    """Return the document of one edition."""
    say = Words(content.language)
    letter = chapters(content)
    behind = annexes(content, plates)
    return Document(
        {
            "language": content.language,
            "title": _title(content, say),
            "edition": say("inner") if content.edition == "inner" else "",
            "version": f"{say('draft_of')} {content.version}" if content.version > 1 else "",
            "date": content.closing.date,
            "day": on(content.closing.date, say),
            "reference": content.reference,
            "sender": _sender(content),
            "addressee": list(content.addressee.lines),
            "way": content.addressee.way or "",
            "information": _information(content, say),
            "subject": _subject(content, say),
            "salutation": say("salutation"),
            "opening": opening(content, say),
            "assessment": _assessment(content),
            "offices": [_office(voice, content, say) for voice in content.voices],
            "chapters": _numbered(letter),
            "texts": [*_decided(content, say), *content.texts],
            "regards": say("regards"),
            "signature": _signature(content, say),
            "copies": [", ".join(copy.lines) for copy in content.copies],
            "annexes": [
                {**one, "number": n, "label": f"{say('annex')} {n}"}
                for n, one in enumerate(behind, start=1)
            ],
            "words": say.all(),
        },
        tuple(plates),
        content,
    )


def _assessment(content: Content) -> dict[str, str]:
    verdict = VERDICTS[content.assessment.verdict].in_language(content.language)
    return {"verdict": verdict, "text": content.assessment.text}


def _office(voice: Voice, content: Content, say: Words) -> dict[str, Any]:
    return {
        "code": voice.office,
        "name": voice.name,
        "about": about(voice, say),
        "points": [point_of(point, content, say) for point in voice.points],
    }


def _numbered(found: Sequence[Chapter]) -> list[Chapter]:
    return [{**one, "number": n} for n, one in enumerate(found, start=1)]


def _title(content: Content, say: Words) -> str:
    kind = say("supplement") if content.supplement else say("title")
    return f"{kind}: {content.subject.title}"


def _sender(content: Content) -> dict[str, Any]:
    sender = content.sender
    return {
        "name": sender.name,
        "unit": sender.unit,
        "address": list(sender.address),
        "line": " · ".join([sender.name, *sender.address]),
        "mailbox": sender.mailbox,
    }


def _information(content: Content, say: Words) -> list[list[str]]:
    sender = content.sender
    pairs = [
        (say("your_reference"), content.addressee.reference),
        (say("our_reference"), content.reference),
        (say("contact"), sender.mailbox),
        (say("phone"), sender.phone),
        (say("website"), sender.website),
        (say("date"), on(content.closing.date, say)),
    ]
    return [[label, value] for label, value in pairs if value]


def _subject(content: Content, say: Words) -> list[str]:
    of = content.subject
    kind = say("supplement") if content.supplement else say("title")
    return [kind, of.title, of.procedure]


def _decided(content: Content, say: Words) -> list[str]:
    made = content.committee
    if made is None:
        return []
    key = "urgent" if made.urgent else "decided"
    return [say(key, number=made.number, name=made.name, sitting=on(made.sitting, say))]


def _signature(content: Content, say: Words) -> dict[str, str]:
    closing = content.closing
    return {
        "place": f"{closing.place}, {on(closing.date, say)}",
        "capacity": closing.capacity,
        "function": closing.function,
        "seal": say("seal") if closing.seal else "",
    }
