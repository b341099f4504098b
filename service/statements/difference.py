"""What a later version of a statement changed, in sentences: the draft of its correction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from gis.problem import Text
from service.statements.content import Content, Point

NEW = Text("{number} neu: {text}", "{number} new: {text}")
GONE = Text("{number} entfällt", "{number} no longer applies")
REWORDED = Text("{number} neu gefasst", "{number} reworded")
RESTATED = Text(
    "{number}: Art, Rechtsgrundlage oder Verbindlichkeit geändert",
    "{number}: kind, legal basis or binding force changed",
)
VERDICT = Text("Gesamtbeurteilung geändert", "Overall assessment changed")
ANSWERED = Text("{name} hat nachträglich geantwortet", "{name} has answered since")
CLOSED = Text("Nachgereicht: {title}", "Supplied since: {title}")
LONGEST = 90


def changes(before: Content, after: Content) -> tuple[str, ...]:
    """Return what `after` changed; both of one edition, so that nothing is told across them."""
    if before.edition != after.edition:
        raise ValueError(f"editions differ: {before.edition}, {after.edition}")
    said = (*_assessment(before, after), *_points(before, after), *_offices(before, after))
    return tuple(text.in_language(after.language) for text in said)


def _filled(pattern: Text, /, **values: str) -> Text:
    return Text(pattern.de.format(**values), pattern.en.format(**values))


def _assessment(before: Content, after: Content) -> Iterator[Text]:
    if before.assessment != after.assessment:
        yield VERDICT


def _points(before: Content, after: Content) -> Iterator[Text]:
    old, new = _numbered(before.points), _numbered(after.points)
    for number, point in new.items():
        known = old.get(number)
        if known is None:
            yield _filled(NEW, number=number, text=_short(point.text))
        elif known.text != point.text:
            yield _filled(REWORDED, number=number)
        elif replace(known, same_as=()) != replace(point, same_as=()):
            yield _filled(RESTATED, number=number)
    for number in old:
        if number not in new:
            yield _filled(GONE, number=number)


def _numbered(points: Iterable[Point]) -> Mapping[str, Point]:
    return {point.number: point for point in points}


def _short(text: str) -> str:
    """Return the beginning of a text, cut between words."""
    flat = " ".join(text.split())
    if len(flat) <= LONGEST:
        return flat
    return flat[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def _offices(before: Content, after: Content) -> Iterator[Text]:
    silent = {one.office for one in after.no_answer}
    for one in before.no_answer:
        if one.office not in silent:
            yield _filled(ANSWERED, name=one.name)
    open_ = {(gap.kind, gap.subject) for gap in after.gaps}
    for gap in before.gaps:
        if (gap.kind, gap.subject) not in open_:
            yield _filled(CLOSED, title=gap.title)
