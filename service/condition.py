"""In what condition the service is: each check small, quick, and without a secret in its words."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from math import inf

from sqlalchemy import Connection, Engine, create_engine, pool, text
from sqlalchemy.exc import SQLAlchemyError

from layers import sources
from layers.apart.apart import UnavailableError
from layers.apart.limits import Isolation
from layers.layer import Layer
from layers.quality import overdue
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from service.access.unprivileged import is_ready
from service.blobs import Blobs
from service.clamd import Clamd
from service.district import Districts
from service.jobs import WORKER
from service.running.schema import head

SEEN_S = 60.0  # a worker that lives writes down every ten seconds that it does
PATIENCE_S = 3
NO_ROLE = "missing: the public's queries run with all rights (docs/operations.md)"
FULL = "How to have all: docs/operations.md"
FRESH_S = 30.0  # so long the layers' state is not looked at again


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that was looked at; `what` says in a word or figure how it is."""

    name: str
    fine: bool
    what: str
    needed: bool = True  # whether nothing can be served without


@dataclass(frozen=True, slots=True)
class Layers:
    """How many layers there are, how many have no data, and how many data out of date."""

    all: int
    failing: int
    stale: int


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of a worker: its date by the database's clock; by ours since when it
    has been the last, and when that was looked at.
    """

    at: datetime
    since: float
    looked: float


@dataclass
class Foundation:
    """Looks at what a server stands on; `most` bytes must fit on the disk."""

    engine: Engine
    districts: Districts
    blobs: Blobs
    most: int
    isolation: Callable[[], Isolation] | None = None  # of reading plans; None: in this process
    clock: Callable[[], float] = time.monotonic
    scanner: Clamd | None = None
    working: bool = True  # whether there are jobs, so that a worker is needed
    _layers: tuple[float, Layers] | None = None
    _beat: Beat | None = None
    _own: Engine = field(init=False)

    def __post_init__(self) -> None:
        """Prepare a way to the database beside the pool."""
        self._own = create_engine(
            self.engine.url,
            poolclass=pool.NullPool,
            connect_args={
                "connect_timeout": PATIENCE_S,
                "options": f"-c statement_timeout={PATIENCE_S * 1_000}",
            },
        )

    def conditions(self) -> list[Condition]:
        """Look at everything; all that is needed must be fine for a server to be ready."""
        return [
            *self._database(),
            self._storage(),
            self._district(),
            self.reading(),
            *self._scanner(),
        ]

    def layers(self) -> Layers:
        """Return how the layers are, as of half a minute ago at most."""
        district = self.districts.current()
        if self._layers is None or self.clock() - self._layers[0] > FRESH_S:
            found = counted(district.store, district.catalogue.layers)
            self._layers = self.clock(), found
        return self._layers[1]

    def aside(self) -> Connection:
        """Return a connection that is not of the pool, which may be exhausted."""
        return self._own.connect()

    def _database(self) -> list[Condition]:
        try:
            with self.aside() as connection:
                revision = connection.scalar(text("select version_num from alembic_version"))
                seen = connection.execute(SEEN, {"name": WORKER}).one()
                public = is_ready(connection)
        except SQLAlchemyError:
            found = [Condition("database", False, "unreachable"), Condition("worker", False, "?")]
        else:
            current = revision == head()
            found = [
                Condition("database", current, "current" if current else "other schema"),
                Condition("worker", *_seen(self._ago(seen.at, seen.ago_s), seen.there)),
                Condition("public-role", public, "reads what is released" if public else NO_ROLE,
                          needed=False),
            ]  # fmt: skip
        return found if self.working else found[:1]

    def _ago(self, at: datetime | None, ago_s: float) -> float | None:
        """Return for how many seconds the last sign of life has been the last, by our own clock.

        The database's tells only the age of the first one; it may be set at any time.
        """
        now, before = self.clock(), self._beat
        if at is None:
            self._beat = None
            return None
        if before is None or at != before.at:
            longest = inf if before is None else now - before.looked
            self._beat = Beat(at, now - min(max(ago_s, 0.0), longest), now)
        else:
            self._beat = replace(before, looked=now)
        return now - self._beat.since

    def _storage(self) -> Condition:
        spool = self.blobs.folder / "spool"
        try:
            spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=spool) as file:
                file.write(b"belang")
                file.flush()
            free = shutil.disk_usage(spool).free
        except OSError:
            return Condition("storage", False, "not writable")
        return Condition("storage", free > self.most, f"{free // 1_000_000} MB free")

    def _scanner(self) -> list[Condition]:
        # Without it no document is taken, which is said to whoever brings one; all else serves.
        if self.scanner is None:
            return []
        answers = self.scanner.answers()
        what = "answers" if answers else "does not answer: documents are refused"
        return [Condition("scanner", answers, what, needed=False)]

    def _district(self) -> Condition:
        # A layer without data is said in every report it matters to; the others still serve.
        layers = self.layers()
        what = f"{layers.all} layers, {layers.failing} failing, {layers.stale} stale"
        return Condition("district", layers.all > layers.failing, what)

    def reading(self) -> Condition:
        """Say by which means plans are read; what this machine lacks is no reason to stop."""
        if self.isolation is None:
            return Condition("reading", True, "in this process")
        try:
            means = self.isolation()
        except UnavailableError:
            return Condition("reading", False, "cannot be started")
        if not means.complete:
            return Condition("reading", False, f"{means.text.en} {FULL}", needed=False)
        return Condition("reading", True, f"apart, network: {means.network}, own folder only")


# Of one that was killed the sign of life stays, its session does not.
SEEN = text(
    "select max(last_heartbeat) as at, "
    "extract(epoch from now() - max(last_heartbeat))::float as ago_s, "
    "exists(select from pg_stat_activity where application_name = :name "
    "and datname = current_database()) as there from procrastinate_workers"
)


def _seen(ago_s: float | None, there: bool) -> tuple[bool, str]:
    """Tell of the last sign of life, and whether a worker has a session in the database now."""
    if ago_s is None:
        return False, "never seen"
    what = f"seen {ago_s:.0f} s ago"
    return there and ago_s <= SEEN_S, what if there else f"{what}, not there now"


def counted(store: Store, layers: Iterable[Layer], now: datetime | None = None) -> Layers:
    """Return how the layers are; nothing is imported for it."""
    today = (now or datetime.now(UTC)).date()
    states = [_state(store, layer, today) for layer in layers if layer.source.type != "manual"]
    return Layers(len(states), states.count("failing"), states.count("stale"))


def _state(store: Store, layer: Layer, today: date) -> str:
    if layer.fault is not None:
        return "failing"
    published = store.published(layer)
    if layer.source.type not in sources.REFRESHED and not published.exists():
        path = layer.source.path
        there = path is None or path.exists()
        return _aged(layer, today, None) if there else "failing"
    try:
        state = published.state()
    except LayerUnavailableError:
        return "failing"
    if state.version is None:
        return "failing"
    if state.stale_since is not None:
        return "stale"
    return _aged(layer, today, state.refreshed and state.refreshed[:10])


def _aged(layer: Layer, today: date, refreshed: str | None) -> str:
    return "fine" if overdue(layer, today, refreshed) is None else "stale"
