"""The cluster that tests run on is theirs alone and ends with them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, pool, text

from tests.service.postgres import ROOT, Server


def test_a_worker_has_a_migrated_database(database_url: str, fresh_database_url: str) -> None:
    assert database_url != fresh_database_url
    for url in (database_url, fresh_database_url):
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
            assert connection.scalar(text("SELECT count(*) FROM blobs")) == 0
            assert connection.scalar(text("SELECT ST_Area('POLYGON((0 0,1 0,1 1,0 0))')")) == 0.5


def test_a_database_of_a_test_goes_with_it(postgres: Server) -> None:
    with postgres.database() as name, psycopg.connect(postgres.conninfo(name)) as connection:
        connection.execute("CREATE TABLE t (n int)")
        connection.commit()
    with psycopg.connect(postgres.cluster.admin("postgres")) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        assert connection.execute(known, [name]).fetchone() is None


def test_the_cluster_ends_when_its_last_user_is_killed(tmp_path: Path) -> None:
    inner = tmp_path / "test_inner.py"
    inner.write_text(
        "import os, signal\n"
        "from tests.service.postgres import postgres\n"
        "def test_it(postgres):\n"
        "    print(postgres.cluster.folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-qs", "-p", "no:cacheprovider", "-n0",
         "--basetemp", str(tmp_path / "base"), "--rootdir", str(ROOT), str(inner)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")},
    )  # fmt: skip
    assert run.returncode == -signal.SIGKILL, run.stdout + run.stderr
    folder = tmp_path / "base" / "pg"
    assert str(folder / "cluster") in run.stdout
    for _ in range(200):
        if not (folder / "cluster").exists():
            break
        time.sleep(0.05)
    assert not (folder / "cluster").exists()
    assert not (folder / "ready").exists()
