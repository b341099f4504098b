"""What a child needs of this machine: an environment without secrets, folders, another user."""

import os
import pwd
import sys
from functools import cache
from pathlib import Path

# What may go along: where data of libraries lie, and the zone of times. Nothing that could be a
# secret, a proxy or an address.
KEPT = ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA", "TZ")
# Threads started by a library would forbid leaving namespaces, and be lost in a fork.
SINGLE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
NOBODY = "nobody"


def environment() -> dict[str, str]:
    """Return the environment of a child."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = os.pathsep.join(map(str, _modules()))
    fixed = {"LANG": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONPATH": places, "PROJ_NETWORK": "OFF"}
    return {**SINGLE, **fixed, **kept}


def readable() -> tuple[Path, ...]:
    """Return what a child may read: the interpreter, its modules, the system's libraries."""
    system = map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share", "/dev/null",
                        "/dev/urandom", "/etc/ld.so.cache", "/etc/localtime"))  # fmt: skip
    data = (Path(os.environ[n]) for n in ("PROJ_DATA", "PROJ_LIB", "GDAL_DATA") if n in os.environ)
    return (*_modules(), Path(sys.prefix), Path(sys.base_prefix) / "lib", *system, *data)


def _modules() -> list[Path]:
    """Return the folders modules are imported from, not the current one."""
    return [path for name in sys.path if (path := Path(name)).is_absolute() and path.exists()]


@cache
def user() -> int | None:
    """Return the number of the user a child changes to; None where it stays who it is.

    Only the superuser can change, and only where others may read the program.
    """
    if os.geteuid() != 0 or not all(map(open_to_all, (*_modules(), Path(sys.executable)))):
        return None
    try:
        return pwd.getpwnam(NOBODY).pw_uid
    except KeyError:
        return None


def open_to_all(path: Path) -> bool:
    """Tell whether every user may read what lies at `path`."""
    real = path.resolve()
    return all(step.stat().st_mode & 0o001 for step in (real, *real.parents) if step.is_dir()) and (
        bool(real.stat().st_mode & 0o004)
    )


def give(folder: Path, user: int) -> None:
    """Make `folder` and what is in it another user's."""
    os.chown(folder, user, user)
    for here, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.chown(Path(here, name), user, user, follow_symlinks=False)
