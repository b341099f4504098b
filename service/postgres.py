"""The programs of PostgreSQL on this machine, and running them as somebody without privileges."""

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.problem import Problem, Text

DEBIAN = Path("/usr/lib/postgresql")  # and what Debian and Ubuntu keep apart from it:
EXTENSIONS = "/usr/share/postgresql/{major}/extension/postgis.control"
ACCOUNTS = ("postgres", "nobody")  # whom the server may run as where we are root


class ClusterError(Problem):
    """The database cannot be used so; the text says why and what to do next."""


@dataclass(frozen=True, slots=True, order=True)
class Programs:
    """The programs of one major version, in one folder."""

    major: int
    folder: Path

    def __getitem__(self, name: str) -> str:
        """Return the path of a program."""
        return str(self.folder / name)


def servers() -> list[Programs]:
    """Return what could run a cluster, newest first; `$BELANG_PG_BIN` alone if it is set."""
    if named := os.environ.get("BELANG_PG_BIN"):
        return _known([Path(named)], "initdb")
    found = _known(DEBIAN.glob("*/bin"), "initdb")
    debian = [one for one in found if Path(EXTENSIONS.format(major=one.major)).is_file()]
    return debian or _on_path("initdb")


def clients(major: int) -> Programs:
    """Return the programs to dump and restore a server of version `major`: its own, or newer ones.

    Raises
    ------
    ClusterError
        ``postgresql-missing`` where there are none.
    """
    named = os.environ.get("BELANG_PG_BIN")
    folders = [Path(named)] if named else DEBIAN.glob("*/bin")
    found = _known(folders, "pg_dump") or _on_path("pg_dump")
    fitting = [one for one in found if one.major >= major]
    if not fitting:
        raise missing(f"postgresql-client-{major}")
    return min(fitting)


def missing(*packages: str) -> ClusterError:
    """Return the error for programs that are not installed."""
    command = f"sudo apt-get install --no-install-recommends {' '.join(packages)}"
    return ClusterError(
        "postgresql-missing",
        Text(
            "PostgreSQL mit PostGIS ist nicht installiert oder nicht zu finden. Unter Debian und "
            f"Ubuntu: {command} – sonst den Ordner der Programme in BELANG_PG_BIN nennen oder mit "
            "BELANG_DATABASE_URL einen vorhandenen Server.",
            "PostgreSQL with PostGIS is not installed or cannot be found. On Debian and Ubuntu: "
            f"{command} – otherwise name the folder of its programs in BELANG_PG_BIN, or an "
            "existing server in BELANG_DATABASE_URL.",
        ),
    )


def _known(folders: Any, program: str) -> list[Programs]:
    there = [folder for folder in folders if (folder / program).is_file()]
    return sorted((Programs(_major(folder / program), folder) for folder in there), reverse=True)


def _on_path(program: str) -> list[Programs]:
    found = shutil.which(program)
    return _known([Path(found).resolve().parent], program) if found else []


def _major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - a path we found
    number = re.search(r"\d+", said.stdout)
    return int(number[0]) if number else 0


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine, as whom the server runs."""

    uid: int
    gid: int
    name: str

    @property
    def ours(self) -> bool:
        """Tell whether it is the user that we are."""
        return self.uid == os.geteuid()

    def run(
        self, command: Sequence[str], *, descriptors: Sequence[int] = ()
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program as this user, with nothing of our environment but the path."""
        change: Mapping[str, Any] = {}
        if not self.ours:
            change = {"user": self.uid, "group": self.gid, "extra_groups": []}
        # Settings of Belang hold passwords, and PGPORT or PGOPTIONS would change what starts.
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
        return subprocess.run(  # noqa: S603 - programs that `servers` found
            command,
            env=environment,
            cwd="/",
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            **change,
        )

    @contextmanager
    def reaching(self, folder: Path) -> Iterator[tuple[Path, tuple[int, ...]]]:
        """Yield a path by which this user reaches `folder`, with the descriptors to inherit.

        A data folder below a home that others may not enter is handed over open: the server
        gets this one folder and need not be let into those above.
        """
        if self.ours or self.run(["test", "-x", str(folder)]).returncode == 0:
            yield folder, ()
            return
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield Path(f"/proc/self/fd/{descriptor}"), (descriptor,)
        finally:
            os.close(descriptor)


def account(data: Path) -> Account:
    """Return whom the server runs as: the owner of `data`, or us, or somebody without privileges.

    Raises
    ------
    ClusterError
        ``database-account`` where we are root and there is nobody else.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name(os.geteuid()))
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, _name(owner.st_uid))
    for name in ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid, name)
    raise ClusterError(
        "database-account",
        Text(
            "PostgreSQL läuft nicht als root, und weder postgres noch nobody gibt es hier; bitte "
            "Belang als gewöhnlichen Benutzer starten.",
            "PostgreSQL does not run as root, and there is neither postgres nor nobody here; "
            "start Belang as an ordinary user.",
        ),
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        raise ClusterError(
            "database-account",
            Text(
                f"Der Benutzer {uid} hat keinen Namen auf diesem Rechner, und ohne ihn startet "
                "PostgreSQL nicht; bitte in /etc/passwd eintragen oder BELANG_DATABASE_URL setzen.",
                f"The user {uid} has no name on this machine, and PostgreSQL does not start "
                "without; add it to /etc/passwd, or set BELANG_DATABASE_URL.",
            ),
        ) from error
