"""What was backed up comes back byte by byte, or is refused; nothing half is ever left."""

import io
import json
import os
import random
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from pyproj import CRS
from sqlalchemy import create_engine, pool

from gis.problem import Problem
from layers.catalogue import read_catalogue
from layers.store import Store
from service import dump
from service.archive import opened, verified
from service.backup import Sources, backup, last
from service.blobs import Blobs, recorded
from service.cli import main
from service.cluster import Cluster
from service.commands.database import FOLDER
from service.db import transaction
from service.dump import of_url
from service.restore import restore
from tests.builders import catalogue, rectangle, rule
from tests.service.postgres import Server

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Place:
    """A database with rows and a data folder with what they speak of."""

    url: str
    data: Path
    blobs: Blobs
    catalogue: Path

    def store(self, content: bytes) -> str:
        """Store a file and its row, in the order in which the service does."""
        engine = create_engine(self.url, poolclass=pool.NullPool)
        stored = self.blobs.store(io.BytesIO(content), most=10_000_000)
        with transaction(engine) as session:
            return recorded(session, stored)

    @property
    def sources(self) -> Sources:
        return Sources(of_url(self.url), self.data, (self.catalogue,))


def filled(url: str, folder: Path) -> Place:
    """Fill a migrated database, and a data folder."""
    data = folder / "data"
    (folder / "district").mkdir()
    layers = {"nsg": [rectangle(0, 0, 10, 10)]}
    file = catalogue(folder / "district", layers, [rule("N1", "nsg", offices=["UNB"])])
    store = Store(data / "layers", CRS.from_epsg(25833))
    for layer in read_catalogue(file).layers:
        store.version(layer)
    (data / "audit").mkdir()
    (data / "audit" / "heads.jsonl").write_text('{"seq": 1}\n')
    made = Place(url, data, Blobs(data / "blobs"), file)
    for number in range(5):
        made.store(b"Plan %d " % number * 1000)
    with psycopg.connect(of_url(made.url).conninfo) as connection:
        connection.execute(
            "INSERT INTO organisations (id, name, kind) SELECT gen_random_uuid(), 'Stadt Ü' || n, "
            "'municipality' FROM generate_series(1, 100) n"
        )
    return made


@pytest.fixture
def place(fresh_database_url: str, tmp_path: Path) -> Place:
    """Return a place of this test's own."""
    return filled(fresh_database_url, tmp_path)


@pytest.fixture(scope="module")
def still(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Return a place for tests that leave it as it is."""
    with postgres.database(template) as name:
        yield filled(postgres.url(name), tmp_path_factory.mktemp("still"))


@pytest.fixture(scope="module")
def archive(still: Place, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the bytes of a backup of it."""
    file = tmp_path_factory.mktemp("archive") / "all.tar"
    backup(still.sources, file)
    return file.read_bytes()


@pytest.fixture
def empty(postgres: Server) -> Iterator[str]:
    """Return the URL of a database with PostGIS and no table of ours."""
    with postgres.database() as name:
        yield postgres.url(name)


def rows(url: str) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with psycopg.connect(of_url(url).conninfo) as connection:
        return {
            name: sorted(r for (r,) in connection.execute(f"SELECT t::text FROM {name} t"))  # noqa: S608
            for name in dump.counts(connection)
        }


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["all.tar", "all"])
def test_everything_comes_back(still: Place, empty: str, tmp_path: Path, name: str) -> None:
    target = tmp_path / "backups" / name
    made = backup(still.sources, target)
    assert made["lacking"] == []
    assert made["rows"]["public.blobs"] == 5
    assert made["rows"]["public.organisations"] == 100
    assert made["versions"]["postgis"]
    assert made["versions"]["revision"]
    assert not target.stat().st_mode & 0o077
    assert last(still.data) == {"made": made["made"], "to": str(target)}

    there = tmp_path / "there"
    assert restore(target, there, of_url(empty)) == made
    assert rows(empty) == rows(still.url)
    assert sum(map(len, rows(empty).values())) > 105
    for part in ("blobs", "layers", "audit"):
        assert files(there / part) == files(still.data / part), part
    assert (there / "catalogue" / still.catalogue.name).read_bytes() == still.catalogue.read_bytes()
    assert any("features.parquet" in path for path in files(there / "layers"))
    assert sorted(p.name for p in there.iterdir()) == ["audit", "blobs", "catalogue", "layers"]


