"""Creating, starting and stopping a cluster with PostgreSQL's own programs."""

import shlex
import shutil
from pathlib import Path

from service import cluster_files as files
from service.postgres import Account, Programs

ADMIN = "postgres"
READ = {"config_file": files.CONFIGURATION, "hba_file": files.HBA, "ident_file": files.IDENT}


def create(folder: Path, programs: Programs, owner: Account, *, sync: bool = True) -> None:
    """Make `data` in `folder`: aside, so that it is whole or not there.

    Raises
    ------
    ClusterError
        ``database-start`` with what `initdb` says.
    """
    aside = folder / "data.new"
    shutil.rmtree(aside, ignore_errors=True)
    files.make_private(aside, owner)
    with owner.reaching(folder) as (here, descriptors):
        command = [programs["initdb"], "-D", str(here / aside.name), "-U", ADMIN, "-A", "peer"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]
        done = owner.run(command + ([] if sync else ["--no-sync"]), descriptors=descriptors)
    if done.returncode != 0:
        raise files.unstarted(folder, done.stdout)
    aside.rename(folder / "data")


def start(folder: Path, programs: Programs, owner: Account, patience_s: int) -> str:
    """Start the server, a process of its own; return what there is to say if it does not run."""
    log = folder / "log"
    (log / "start.log").unlink(missing_ok=True)
    with owner.reaching(folder) as (here, descriptors):
        # Not written into a file: where `here` is a descriptor, it is this moment's alone.
        options = shlex.join(
            word for key, name in READ.items() for word in ("-c", f"{key}={here / name}")
        )
        command = [programs["pg_ctl"], "-D", str(here / "data"), "-w", "-t", str(patience_s)]
        command += ["-o", options, "-l", str(here / "log" / "start.log"), "start"]
        done = owner.run(command, descriptors=descriptors)
    return "" if done.returncode == 0 else f"{done.stdout} {files.tail(log)}"


def stop(folder: Path, programs: Programs, owner: Account, mode: str, patience_s: int) -> str:
    """Stop the server, ``fast`` or ``immediate``; return what was said."""
    with owner.reaching(folder) as (here, descriptors):
        command = [programs["pg_ctl"], "-D", str(here / "data"), "-w", "-t", str(patience_s)]
        done = owner.run([*command, "-m", mode, "stop"], descriptors=descriptors)
    return done.stdout
