"""What must survive being struck: an upload, a check, a mail, a statement that is sent, a refresh.

Each deed is prepared, done in a process of its own that may be struck, and settled: what it has
left is looked at, it is done once more as whoever wanted it would, and looked at again.
"""

import hashlib
import io
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import NullPool, create_engine, select, text

from bench import kills
from bench.clients import Promise, plan
from bench.mailbox import Mailbox
from bench.promises import broken
from bench.strikes import Struck, struck
from layers.refresh import refresh
from layers.store import Store
from layers.verification import verified
from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.checking import carry_out
from service.cases.opening import Desk, Letter, Sent, open_case
from service.config import Settings
from service.db import engine_for, transaction
from service.district import District
from service.models import (
    Check,
)
from service.plans.intake import read_plan

WHO = Principal(role="coordinator", pseudonym="c-1")
BUSY = text("select count(*) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()")  # fmt: skip


@dataclass
class Place:
    """Where it is done: a database, a data folder, a district, a mail server; what was promised.

    The engine keeps no connection: a process that is forked would share it.
    """

    url: str
    data: Path
    district: District
    app: FastAPI
    authority: dict[str, str]
    box: Mailbox
    smtp_port: int
    promised: list[Promise] = field(default_factory=list)
    numbers: int = 0

    def __post_init__(self) -> None:
        """Prepare the way to the database."""
        self.engine = create_engine(self.url, poolclass=NullPool)

    @property
    def blobs(self) -> Blobs:
        """The folder of bytes."""
        return Blobs(self.data / "blobs")

    @property
    def settings(self) -> Settings:
        """How mails are sent."""
        return Settings(data=self.data, smtp_host="127.0.0.1", smtp_port=self.smtp_port)

    def number(self) -> int:
        """Return a number that was not used before."""
        self.numbers += 1
        return self.numbers

    def quiet(self) -> None:
        """Wait until the database has noticed that whoever was struck is gone."""
        with self.engine.connect() as connection:
            while connection.scalar(BUSY):
                connection.rollback()

    def broken(self) -> list[str]:
        """Return every broken promise of cases, files and the journal."""
        return broken(self.engine, self.data, self.promised)

    def handed_in(self) -> tuple[UUID, UUID]:
        """Hand in a plan; return its case and the check that waits."""
        number = self.number()
        with transaction(self.engine) as session:
            desk = Desk(session, self.blobs, self.district, self.settings, read_plan, WHO)
            with self.blobs.arriving(io.BytesIO(plan(number)), most=1_000_000) as arrived:
                sent = Sent(arrived, f"{number}.geojson", self.district.intake(), None)
                case, version = open_case(desk, sent, Letter(date(2026, 11, 25)))
                case.title = f"Plan {number:06d}"
            check = select(Check.id).where(Check.version_id == version.id)
            return case.id, session.scalars(check).one()


@dataclass
class Deed(ABC):
    """Something that is done again and again at a place, each time anew.

    `whole` is what is acknowledged where nobody disturbs; None where that is another each time.
    """

    place: Place
    whole: ClassVar[str | None] = None

    @abstractmethod
    def prepare(self) -> None:
        """Make what must be there before."""

    @abstractmethod
    def do(self) -> str:
        """Do it; return what is acknowledged. Runs in a process of its own."""

    @abstractmethod
    def wrong(self, told: str | None) -> list[str]:
        """Return what is wrong now, where `told` was acknowledged (None: nothing)."""

    def settle(self, folder: Path, first: Struck) -> list[str]:
        """Look at what the first try has left; do it again; look again."""
        self.place.quiet()
        wrong = self.wrong(first.told)
        again = struck(self.do, folder)
        if again.told is None:
            return [*wrong, f"afterwards it cannot be done: {again.error}"]
        if self.whole not in (None, again.told):
            wrong.append(f"undisturbed it is {again.told}, not {self.whole}")
        if first.told is not None and again.told != first.told:
            wrong.append(f"acknowledged {first.told}, and {again.told} when it was repeated")
        self.place.quiet()
        return wrong + self.wrong(again.told)


@dataclass
class Upload(Deed):
    """A plan handed in by HTTP with an Idempotency-Key."""

    def prepare(self) -> None:
        """Take another plan."""
        self.now = self.place.number()

    def do(self) -> str:
        """Hand it in; the number of its case."""
        answer = TestClient(self.place.app).post(
            "/api/v1/cases",
            headers={**self.place.authority, "Idempotency-Key": f"plan-{self.now}"},
            files={"file": ("plan.geojson", plan(self.now))},
            data={"title": f"Plan {self.now:06d}", "kind": "bauvorhaben"},
        )
        if answer.status_code != 201:
            raise RuntimeError(answer.text)
        return str(answer.json()["id"])

    def wrong(self, told: str | None) -> list[str]:
        """Look for everything ever handed in."""
        if told is not None:
            sha256 = hashlib.sha256(plan(self.now)).hexdigest()
            self.place.promised.append(Promise(told, f"Plan {self.now:06d}", sha256))
        return self.place.broken()


@dataclass
class Checked(Deed):
    """The job of a check."""

    whole = "done"

    def prepare(self) -> None:
        """Hand in a plan."""
        _, self.check = self.place.handed_in()

    def do(self) -> str:
        """Carry it out, and tell how it stands."""
        engine = engine_for(self.place.url)
        carry_out(engine, self.place.district, self.place.blobs, self.check)
        with transaction(engine) as session:
            return session.get_one(Check, self.check).state

    def wrong(self, told: str | None) -> list[str]:
        """Look whether it is done where it was said to be."""
        with transaction(self.place.engine) as session:
            state = session.get_one(Check, self.check).state
        lost = [f"told {told}, and is {state}"] if told not in (None, state) else []
        return lost + self.place.broken()


@dataclass
class Refreshed(Deed):
    """A layer is refreshed from a source that has changed."""

    whole = "published"

    def prepare(self) -> None:
        """Change the source."""
        self.folder = self.place.data / "refreshed"
        self.folder.mkdir(exist_ok=True)
        self.source = self.folder / "source.geojson"
        self.count = kills.COUNTS[self.place.number() % 2]
        kills.write_source(self.source, self.count)

    def do(self) -> str:
        """Refresh."""
        outcome = refresh(self._store(), kills.layer(self.source), who="steward")
        return f"kept for {outcome.code}" if outcome.kept else "published"

    def settle(self, folder: Path, first: Struck) -> list[str]:
        """Look at what the first try has left; refresh again, and look again."""
        wrong = self.wrong(first.told)
        again = struck(self.do, folder)
        if again.told != self.whole:  # a refusal leaves the version in force, which may be old
            why = again.error or again.told
            return [*wrong, f"afterwards it cannot be refreshed: {why}"]
        return wrong + self.wrong(again.told)

    def wrong(self, told: str | None) -> list[str]:
        """Look at every version, and which one is in force."""
        store, layer = self._store(), kills.layer(self.source)
        wrong = [f"{d.path.name}: {d.reason}" for d in verified(store)]
        there = store.published(layer).exists()
        count = store.version(layer).count if there else 0
        if count not in (0, *kills.COUNTS) or (told == "published" and count != self.count):
            wrong.append(f"{count} objects are in force after {told}")
        return wrong

    def _store(self) -> Store:
        return Store(self.folder / "store", kills.CRS)
