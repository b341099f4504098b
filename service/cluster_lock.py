"""Who runs a cluster: one Belang at a time, and the next one is told who it is."""

import fcntl
import os
from datetime import datetime
from io import FileIO
from pathlib import Path

from gis.problem import Text
from service.postgres import ClusterError


class Lock:
    """A lock that ends with its process, however that ends; no child inherits it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    @property
    def held(self) -> bool:
        """Tell whether we hold it."""
        return self._file is not None

    def take(self) -> None:
        """Take the lock, and write down who has it since when; nothing where we hold it.

        Raises
        ------
        ClusterError
            ``data-folder-in-use`` where another process holds it.
        """
        if self._file is not None:
            return
        file = FileIO(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = file.read(200).decode(errors="replace").split()
            file.close()
            raise _taken(self._path.parent, holder) from error
        file.truncate(0)
        file.write(
            f"{os.getpid()} {datetime.now().astimezone().isoformat('T', 'seconds')}".encode()
        )
        self._file = file

    def release(self) -> None:
        """Let the next one in."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def _taken(folder: Path, holder: list[str]) -> ClusterError:
    pid, since = holder if len(holder) == 2 else ("?", "?")
    return ClusterError(
        "data-folder-in-use",
        Text(
            f"Ein anderes Belang benutzt den Datenordner {folder.parent} (Prozess {pid}, seit "
            f"{since}); bitte zuerst beenden oder mit --data einen anderen Ordner nennen.",
            f"Another Belang uses the data folder {folder.parent} (process {pid}, since {since}); "
            "stop it first, or name another folder with --data.",
        ),
    )
