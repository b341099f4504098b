"""The district's own house rules: letterhead, mailboxes, who signs off, how long things take.

Functions and mailboxes only, no people.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from gis.problem import Text


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands above every letter; `place` is where it is dated."""

    name: Text
    unit: Text
    address: tuple[str, ...]
    place: str
    mailbox: str
    phone: str | None = None
    website: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """Somebody by what they do in the house, and the mailbox that reaches them."""

    function: Text
    mailbox: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A co-signature (Mitzeichnung); `procedures` empty: in all of them."""

    code: str
    function: Text
    mailbox: str
    deputies: tuple[Function, ...] = ()
    procedures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HouseOffice:
    """How an office is reached; `answering_days` working days in place of the house's own."""

    mailbox: str
    head: Function | None = None
    head_releases: bool = False
    deputies: tuple[Function, ...] = ()
    answering_days: int | None = None
    sign_off: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Committee:
    """Whose decision statements in some procedures need; papers `lead_days` before a sitting."""

    name: Text
    mailbox: str | None
    lead_days: int
    procedures: frozenset[str]
    sittings: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class LeadDays:
    """Working days the steps to a statement take, and until missing documents are asked for."""

    sending: int = 2
    approval: int = 1
    cosigning: int = 2
    consolidating: int = 2
    answering: int = 5
    follow_up: int = 3


@dataclass(frozen=True, slots=True)
class Reminders:
    """Working days `before` an office's deadline, after it, and before the end of the period."""

    before: tuple[int, ...] = (3, 1)
    escalate_after: int = 1
    extension_before: int = 3


@dataclass(frozen=True, slots=True)
class HouseCalendar:
    """Where holidays are those of; `closed` are days off besides, "MM-DD" or "YYYY-MM-DD"."""

    state: str = "SN"
    corpus_christi: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


SAXONY = HouseCalendar()


@dataclass(frozen=True, slots=True)
class House:
    """How a district works. `template` is its own DOCX, None: Belang's. `staff_unit` are the
    offices the coordinator writes for.
    """

    letterhead: Letterhead
    template: Path | None = None
    staff_unit: frozenset[str] = frozenset()
    offices: Mapping[str, HouseOffice] = field(default_factory=dict)
    sign_off: tuple[Signer, ...] = ()
    committee: Committee | None = None
    lead_days: LeadDays = LeadDays()
    reminders: Reminders = Reminders()
    calendar: HouseCalendar = SAXONY
    texts: Mapping[str, Text] = field(default_factory=dict)

    def office(self, office: str) -> HouseOffice:
        """Return how an office is reached; one that is not named, through the staff unit."""
        return self.offices.get(office) or HouseOffice(self.letterhead.mailbox)

    def coordinates(self, office: str) -> bool:
        """Tell whether an office belongs to the unit that puts statements together."""
        return office in self.staff_unit

    def lead_days_of(self, office: str | None) -> LeadDays:
        """Return the lead times where an office answers; some need longer than the others."""
        own = None if office is None else self.office(office).answering_days
        return self.lead_days if own is None else replace(self.lead_days, answering=own)

    def signers(self, procedure: str | None) -> tuple[Signer, ...]:
        """Return who co-signs a statement in this procedure, in order."""
        return tuple(s for s in self.sign_off if not s.procedures or procedure in s.procedures)

    def committee_for(self, procedure: str | None) -> Committee | None:
        """Return the committee that decides on a statement in this procedure, if one does."""
        named = self.committee
        return named if named is not None and procedure in named.procedures else None

    def text(self, name: str) -> Text:
        """Return a text of the house; an empty one where it has none of its own."""
        return self.texts.get(name, Text("", ""))