def test_by_command_with_a_cluster_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("BELANG_DATABASE_URL", raising=False)
    data, there, file = tmp_path / "data", tmp_path / "there", tmp_path / "all.tar"
    assert main(["db", "status", "--data", str(data)]) == 2
    assert "database-none" in capsys.readouterr().err
    assert main(["db", "upgrade", "--data", str(data)]) == 0
    with Cluster(data / FOLDER) as cluster:  # a server is running meanwhile
        Place(cluster.url, data, Blobs(data / "blobs"), tmp_path).store(b"Plan")
        before = rows(cluster.url)
        assert main(["db", "backup", str(file), "--data", str(data)]) == 0
        assert "1 Dateien" in capsys.readouterr().out
        assert main(["db", "backup", str(file), "--data", str(data)]) == 2
        assert "backup-exists" in capsys.readouterr().err
        assert main(["db", "status", "--data", str(data), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["revision"] == told["needed"]
    assert told["last_backup"]["to"] == str(file)
    assert told["bytes"] > 1_000_000

    assert main(["db", "restore", str(file), "--into", str(there), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["blobs"] == 1
    with Cluster(there / FOLDER) as cluster:
        assert rows(cluster.url) == before
        with psycopg.connect(cluster.conninfo) as connection:
            owner = "SELECT DISTINCT tableowner FROM pg_tables WHERE tablename = 'blobs'"
            assert connection.execute(owner).fetchall() == [("belang",)]
    assert files(there / "blobs") == files(data / "blobs")
    assert main(["db", "restore", str(file), "--into", str(there)]) == 2
    assert "restore-target-not-empty" in capsys.readouterr().err


def test_what_arrives_meanwhile_has_its_file(place: Place, empty: str, tmp_path: Path) -> None:
    done, stored = threading.Event(), []

    def hand_in() -> None:
        while not done.is_set():
            stored.append(place.store(os.urandom(2000)))

    thread = threading.Thread(target=hand_in)
    thread.start()
    try:
        while not stored:
            time.sleep(0.01)
        made = backup(place.sources, tmp_path / "all.tar")
    finally:
        done.set()
        thread.join()
    assert made["lacking"] == []
    assert len(stored) + 5 >= made["rows"]["public.blobs"] > 5
    restore(tmp_path / "all.tar", tmp_path / "there", of_url(empty))
    with psycopg.connect(of_url(empty).conninfo) as connection:
        named = dump.blobs(connection)
    for name in named:
        content = (tmp_path / "there" / "blobs" / name[:2] / name).read_bytes()
        assert sha256(content).hexdigest() == name


def test_files_that_are_lacking_are_named_and_do_not_stop_it(
    place: Place, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, bad = sorted(p for p in (place.data / "blobs").glob("??/*"))[:2]
    gone.unlink()
    bad.write_bytes(b"not what it was")
    monkeypatch.setenv("BELANG_DATABASE_URL", place.url)
    assert main(["db", "backup", str(tmp_path / "all.tar"), "--data", str(place.data)]) == 3
    made = restore(tmp_path / "all.tar", tmp_path / "there", of_url(empty))
    assert made["lacking"] == [gone.name, bad.name]
    assert rows(empty) == rows(place.url)


# --- damaged, occupied, interrupted --------------------------------------------------------------


def test_a_turned_bit_anywhere_is_found(archive: bytes, empty: str, tmp_path: Path) -> None:
    file, whole = tmp_path / "all.tar", archive
    file.write_bytes(whole)
    with tarfile.open(file) as tar:
        spans = [(m.name, m.offset_data, m.size) for m in tar.getmembers() if m.size]
    draw = random.Random(11)  # noqa: S311 - the same places every time
    places = [(name, start + draw.randrange(size)) for name, start, size in spans]
    assert len(places) > 10
    for name, at in places:
        turned = bytearray(whole)
        turned[at] ^= 1 << draw.randrange(8)
        file.write_bytes(turned)
        with pytest.raises(Problem) as caught, opened(file) as members:
            verified(file, members)
        assert caught.value.code == "backup-damaged", name

    with pytest.raises(Problem) as caught:  # the last of them
        restore(file, tmp_path / "there", of_url(empty))
    assert caught.value.code == "backup-damaged"
    assert not (tmp_path / "there").exists()
    assert rows(empty) == {}


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_backup_cut_off_is_refused(archive: bytes, tmp_path: Path, share: float) -> None:
    file = tmp_path / "all.tar"
    file.write_bytes(archive)
    with tarfile.open(file) as tar:
        last_one = tar.getmembers()[-1]  # only what fills up the last block comes after it
    with file.open("r+b") as part:
        part.truncate(int((last_one.offset_data + last_one.size - 1) * share))
    with pytest.raises(Problem) as caught:
        restore(file, tmp_path / "there")
    assert caught.value.code in ("backup-unreadable", "backup-damaged")
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("change", ["more", "less", "link"])
def test_a_folder_with_other_files_is_refused(archive: bytes, tmp_path: Path, change: str) -> None:
    folder = tmp_path / "all"
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder)  # noqa: S202 - our own; 3.11.2 knows no filter
    with opened(folder) as members:
        verified(folder, members)  # so far it is whole
    if change == "less":
        next((folder / "blobs").glob("*/*")).unlink()
    elif change == "more":
        (folder / "blobs" / "more").write_text("x")
    else:
        (folder / "link").symlink_to("/etc/passwd")
    with pytest.raises(Problem) as caught:
        restore(folder, tmp_path / "there")
    assert caught.value.code == "backup-damaged"


def test_nothing_is_written_over(still: Place, archive: bytes, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "all.tar"
    file.write_bytes(archive)
    with pytest.raises(Problem) as caught:
        restore(file, still.data, of_url(empty))
    assert caught.value.code == "restore-target-not-empty"
    with pytest.raises(Problem) as caught:
        restore(file, tmp_path / "there", of_url(still.url))
    assert caught.value.code == "restore-target-not-empty"
    assert rows(empty) == {}
    assert not (tmp_path / "there").exists()
    with pytest.raises(Problem) as caught:
        restore(tmp_path / "nirgends.tar", tmp_path / "there")
    assert caught.value.code == "backup-unreadable"


def test_what_cannot_be_loaded_leaves_nothing(place: Place, empty: str, tmp_path: Path) -> None:
    file = tmp_path / "all.tar"
    with psycopg.connect(of_url(place.url).conninfo) as connection:
        connection.execute("GRANT SELECT ON blobs TO postgres")
    backup(place.sources, file)
    with psycopg.connect(of_url(empty).conninfo) as connection:
        connection.execute("CREATE TYPE procrastinate_job_status AS ENUM ()")  # in the way
    with pytest.raises(Problem) as caught:
        restore(file, tmp_path / "there", of_url(empty))
    assert caught.value.code == "restore-load"
    assert "procrastinate_job_status" in caught.value.text.de
    assert rows(empty) == {}
    assert not list((tmp_path / "there").iterdir())


def test_an_interrupted_backup_leaves_nothing(place: Place, tmp_path: Path) -> None:
    with psycopg.connect(of_url(place.url).conninfo) as connection:
        connection.execute("LOCK TABLE organisations IN ACCESS EXCLUSIVE MODE")  # it waits here
        running = subprocess.Popen(
            [sys.executable, "-m", "service.cli", "db", "backup", str(tmp_path / "b" / "all.tar"),
             "--data", str(place.data)],
            cwd=ROOT, env={**os.environ, "BELANG_DATABASE_URL": place.url},
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not list((tmp_path / "b").glob("*/*")):
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 128 + signal.SIGTERM
    assert list((tmp_path / "b").iterdir()) == []
    assert last(place.data) is None


def test_where_nothing_can_be_written_it_is_said(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "file" / "all.tar"
    target.parent.write_text("no folder")
    with pytest.raises(Problem) as caught:
        backup(place.sources, target)
    assert caught.value.code == "backup-failed"
    assert last(place.data) is None


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://belang:s%C3%BC%3Ages%40x@db.example:5433/belang?sslmode=require",
        "postgresql://belang@/belang?host=db.example&port=5433&sslmode=require&password=s%C3%BC:ges@x",
    ],
)
def test_a_password_is_on_no_command_line(url: str) -> None:
    database = of_url(url)
    assert psycopg.conninfo.conninfo_to_dict(database.conninfo) == {
        "host": "db.example", "port": "5433", "user": "belang", "dbname": "belang",
        "sslmode": "require",
    }  # fmt: skip
    assert database.environment == {"PGPASSWORD": "sü:ges@x"}
    assert "ges@x" not in repr(database)
