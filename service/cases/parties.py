"""Who has a part in a case, and to whom its statement goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.cases.changing import may_change
from service.cases.events import happened
from service.errors import UnusableError
from service.models.account import Organisation
from service.models.case import Case, Party

AUTHORITY, COMMISSIONED = "planning_authority", "commissioned_office"
DEVELOPER, LEADING, SENDER = "developer", "leading_authority", "sender"
PARTS = (AUTHORITY, COMMISSIONED, DEVELOPER, LEADING, SENDER)

# Procedures of urban land-use planning: the municipality answers for them (§ 4b BauGB lets it
# commission an office, which never becomes the addressee). In all others a leading authority asks.
MUNICIPAL = frozenset(
    {"voranfrage", "par4-1", "par4-2", "par4a-3", "par13", "par13a", "par34-35", "par2-2", "par6",
     "par10-2"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody with a part in a case."""

    part: str
    name: str | None
    contact: str | None = None
    organisation_id: UUID | None = None
    id: UUID | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Addressed:
    """Who gets a statement, who a copy, and what is to be known about it.

    `to` is None where nobody is named who may be the addressee; `missing` is that part then.
    """

    to: Named | None
    copies: tuple[Named, ...]
    missing: str | None
    note: Text | None


def addressee_and_copies(parties: Iterable[Named], procedure: str | None) -> Addressed:
    """Return to whom a statement goes.

    In urban land-use planning that is the planning authority, also where an office does the work
    for it (§ 4b BauGB): that office, the developer and the sender get copies. Elsewhere it is the
    leading authority; planning authority, developer and sender get copies.
    """
    given = sorted(parties, key=lambda one: PARTS.index(one.part))
    part = _answering(procedure)
    to = next((one for one in given if one.part == part), None)
    copies: list[Named] = []
    for one in given:
        if one is not to and not _same(one, to) and not any(_same(one, c) for c in copies):
            copies.append(one)
    commissioned = part == AUTHORITY and any(one.part == COMMISSIONED for one in given)
    return Addressed(to, tuple(copies), None if to else part, BY_4B if commissioned else None)


def addressed(session: Session, case: Case) -> Addressed:
    """Return to whom the statement of a case goes, see `addressee_and_copies`; while nobody is
    named, whoever handed it in answers for it.
    """
    named = parties_of(session, case)
    if not named and case.organisation_id is not None:
        sender = session.get_one(Organisation, case.organisation_id)
        named = [Named(_answering(case.procedure), sender.name, organisation_id=sender.id)]
    return addressee_and_copies(named, case.procedure)


def _answering(procedure: str | None) -> str:
    return AUTHORITY if procedure is None or procedure in MUNICIPAL else LEADING


def parties_of(session: Session, case: Case) -> list[Named]:
    """Return the parties of a case in the order of their parts."""
    rows = session.scalars(select(Party).where(Party.case_id == case.id))
    named = [Named(row.part, row.name, row.contact, row.organisation_id, row.id) for row in rows]
    return sorted(named, key=lambda one: (PARTS.index(one.part), one.name or ""))


def set_parties(
    session: Session, principal: Principal, case: Case, parties: Sequence[Named]
) -> None:
    """Put `parties` in place of those a case had; nothing is written where they are the same.

    Raises
    ------
    UnusableError
        If a part that only one can have is given twice, or an organisation does not exist.
    ConflictError, ForbiddenError
        As `changing.may_change`.
    """
    may_change(principal, case)
    _sound(session, parties)
    before = parties_of(session, case)
    if sorted(before, key=repr) == sorted(parties, key=repr):
        return
    session.execute(delete(Party).where(Party.case_id == case.id))
    session.add_all(
        Party(case_id=case.id, part=p.part, organisation_id=p.organisation_id,
              name=p.name, contact=p.contact)
        for p in parties
    )  # fmt: skip
    happened(
        session,
        case,
        "parties.changed",
        actor=principal.pseudonym,
        facts={"parts": sorted(p.part for p in parties)},
        detail={"before": [_plain(p) for p in before], "after": [_plain(p) for p in parties]},
    )


def _sound(session: Session, parties: Sequence[Named]) -> None:
    for part in (AUTHORITY, LEADING):
        if sum(one.part == part for one in parties) > 1:
            raise UnusableError("party-twice", TWICE, part=part)
    wanted = {p.organisation_id for p in parties if p.organisation_id is not None}
    known = select(Organisation.id).where(Organisation.id.in_(wanted))
    if missing := wanted - set(session.scalars(known)):
        raise UnusableError("organisation-unknown", UNKNOWN, unknown=sorted(map(str, missing)))


def _same(one: Named, other: Named | None) -> bool:
    """Tell whether two parts are one and the same body: it gets one letter, not two."""
    if other is None:
        return False
    if one.organisation_id is not None and one.organisation_id == other.organisation_id:
        return True
    return one.name is not None and (one.name, one.contact) == (other.name, other.contact)


def _plain(party: Named) -> dict[str, str | None]:
    organisation = None if party.organisation_id is None else str(party.organisation_id)
    return {
        "part": party.part,
        "name": party.name,
        "contact": party.contact,
        "organisation": organisation,
    }


BY_4B = Text(
    "Ein beauftragtes Büro (§ 4b BauGB) kann die Stellungnahme entgegennehmen; Adressatin bleibt "
    "die Gemeinde.",
    "A commissioned office (§ 4b BauGB) may receive the statement; it is still addressed to the "
    "municipality.",
)
TWICE = Text(
    "Die Rolle in `part` kann nur eine Stelle haben; bitte die andere entfernen.",
    "The part in `part` can be one body's only; please remove the other.",
)
UNKNOWN = Text(
    "Die Organisationen in `unknown` gibt es nicht; bitte prüfen oder nur den Namen angeben.",
    "There are no organisations as in `unknown`; please check, or give the name only.",
)
