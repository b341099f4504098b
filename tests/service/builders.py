"""Rows for tests: plain functions that add one to a session and return it."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import orjson
import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service import journal
from service.access import secret
from service.access.principal import Principal
from service.cases.events import happened
from service.cases.results import FOR_ALL
from service.cases.state import STEPS, State
from service.db import SRID, transaction
from service.models import (
    Account,
    Blob,
    Case,
    Check,
    Involvement,
    Membership,
    Organisation,
    PlanVersion,
    Report,
    Token,
)

NUMBERS = count(1)
PLACE = (320_000.0, 5_670_000.0)  # in the working CRS
# What leads a case, once received, to a state.
WAYS: dict[State, tuple[str, ...]] = {
    State.RECEIVED: (),
    State.ASKING: ("plan.asked",),
    State.CHECKING: ("check.queued",),
    State.READY: ("check.queued", "check.done"),
    State.WITH_OFFICES: ("check.queued", "check.done", "offices.released"),
    State.CONSOLIDATING: ("check.queued", "check.done", "consolidation.begun"),
    State.SENT: ("check.queued", "check.done", "consolidation.begun", "statement.sent"),
    State.RESTING: ("case.rested",),
    State.WITHDRAWN: ("case.withdrawn",),
    State.CLOSED: ("case.closed",),
    State.ARCHIVED: ("case.closed", "case.archived"),
}


def organisation(session: Session, name: str | None = None) -> Organisation:
    """Add an organisation of planners."""
    row = Organisation(name=name or f"Stadt {next(NUMBERS)}", kind="municipality")
    session.add(row)
    session.flush()
    return row


def account(
    session: Session, role: str, *organisations: Organisation, office: str | None = None
) -> Account:
    """Add an account of a role; officers are of the office UNB unless told otherwise."""
    number = next(NUMBERS)
    row = Account(
        login=f"{role}{number}",
        name=f"Person {number}",
        role=role,
        office=(office or "UNB") if role == "officer" else None,
    )
    session.add(row)
    session.flush()
    session.add_all(Membership(account_id=row.id, organisation_id=o.id) for o in organisations)
    session.flush()
    return row


def principal(account: Account, *organisations: Organisation) -> Principal:
    """Return the account as somebody who asks."""
    return Principal(
        role=account.role,
        account_id=account.id,
        pseudonym=str(account.pseudonym),
        name=account.name,
        office=account.office,
        organisations=frozenset(o.id for o in organisations),
    )


def token(session: Session, account: Account, *scopes: str) -> dict[str, str]:
    """Add a token of the account; returns the header that carries it."""
    key = f"belang_{next(NUMBERS):040d}"
    session.add(
        Token(
            key=secret.kept(key),
            account_id=account.id,
            name="test",
            scopes=list(scopes or ("read", "write", "checks", "admin")),
            expires=datetime.now(UTC) + timedelta(days=1),
        )
    )
    session.flush()
    return {"Authorization": f"Bearer {key}"}


def case(
    session: Session,
    title: str = "Bebauungsplan Am See",
    *,
    state: State = State.RECEIVED,
    organisation: Organisation | None = None,
    shape: BaseGeometry | None = None,
    **values: Any,
) -> Case:
    """Add a case with its way in the journal, and with a version where `shape` is given."""
    number = next(NUMBERS)
    columns = {
        "reference": f"T-{number:05d}",
        "kind": "bebauungsplan",
        "uses": [],
        "municipalities": ["14729050"],
        "municipality_names": "Borna",
        "received": date(2026, 3, 2),
        "dates": {},
        "revision": 1,
    }
    row = Case(
        title=title,
        state=State.RECEIVED,
        organisation_id=organisation.id if organisation else None,
        **{**columns, **values},
    )
    session.add(row)
    session.flush()
    for action in ("case.received", *WAYS[state]):
        happened(session, row, action, actor=journal.SYSTEM)
    if shape is not None:
        version(session, row, shape)
    session.flush()
    return row


def version(
    session: Session,
    case: Case,
    shape: BaseGeometry | None,
    *,
    number: int = 1,
    width_m: float | None = None,
) -> PlanVersion:
    """Add a draft with that footprint; None: with an open question."""
    understood = {
        "geometry_type": "area" if width_m is None else "route",
        "width_m": width_m,
    }
    asked = {"code": "crs-missing", "text": {"de": "Welches?", "en": "Which?"}, "proposals": []}
    row = PlanVersion(
        case_id=case.id,
        number=number,
        blob=blob(session, str(next(NUMBERS)).encode()),
        filename="plan.geojson",
        said={"kind": case.kind, "procedure": case.procedure},
        question=None if shape is not None else asked,
        understood=understood if shape is not None else None,
        geometry=from_shape(shape, srid=SRID) if shape is not None else None,
    )
    session.add(row)
    session.flush()
    return row


def blob(session: Session, content: bytes) -> str:
    """Add the row of stored bytes, without the bytes."""
    sha256 = hashlib.sha256(content).hexdigest()
    session.merge(Blob(sha256=sha256, size=len(content)))
    session.flush()
    return sha256


def check(
    session: Session,
    version: PlanVersion,
    *offices: str,
    report: dict[str, Any] | None = None,
    audience: str = "internal",
) -> Check:
    """Add a finished check that names `offices` to everybody."""
    row = Check(
        version_id=version.id, state="done", cause="received", day=date(2026, 3, 2), progress={},
        frozen={}, finished=datetime.now(UTC),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        Involvement(
            check_id=row.id, office=office, audience=one, effect="consent", certainty="certain"
        )
        for office in offices
        for one in FOR_ALL
    )
    if report is not None:
        body = orjson.dumps(report)
        session.add(
            Report(
                check_id=row.id, audience=audience, language="de", body=body,
                sha256=hashlib.sha256(body).hexdigest(),
            )
        )  # fmt: skip
    session.flush()
    return row


def square(side_m: float = 100.0, *, east: float = 0.0, north: float = 0.0) -> BaseGeometry:
    """Return a square whose lower left corner lies that far from `PLACE`, metres."""
    x, y = PLACE[0] + east, PLACE[1] + north
    return shapely.box(x, y, x + side_m, y + side_m)


@contextmanager
def undone(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is taken back at the end."""
    with engine.connect() as connection, connection.begin() as all_of_it:
        with Session(connection, expire_on_commit=False) as session:
            yield session
        all_of_it.rollback()


@contextmanager
def kept(engine: Engine) -> Iterator[Session]:
    """Yield a session whose work is committed."""
    with transaction(engine) as session:
        yield session


def ids(cases: Sequence[Case]) -> list[UUID]:
    """Return the ids of cases in order."""
    return [one.id for one in cases]


assert all(step in STEPS for way in WAYS.values() for step in way)
