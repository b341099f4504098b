"""What a statement says: the one source of truth that every document is made from.

Plain values in one language. Offices' own words are never changed; what the house says around them
is in the language of the statement. Days are ISO dates, geometries GeoJSON in the working CRS.
`service.statements.canonical` writes and reads it; `service.statements.edition` cuts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from service.statements.survey import (
    Checked,
    FindingRow,
    NotAffected,
    Outside,
    Row,
    Silent,
    Unresolved,
)

__all__ = [
    "Addressee", "Assessment", "Checked", "Closing", "Committee", "Content", "Correction",
    "Edition", "FindingRow", "Gap", "Json", "Kind", "Missing", "NotAffected", "Outside", "Party",
    "Point", "Received", "Resolution", "Row", "Sender", "Signed", "Silent", "Subject",
    "Unresolved", "Verdict", "Voice",
]  # fmt: skip

Edition = Literal["inner", "outward"]
Kind = Literal[
    "einwendung",
    "bedenken",
    "forderung",
    "hinweis",
    "anregung",
    "eigene_planung",
    "keine_bedenken",
    "fehlanzeige",
]
Party = Literal["authority", "affected"]  # the district as an authority, or in its own rights
Verdict = Literal["rejection", "concerns", "conditions", "notes", "consent", "reserved"]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """The letterhead; `contact` is a function and mailbox, never a person."""

    name: str
    unit: str
    address: tuple[str, ...]
    place: str
    mailbox: str
    phone: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who receives the statement, or a copy of it; `way` is how (beBPo, mail, portal)."""

    lines: tuple[str, ...]
    reference: str | None = None
    way: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is answered: the plan, its state, the procedure and the period.

    `procedure_code` and `kind_code` are words of `service.plans.kinds`, the others what they are
    called. `plan_state` is the draft as its author calls it (``Entwurf, Stand März 2026``).
    """

    title: str
    kind_code: str
    kind: str
    procedure_code: str | None
    procedure: str
    municipalities: tuple[str, ...]
    plan_state: str | None
    asked: str | None
    received: str | None
    period_end: str | None


@dataclass(frozen=True, slots=True)
class Received:
    """A document as it was handed in."""

    title: str
    dated: str | None
    received: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point of one office; `number` (``UNB-3``) stays with it across drafts.

    `binding` is ``law`` where weighing cannot overcome it; `exception` says whether one is held
    out, excluded or open, `exception_by` and `exception_step` who decides on it and how.
    `edition` ``internal`` keeps a note in the house. `restricted` speaks of data not everybody may
    see: outside, only `released` is read, the sentence its keeper let go. `same_as` are the
    numbers of other offices' points that ask for the same.
    """

    number: str
    office: str
    kind: Kind
    text: str
    basis: str | None = None
    binding: Literal["law", "weighing"] | None = None
    exception: Literal["held_out", "excluded", "open"] | None = None
    exception_by: str | None = None
    exception_step: str | None = None
    planned_for: str | None = None
    topic: str | None = None
    stance: Literal["supports", "neutral", "conflicts"] | None = None
    priority: int | None = None
    party: Party = "authority"
    layer: str | None = None
    object: str | None = None
    rule: str | None = None
    place: Json | None = None
    attachment: str | None = None
    edition: Literal["public", "internal"] = "public"
    restricted: bool = False
    released: str | None = None
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """An office that answered, in its own words.

    `reference` is its own Aktenzeichen, `contact` the function to be asked, `source` how the answer
    came (own, mail, letter, link, docx).
    """

    office: str
    name: str
    points: tuple[Point, ...]
    answered: str | None = None
    contact: str | None = None
    reference: str | None = None
    source: str = "own"


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing when the statement goes out, why, and what follows until when.

    `kind` is that of `service.statements.complete.Open`, `subject` its subject.
    """

    kind: str
    subject: str
    title: str
    reason: str
    follows: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A document that was asked for (Nachforderung); the statement stands under its reservation."""

    text: str
    office: str | None = None
    asked: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a contradiction between two points was settled; `outward` lets outsiders read it."""

    first: str
    second: str
    text: str
    by: str
    on: str
    outward: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """The overall assessment in a few sentences, and what it comes down to."""

    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee's decision: `urgent` where it was made between sittings (Eilentscheidung)."""

    name: str
    sitting: str
    number: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """One co-signature of the house; a function, never a person. Inner edition only."""

    function: str
    on: str | None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of the letter: when and where, on whose behalf, who signs."""

    place: str
    date: str
    capacity: str
    function: str
    seal: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What a later version changed about the one before."""

    version: int
    date: str
    changes: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """A consolidated statement; `version` counts from 1, `supplement` only adds to the one before.

    `objection_par7` is the district's Widerspruch under § 7 BauGB against a preparatory plan.
    `audit` are lines of the journal's extract and `cosigned` the house's own steps: both only ever
    in the inner edition.
    """

    edition: Edition
    language: str
    reference: str
    version: int
    sender: Sender
    addressee: Addressee
    copies: tuple[Addressee, ...]
    subject: Subject
    received: tuple[Received, ...]
    assessment: Assessment
    voices: tuple[Voice, ...]
    no_objection: tuple[Silent, ...]
    no_answer: tuple[Silent, ...]
    not_concerned: tuple[Silent, ...]
    checked: Checked
    missing: tuple[Missing, ...]
    gaps: tuple[Gap, ...]
    resolutions: tuple[Resolution, ...]
    corrections: tuple[Correction, ...]
    committee: Committee | None
    cosigned: tuple[Signed, ...]
    closing: Closing
    texts: tuple[str, ...]
    supplement: bool = False
    objection_par7: str | None = None

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, in the order of the statement."""
        return tuple(point for voice in self.voices for point in voice.points)
