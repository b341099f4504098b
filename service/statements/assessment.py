"""The overall assessment, drafted by rules from what is in the statement; a person edits it.

It looks only at what the outward edition shows, so that it can stand in both.
"""

from collections.abc import Iterable, Iterator, Sequence

from gis.problem import Text
from service.statements.content import Assessment, Content, Point, Verdict
from service.statements.labels import EMPTY, label

MOST_NAMED = 5

FIRST: dict[Verdict, Text] = {
    "rejection": Text(
        "Der Planung kann in der vorliegenden Fassung nicht zugestimmt werden: Ihr stehen "
        "Vorschriften entgegen, von denen keine Ausnahme in Aussicht steht.",
        "The plan cannot be agreed to as it stands: it is barred by provisions from which no "
        "exception is held out.",
    ),
    "concerns": Text(
        "Gegen die Planung bestehen in der vorliegenden Fassung Bedenken.",
        "There are concerns about the plan as it stands.",
    ),
    "conditions": Text(
        "Der Planung wird zugestimmt, wenn die nachstehenden Forderungen berücksichtigt werden.",
        "The plan is agreed to provided that the demands below are met.",
    ),
    "notes": Text(
        "Der Planung wird zugestimmt; die nachstehenden Hinweise bitten wir zu beachten.",
        "The plan is agreed to; please observe the notes below.",
    ),
    "consent": Text(
        "Gegen die Planung bestehen keine Bedenken.", "There are no objections to the plan."
    ),
    "reserved": Text(
        "Die Planung kann noch nicht abschließend beurteilt werden.",
        "The plan cannot be assessed conclusively yet.",
    ),
}
RESERVATION = Text(
    "Die Stellungnahme ergeht unter dem Vorbehalt der noch fehlenden Unterlagen.",
    "The statement is given subject to the documents still missing.",
)


def draft(shown: Content) -> Assessment:
    """Return a draft of the assessment of the outward edition `shown`."""
    which = verdict(shown)
    german = " ".join(text.de for text in _sentences(shown, which))
    english = " ".join(text.en for text in _sentences(shown, which))
    return Assessment(which, Text(german, english).in_language(shown.language))


def verdict(shown: Content) -> Verdict:
    """Return what the points come down to, the gravest first."""
    points = _weighed(shown.points)
    binding = [p for p in points if p.kind == "einwendung"]
    if any(p.exception == "excluded" for p in binding):
        return "rejection"
    if binding or any(p.kind == "bedenken" for p in points):
        return "concerns"
    if any(p.kind == "forderung" for p in points):
        return "conditions"
    if shown.no_answer or shown.checked.unresolved or shown.missing:
        return "reserved"
    return "notes" if points else "consent"


def _weighed(points: Iterable[Point]) -> list[Point]:
    return [point for point in points if point.kind not in EMPTY]


def _sentences(shown: Content, which: Verdict) -> Iterator[Text]:
    yield FIRST[which]
    points = _weighed(shown.points)
    yield from _binding([p for p in points if p.kind == "einwendung"])
    yield from _demands(shown, [p for p in points if p.kind == "forderung"])
    if shown.no_objection and which != "consent":
        yield _counted(
            len(shown.no_objection),
            Text("Eine Stelle hat keine Bedenken.", "One office has no objections."),
            Text("{n} Stellen haben keine Bedenken.", "{n} offices have no objections."),
        )
    if shown.no_answer:
        names = ", ".join(silent.name for silent in shown.no_answer)  # every one of them
        yield Text(
            f"Nicht geäußert haben sich: {names}; deren Belange sind damit nicht beurteilt.",
            f"No answer came from: {names}; their concerns are not assessed.",
        )
    if shown.missing:
        yield RESERVATION


def _binding(points: Sequence[Point]) -> Iterator[Text]:
    if not points:
        return
    named = _few([f"{p.number} ({p.basis})" if p.basis else p.number for p in points])
    open_ = [p for p in points if p.exception != "excluded"]
    yield Text(
        f"In der Abwägung nicht zu überwinden {'ist' if len(points) == 1 else 'sind'}: {named.de}.",
        f"Not to be overcome by weighing: {named.en}.",
    )
    if open_:
        yield Text(
            "Die Planung setzt insoweit die dort genannten Ausnahmen, Befreiungen oder "
            "Zustimmungen voraus.",
            "In so far the plan needs the exceptions, exemptions or consents named there.",
        )


def _few(names: Sequence[str]) -> Text:
    """Return the first of many names, and how many more there are."""
    more = len(names) - MOST_NAMED
    if more < 2:
        return Text(", ".join(names), ", ".join(names))
    told = ", ".join(names[:MOST_NAMED])
    return Text(f"{told} und {more} weitere", f"{told} and {more} more")


def _demands(shown: Content, points: Sequence[Point]) -> Iterator[Text]:
    if not points:
        return
    names = {voice.office: voice.name for voice in shown.voices}
    offices = _few(list(dict.fromkeys(names[p.office] for p in points)))
    many = label("forderung", shown.subject.procedure_code, many=True)
    count = len(points)
    yield Text(f"{many.de} ({count}): {offices.de}.", f"{many.en} ({count}): {offices.en}.")


def _counted(count: int, one: Text, many: Text) -> Text:
    if count == 1:
        return one
    return Text(many.de.format(n=count), many.en.format(n=count))
