"""What stands against closing a statement, and what of it was accepted with a reason."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gis.problem import Text
from service.house.house import House
from service.statements.case import ANSWERED, GONE, NOT_AFFECTED, Case
from service.statements.content import Content
from service.statements.contradictions import Contradiction
from service.statements.leaks import Leak

# A reason cannot take the place of these: they are for a person to do, and quickly done.
FIRM = frozenset({"leak", "released", "assessment", "prepared"})


@dataclass(frozen=True, slots=True)
class Open:
    """One thing that is open; `kind` and `subject` are what a `Gap` names to accept it.

    ``office`` that has not answered, ``layer`` unresolved, ``contradiction``, ``suggestion`` not
    answered by its office, ``committee`` without a decision, no ``addressee``; and what no reason
    can replace (`FIRM`): ``prepared`` points nobody took, a restricted point without a
    ``released`` sentence, a ``leak`` in a text, no ``assessment``.
    """

    kind: str
    subject: str
    title: Text
    accepted: bool = False

    @property
    def firm(self) -> bool:
        """Whether no reason can take its place."""
        return self.kind in FIRM


def standing_against(
    case: Case,
    content: Content,
    found: Iterable[Contradiction],
    house: House,
    spilt: Iterable[Leak] = (),
) -> tuple[Open, ...]:
    """Return all that is open, in the order of the statement.

    `content` is the inner edition, `spilt` what `service.statements.leaks` found in the outward
    one. What the case has a gap for is `accepted`; the statement says so where it is missing.
    """
    accepted = {(gap.kind, gap.subject) for gap in case.gaps}
    return tuple(
        Open(one.kind, one.subject, one.title, (one.kind, one.subject) in accepted)
        for one in (
            *_offices(case, content),
            *_layers(content),
            *_contradictions(found),
            *_points(content),
            *_decision(case, house),
            *_texts(content, spilt),
        )
    )


def closable(opens: Sequence[Open]) -> bool:
    """Tell whether the statement may be closed: nothing is open but what was accepted."""
    return all(one.accepted and not one.firm for one in opens)


def _offices(case: Case, content: Content) -> Iterator[Open]:
    names = {voice.office: voice.name for voice in content.voices}
    names |= {s.office: s.name for s in (*content.no_objection, *content.no_answer)}
    for answer in case.answers:
        name = names.get(answer.office, answer.office)
        if answer.state in GONE:
            continue
        if answer.state not in (ANSWERED, NOT_AFFECTED) or not (answer.points or answer.closing):
            yield Open(
                "office", answer.office, Text(f"{name}: keine Antwort", f"{name}: no answer")
            )
        if answer.prepared:
            yield Open(
                "prepared",
                answer.office,
                Text(
                    f"{name}: {answer.prepared} vorbereitete Punkte sind weder übernommen noch "
                    "verworfen",
                    f"{name}: {answer.prepared} prepared points neither taken nor discarded",
                ),
            )
        if answer.suggestions:
            yield Open(
                "suggestion",
                answer.office,
                Text(
                    f"{name}: {answer.suggestions} Änderungsvorschläge sind nicht beantwortet",
                    f"{name}: {answer.suggestions} suggested changes not answered",
                ),
            )


def _layers(content: Content) -> Iterator[Open]:
    for row in content.checked.unresolved:
        subject = row.layer or ",".join(row.offices)
        yield Open("layer", subject, Text(f"{row.title}: {row.reason}", f"{row.title}: open"))


def _contradictions(found: Iterable[Contradiction]) -> Iterator[Open]:
    for one in found:
        if one.open:
            pair = f"{one.first}/{one.second}"
            title = Text(f"{pair}: {one.because.de}", f"{pair}: {one.because.en}")
            yield Open("contradiction", pair, title)


def _points(content: Content) -> Iterator[Open]:
    hidden = {f.layer for f in content.checked.findings if f.visibility != "public"}
    for point in content.points:
        shut = point.restricted or point.layer in hidden
        if shut and point.edition == "public" and not point.released:
            yield Open(
                "released",
                point.number,
                Text(
                    f"{point.number} beruht auf Daten mit beschränktem Zugang; der Satz für die "
                    "äußere Ausfertigung fehlt",
                    f"{point.number} rests on data with restricted access; the sentence for the "
                    "outward edition is missing",
                ),
            )


def _decision(case: Case, house: House) -> Iterator[Open]:
    committee = house.committee_for(case.subject.procedure_code)
    if committee is not None and case.committee is None:
        name = committee.name
        yield Open(
            "committee",
            "decision",
            Text(f"{name.de}: Beschluss fehlt", f"{name.en}: decision missing"),
        )


def _texts(content: Content, spilt: Iterable[Leak]) -> Iterator[Open]:
    if not content.addressee.lines:
        yield Open("addressee", "name", Text("Empfänger fehlt", "There is no addressee"))
    if not content.assessment.text.strip():
        yield Open(
            "assessment",
            "text",
            Text("Gesamtbeurteilung fehlt", "The overall assessment is missing"),
        )
    for leak in spilt:
        yield Open(
            "leak",
            leak.where,
            Text(
                f"Ein Text für die äußere Ausfertigung nennt ein nicht öffentliches Objekt "
                f"({leak.where})",
                f"A text of the outward edition names an object that is not public ({leak.where})",
            ),
        )
