"""A child that tries all it must not do, and what came of it on both sides."""

import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# What every child may do and may do so much of, whatever the machine lacks.
BOUND = {"own": "done", "thread": "done", "large": "EFBIG", "open": "EMFILE"}
DENIED = {"EPERM", "EACCES", "ENETUNREACH", "EXDEV"}


@dataclass(frozen=True)
class Came:
    """What each attempt ended with, who outside was reached, and what lies outside now."""

    outcomes: dict[str, str]
    reached: set[str]
    outside: list[str]

    @property
    def done(self) -> set[str]:
        """The attempts that were not denied."""
        return {name for name, outcome in self.outcomes.items() if outcome not in DENIED}


def attempted(run: Callable[[bytes, Path], bytes], folder: Path) -> Came:
    """Let `tests.layers.apart.deeds.attempts` run, with a listener and a secret outside."""
    own, outside = folder / "own", folder / "outside"
    own.mkdir()
    outside.mkdir()
    secret = outside / "secret"
    secret.write_text("hush")
    with socket.create_server(("127.0.0.1", 0)) as server, _unix(outside / "u") as unix:
        job = {
            "port": server.getsockname()[1],
            "unix": str(outside / "u"),
            "secret": str(secret),
            "outside": str(outside),
            "parent": os.getpid(),
        }
        outcomes = json.loads(run(json.dumps(job).encode(), own))
        reached = {name for name, each in (("inet", server), ("unix", unix)) if _called(each)}
    return Came(outcomes, reached, sorted(path.name for path in outside.iterdir()))


def _unix(path: Path) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    return server


def _called(listener: socket.socket) -> bool:
    listener.settimeout(0.1)
    with suppress(TimeoutError):
        listener.accept()[0].close()
        return True
    return False
