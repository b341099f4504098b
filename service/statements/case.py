"""What a statement is composed from: a case as plain values, whatever they were read from."""

from dataclasses import dataclass, field

from service.statements.content import (
    Addressee,
    Assessment,
    Closing,
    Committee,
    Correction,
    Gap,
    Missing,
    Outside,
    Point,
    Received,
    Resolution,
    Signed,
    Subject,
)

ANSWERED = "answered"
NOT_AFFECTED = "not_affected"
GONE = frozenset({"withdrawn", "superseded"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one office; `state` is its task's, `closing` why it ended without points.

    `prepared` counts points made from findings that nobody has taken or discarded yet,
    `suggestions` changes to the office's words that it has not answered.
    """

    office: str
    state: str
    points: tuple[Point, ...] = ()
    answered: str | None = None
    due: str | None = None
    contact: str | None = None
    reference: str | None = None
    source: str = "own"
    closing: str | None = None
    prepared: int = 0
    suggestions: int = 0


@dataclass(frozen=True)
class Case:
    """A case at the moment its statement is composed.

    `dropped` are offices the check proposed and the coordinator did not ask, with the reason;
    `outside` bodies the coordinator added as hints; `marked` and `same` pairs of points the
    coordinator calls contradicting, or asking for the same. Without an `assessment` a draft is
    made. `fnp_objection` is the district's Widerspruch under § 7 BauGB.
    """

    reference: str
    addressee: Addressee
    subject: Subject
    closing: Closing
    answers: tuple[Answer, ...]
    version: int = 1
    copies: tuple[Addressee, ...] = ()
    received: tuple[Received, ...] = ()
    assessment: Assessment | None = None
    dropped: tuple[tuple[str, str], ...] = ()
    outside: tuple[Outside, ...] = ()
    marked: tuple[tuple[str, str], ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    missing: tuple[Missing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    corrections: tuple[Correction, ...] = ()
    committee: Committee | None = None
    cosigned: tuple[Signed, ...] = ()
    supplement: bool = False
    fnp_objection: bool = False
    texts: tuple[str, ...] = field(default=())
