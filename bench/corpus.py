"""The hostile files: where they lie, what is wanted of each, and what they may not reach."""

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "shared" / "hostile"
MANIFEST = FOLDER / "manifest.json"
CANARY = Path("/var/tmp/belang-canary")  # noqa: S108 - the files name it
MARK = "canary-7f3a91c2"
SINK = 8999  # where the files call
SECRETS = {
    "secret.csv": f"name,wkt\n{MARK},POINT (13.4 52.5)\n",
    "secret.txt": MARK,
    "secret.geojson": json.dumps(
        {
            "type": "Feature",
            "properties": {"title": MARK},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[13, 52], [14, 52], [14, 53], [13, 52]]],
            },
        }
    ),
    "secret.gml": f"<a xmlns:gml='http://www.opengis.net/gml' gml:id='g1'>{MARK}</a>",
}
# What else must never be said: the first line of a file every machine has.
FOREIGN = (MARK, "root:x:")


@dataclass(frozen=True)
class Sample:
    """A file, what should become of it (one of `wants`), and the code (one of `codes`, if any).

    `listed`: it is one of the collection, whose wanted codes are held to by themselves.
    """

    name: str
    filename: str
    content: bytes
    wants: tuple[str, ...]
    codes: tuple[str, ...] = ()
    listed: bool = False

    def fits(self, outcome: str) -> bool:
        """Tell whether an outcome is one of those wanted."""
        return outcome in self.wants

    def exact(self, codes: set[str]) -> bool:
        """Tell whether a code is the one wanted."""
        return not self.codes or bool(codes & set(self.codes))


@cache
def samples() -> tuple[Sample, ...]:
    """Return the files beside the checkout; none where they are not there."""
    if not MANIFEST.exists():
        return ()
    listed = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return tuple(
        Sample(
            name,
            case["file"],
            (FOLDER / case["file"]).read_bytes(),
            (case["want"].replace("repair", "accept"),),
            (case["code"],) if case["code"] else (),
            listed=True,
        )
        for name, case in listed.items()
    )


@contextmanager
def listening(port: int = SINK) -> Iterator[list[bytes]]:
    """Collect whatever calls at a port of this machine."""
    hits: list[bytes] = []
    with _server(port) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                with caller:
                    caller.settimeout(1)
                    hits.append(caller.recv(200))

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield hits
        finally:
            over.set()
            thread.join()


def _server(port: int) -> socket.socket:
    """Return a server; waits for another run of the same to be through with the port."""
    for _ in range(600):
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
        time.sleep(0.2)
    return socket.create_server(("127.0.0.1", port))


def heard(hits: list[bytes], port: int = SINK) -> bool:
    """Call at the port: tells whether a call is heard at all. Its own is taken away again."""
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(b"GET /")
    time.sleep(0.3)
    found = b"GET /" in hits
    hits[:] = [hit for hit in hits if hit != b"GET /"]
    return found


@contextmanager
def planted() -> Iterator[None]:
    """Plant secrets where the files look for them."""
    made = not CANARY.exists()
    CANARY.mkdir(exist_ok=True)
    files = [CANARY / name for name in SECRETS]
    for file in files:
        file.write_text(SECRETS[file.name])
    try:
        yield
    finally:
        for file in files:
            file.unlink(missing_ok=True)
        if made:
            shutil.rmtree(CANARY, ignore_errors=True)


def told_foreign(text: bytes) -> bool:
    """Tell whether bytes hold what lies in none of the files."""
    return any(word.encode() in text for word in FOREIGN)
