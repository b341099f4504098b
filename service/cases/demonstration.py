"""Something to look at: an account for each role, and a dozen cases in different states.

Only `belang demo` calls this. The cases come in as any other, with the plans of the sample region.
"""

from collections.abc import Callable, Iterator
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
from service.cases.events import happened
from service.cases.opening import Desk, Letter, Read, Sent, open_case
from service.config import Settings
from service.db import transaction
from service.district import District
from service.house import House, open_house
from service.models.account import Account, Membership, Organisation
from service.models.case import Case, Party
from service.models.check import Check

Begin = Callable[[Session, Principal, Case], object]
TOWN, OFFICE = "Stadt Musterstadt", "Planungsbüro Beispiel"
RELEASED, BEGUN = "offices.released", "consolidation.begun"
SENT, RESULT, CLOSED = "statement.sent", "result.received", "case.closed"


@dataclass(frozen=True, slots=True)
class Login:
    """An account of the demonstration, with the password that is shown once."""

    login: str
    name: str
    role: str
    office: str | None
    password: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A case: the plan, who sends it, how many days ago, how long it may take, what happened."""

    plan: str
    sender: str | None
    ago: int
    days: int | None
    procedure: str
    steps: tuple[str, ...] = ()


PEOPLE = (
    ("planung", "Paula Planer (Musterstadt)", "planner", None),
    ("naturschutz", "Nora Natur (untere Naturschutzbehörde)", "officer", "UNB"),
    ("koordination", "Karl Koordination", "coordinator", None),
    ("geodaten", "Greta Geodaten", "steward", None),
    ("verwaltung", "Viktor Verwaltung", "administrator", None),
)
CASES = (
    Sample("wohnen-am-hainer-see", TOWN, 3, 27, "par4-2"),
    Sample("radweg-borna-kitzscher", OFFICE, 5, 40, "voranfrage"),
    Sample("gewerbepark-wachau", TOWN, 12, 18, "par4-2", (RELEASED,)),
    Sample("windpark-lossatal", OFFICE, 20, 10, "bimschg", (RELEASED,)),
    Sample("pv-a72", TOWN, 26, 4, "par4-2", (RELEASED, "supplement.requested")),
    Sample("leitung-eula-grimma", None, 34, 22, "planfeststellung", (RELEASED, BEGUN)),
    Sample("fnp-musterstadt", TOWN, 45, None, "par4-1", (RELEASED, BEGUN, SENT)),
    Sample("strasse-naunhof", None, 120, -30, "planfeststellung", (RELEASED, BEGUN, SENT, RESULT)),
    Sample("satzung-kohren", TOWN, 200, -150, "par34-35", (RELEASED, BEGUN, SENT, RESULT, CLOSED)),
    Sample("glasfaser-frohburg-kohren", OFFICE, 8, 82, "tkg-127", ("case.rested",)),
    Sample("umbau-schloss-colditz", TOWN, 9, 21, "baugenehmigung", ("case.withdrawn",)),
    Sample("skizze-ohne-koordinatensystem", TOWN, 1, 30, "voranfrage"),
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
    check: Callable[[UUID], None],
    begin: Begin,
) -> Iterator[str]:
    """Open the cases and lead each to its state; yields the title of each when it is there.

    `check` carries out the check of that number, as a worker does; `begin` begins a statement.
    """
    folder = district.catalogue.path.parent / "plans"
    for sample in CASES:
        with transaction(engine) as session:
            opened = _open(session, district, settings, read, folder, sample)
        if (queued := opened.queued) is not None:
            check(queued)
        with transaction(engine) as session:
            case = session.get_one(Case, opened.case_id)
            for step in sample.steps:
                if step == BEGUN and SENT not in sample.steps:
                    begin(session, _who(session, "koordination"), case)
                else:
                    _taken(session, district, open_house(settings), case, step, sample)
            title = case.title
        yield title  # when it is there, and stays


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
    who = _who(session, "koordination")
    if step == RELEASED:
        asked(session, district, house, case, who, all_of_it=BEGUN in sample.steps)
    else:
        happened(session, case, step, actor=who.pseudonym)


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
