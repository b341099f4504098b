"""The folders and the configuration of a cluster, and what to say where they do not fit."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from gis.problem import Text
from layers.folder import unwritable, write_whole
from service.postgres import Account, ClusterError

CONFIGURATION, HBA, IDENT = "postgresql.conf", "pg_hba.conf", "pg_ident.conf"
MOVED = "data.old"  # the data as they were before they moved to another version
# Of a machine that does other things as well; `postgresql.local.conf` beside it may say more.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    # Errors quote what users have entered; the service says them, without the data.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_autovacuum_min_duration": "-1",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    # One file a weekday, so a week is kept.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}


def make_folder(folder: Path) -> None:
    """Make the folder of a cluster; only its owner may change it.

    Raises
    ------
    Refusal
        ``data-folder`` where that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise unwritable(folder, error) from error


def make_private(folder: Path, owner: Account) -> Path:
    """Make a folder that only `owner` may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not owner.ours:
        os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
    return folder


def is_private(folder: Path, owner: Account) -> bool:
    """Tell whether a folder exists that only `owner` may enter, and is no link to another."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    private = stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    return stat.S_ISDIR(found.st_mode) and private and found.st_uid == owner.uid


def fits(folder: Path, longest: int) -> bool:
    """Tell whether a socket in `folder` has a path of at most `longest` bytes."""
    return len(os.fsencode(folder / ".s.PGSQL.5432")) <= longest and "," not in str(folder)


def write_configuration(
    folder: Path, socket: Path, owner: Account, settings: Mapping[str, str]
) -> None:
    """Write what the server reads when it starts."""
    every = {**SETTINGS, **settings, "unix_socket_directories": str(socket)}
    lines = ["# Written by Belang at every start; postgresql.local.conf is yours."]
    lines += [f"{k} = {_quoted(v)}" for k, v in every.items()]
    lines.append("include_if_exists 'postgresql.local.conf'")
    # Whoever starts the server or is root comes in, as the kernel knows them; nobody else.
    names = dict.fromkeys(["root", owner.name])
    ident = [f'belang "{name}" {role}' for name in names for role in ("postgres", "belang")]
    for name, content in (
        (CONFIGURATION, lines),
        (HBA, ["local all all peer map=belang"]),
        (IDENT, ident),
    ):
        write_whole(folder / name, ("\n".join(content) + "\n").encode())
        (folder / name).chmod(0o644)  # the folder decides who comes near


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def major(data: Path) -> int | None:
    """Return the major version that wrote `data`; None where there are no data."""
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None


def undo_move(folder: Path) -> None:
    """Put the old data back where a move to another version was cut off between two renames."""
    if not (folder / "data").exists() and (folder / MOVED).exists():
        (folder / MOVED).rename(folder / "data")


def tail(log: Path) -> str:
    """Return the end of what the server said last: while starting, or in its log."""
    found = sorted(log.glob("*.log"), key=lambda path: path.stat().st_mtime)
    return "".join(path.read_text(errors="replace")[-1000:] for path in found[-2:])


def unstarted(folder: Path, said: str) -> ClusterError:
    """Return the error for a server that does not start, stop or answer."""
    reason = " ".join(said.split())[-800:]
    return ClusterError(
        "database-start",
        Text(
            f"Die Datenbank in {folder} läuft nicht: {reason} – mehr steht in {folder / 'log'}.",
            f"The database in {folder} does not run: {reason} – see {folder / 'log'} for more.",
        ),
    )


def wrong_major(folder: Path, old: int, new: int) -> ClusterError:
    """Return the error for data that no installed version can read."""
    install = (
        f"sudo apt-get install --no-install-recommends postgresql-{old} postgresql-{old}-postgis-3"
    )
    move = f"belang db upgrade --data {folder.parent}"
    return ClusterError(
        "database-major",
        Text(
            f"Die Daten in {folder} sind von PostgreSQL {old}, installiert ist {new}. Bitte: "
            f"{install} && {move}",
            f"The data in {folder} are of PostgreSQL {old}, installed is {new}. Please run: "
            f"{install} && {move}",
        ),
    )
