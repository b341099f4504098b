"""Something to look at: an account for each role, and a dozen cases in different states.

Only `belang demo` calls this. The cases come in as any other, with the plans of the sample region.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from service.access.passwords import generated, hashed
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.answering.demonstration import asked
from service.cases.changing import change
from service.cases.events import happened
from service.cases.opening import Desk, Letter, Read, Sent, open_case
from service.cases.publishing import PLAN, Terms, grant
from service.cases.samples import BEGUN, CASES, OFFICE, RELEASED, SENT, TOWN, Sample, Shown
from service.config import Settings
from service.db import transaction
from service.district import District
from service.house import House, open_house
from service.models.account import Account, Membership, Organisation
from service.models.case import Case, Party
from service.models.check import Check

PUBLIC_DAYS = 180  # how long what is released stays public


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demonstration, with the password that is shown once."""

    login: str
    name: str
    role: str
    office: str | None
    password: str


@dataclass(frozen=True, slots=True)
class Hands:
    """What is done with a case from outside this package.

    `check` carries out the check of that number, as a worker does; `begin` begins a statement;
    `send` signs and sends it, and takes the steps that follow.
    """

    check: Callable[[UUID], object]
    begin: Callable[[Session, Principal, Case], object]
    send: Callable[[UUID, Sample], object]


PEOPLE = (
    ("planung", "Paula Planer (Musterstadt)", "planner", None),
    ("naturschutz", "Nora Natur (untere Naturschutzbehörde)", "officer", "UNB"),
    ("koordination", "Karl Koordination", "coordinator", None),
    ("geodaten", "Greta Geodaten", "steward", None),
    ("verwaltung", "Viktor Verwaltung", "administrator", None),
)


def accounts(
    session: Session, offices: frozenset[str], functions: frozenset[str] = frozenset()
) -> list[Login]:
    """Make the accounts, each with a new password; of a district without that office the first.

    The coordinator has all `functions` that sign, so that a case can be led to its end.
    """
    made = [_login(person, offices) for person in PEOPLE]
    rows = [
        Account(
            login=one.login, name=one.name, role=one.role, office=one.office,
            password=hashed(one.password),
            functions=sorted(functions) if one.role == "coordinator" else [],
        )
        for one in made
    ]  # fmt: skip
    organisations = [
        Organisation(name=TOWN, kind="municipality", municipality="14729999"),
        Organisation(name=OFFICE, kind="engineering_office"),
    ]
    session.add_all([*rows, *organisations])
    session.flush()
    session.add_all(
        Membership(account_id=rows[0].id, organisation_id=each.id) for each in organisations
    )
    return made


def signers(house: House) -> frozenset[str]:
    """Return the functions that sign a statement in a house."""
    return frozenset(step.code for step in house.sign_off)


def fill(
    engine: Engine,
    district: District,
    settings: Settings,
    read: Read,
    hands: Hands,
    samples: Iterable[Sample] = CASES,
) -> Iterator[str]:
    """Open the cases and lead each to its state; yields the title of each when it is there."""
    folder = district.catalogue.path.parent / "plans"
    for sample in samples:
        with transaction(engine) as session:
            opened = _open(session, district, settings, read, folder, sample)
        if (queued := opened.queued) is not None:
            hands.check(queued)
        with transaction(engine) as session:
            case = session.get_one(Case, opened.case_id)
            for step in sample.before:
                if step == BEGUN:
                    hands.begin(session, coordinator(session), case)
                else:
                    _taken(session, district, open_house(settings), case, step, sample)
            if sample.shown is not None:
                _show(session, district, case, sample.shown)
            title = case.title
        if SENT in sample.steps:
            hands.send(opened.case_id, sample)
        yield title  # when it is there, and stays


def coordinator(session: Session) -> Principal:
    """Return who leads the cases, and signs."""
    return _who(session, "koordination")


def terms(what: str, case: Case, shown: Shown) -> Terms:
    """Return how something of a case is released to the public."""
    consent = f"{TOWN}, Schreiben vom {case.received:%d.%m.%Y}"
    until = date.today() + timedelta(days=PUBLIC_DAYS)
    return Terms(what, case.title, consent, until, shown.summary, shown.link)


# A sketch that does not say in which coordinate system it is: a person must.
SKETCH = (
    b'{"type": "Polygon", "coordinates": [[[318000, 5668000], [318060, 5668000], '
    b"[318060, 5668040], [318000, 5668000]]]}"
)


@dataclass(frozen=True, slots=True)
class _Opened:
    case_id: UUID
    queued: UUID | None


def _taken(
    session: Session, district: District, house: House, case: Case, step: str, sample: Sample
) -> None:
    """Take a step of a case; offices are really asked, and answer before it goes on."""
    who = coordinator(session)
    if step == RELEASED:
        asked(session, district, house, case, who, all_of_it=BEGUN in sample.steps)
    else:
        happened(session, case, step, actor=who.pseudonym)


def _show(session: Session, district: District, case: Case, shown: Shown) -> None:
    """Say when a plan is on public display, and release it."""
    today, who = date.today(), coordinator(session)
    days = {
        name: (today + timedelta(days=at)).isoformat()
        for name, at in (("public_from", shown.begin), ("public_to", shown.end))
    }
    change(session, who, case, {"dates": {**case.dates, **days}}, district.vocabulary)
    grant(session, who, case, terms(PLAN, case, shown), today)


def _login(person: tuple[str, str, str, str | None], offices: frozenset[str]) -> Login:
    login, name, role, office = person
    if office is not None and office not in offices:
        office = min(offices)
    return Login(login, name, role, office, generated())


def _who(session: Session, login: str) -> Principal:
    account = session.scalars(select(Account).where(Account.login == login)).one()
    acts = select(Membership.organisation_id).where(Membership.account_id == account.id)
    return Principal(
        role=account.role,
        account_id=account.id,
        pseudonym=str(account.pseudonym),
        functions=frozenset(account.functions),
        organisations=frozenset(session.scalars(acts)),
    )


def _open(
    session: Session,
    district: District,
    settings: Settings,
    read: Read,
    folder: Path,
    sample: Sample,
) -> _Opened:
    who = _who(session, "planung" if sample.sender else "koordination")
    blobs = Blobs(settings.data / "blobs")
    desk = Desk(session, blobs, district, settings, read, who)
    received = date.today() - timedelta(days=sample.ago)
    named = select(Organisation.id).where(Organisation.name == sample.sender)
    letter = Letter(
        received=received,
        deadline=None if sample.days is None else date.today() + timedelta(days=sample.days),
        organisation_id=session.scalars(named).first(),
        sender_reference=f"61-{sample.ago:03d}",
    )
    intake = replace(district.intake(), named=sample.plan, procedure=sample.procedure)
    path = folder / f"{sample.plan}.geojson"
    content = path.read_bytes() if path.exists() else SKETCH
    with blobs.arriving(BytesIO(content), most=settings.upload_bytes) as arrived:
        case, version = open_case(desk, Sent(arrived, path.name, intake), letter)
    session.add(Party(case_id=case.id, part="planning_authority", name=sample.sender or TOWN))
    queued = select(Check.id).where(Check.version_id == version.id)
    return _Opened(case.id, session.scalars(queued).first())
