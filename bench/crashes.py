"""Kill -9 under eight uploading clients: what was acknowledged must be there, once, and whole.

The service runs as it is run everywhere: `belang serve` with a worker. It is killed at a random
moment, with its worker, every tenth time with its database; then started again, on and on. The
clients repeat what was not acknowledged with the same Idempotency-Key. In the end the database and
the disk are compared with every acknowledgement.
"""

import argparse
import hashlib
import json
import os
import queue
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import create_engine, text

from bench.running import coordinator, database_url, ready, serving
from service import journal
from service.db import transaction

CLIENTS = 8
LONGEST_S = 1.5


@dataclass
class Clients:
    """Eight clients that hand in plans until told to stop; what they were promised."""

    address: str
    authority: dict[str, str] = field(default_factory=dict)
    promised: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    stopping: threading.Event = field(default_factory=threading.Event)
    numbers: "queue.SimpleQueue[int]" = field(default_factory=queue.SimpleQueue)

    def work(self) -> None:
        """Hand in one plan after the other, each until it is accepted."""
        client = httpx2.Client(base_url=self.address, timeout=30)
        while not self.stopping.is_set():
            number = self.numbers.get()
            content, title = plan(number), f"Plan {number:06d}"
            while True:
                with suppress(httpx2.TransportError):
                    if self._accepted(client, number, title, content):
                        break
                if self.stopping.is_set():
                    return
                time.sleep(0.05)

    def _accepted(self, client: Any, number: int, title: str, content: bytes) -> bool:
        answer = client.post(
            "/api/v1/cases",
            headers={**self.authority, "Idempotency-Key": f"plan-{number}"},
            files={"file": (f"{number}.geojson", content)},
            data={"title": title, "kind": "bauvorhaben"},
        )
        if answer.status_code == 201:
            sha256 = hashlib.sha256(content).hexdigest()
            self.promised[answer.json()["id"]] = {"title": title, "sha256": sha256}
            return True
        self.refused[str(answer.status_code)] += 1
        return False


def plan(number: int) -> bytes:
    """Return a small plan that differs from all others."""
    east, north = 318_000 + number % 1_000, 5_668_000 + number // 1_000
    ring = [[east, north], [east + 9, north], [east + 9, north + 9], [east, north]]
    crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"nr": number}, "geometry": geometry}
    document = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    return json.dumps(document).encode()


def postmaster(data: Path) -> int | None:
    """Return the process of the embedded database; None while there is none."""
    found = next(data.glob("**/postmaster.pid"), None)
    return None if found is None else int(found.read_text(encoding="ascii").splitlines()[0])


def faults(url: str, data: Path, clients: Clients) -> list[str]:
    """Return every broken promise."""
    engine = create_engine(url)
    wrong: list[str] = []
    rows = (
        "select c.id::text, c.title, v.blob, k.id is not null, k.state = 'done' or "
        "exists(select 1 from procrastinate_jobs j where j.args->>'check_id' = k.id::text) "
        "from cases c join plan_versions v on v.case_id = c.id "
        "left join checks k on k.version_id = v.id"
    )
    with transaction(engine) as session:
        stored = session.execute(text(rows)).all()
        wrong += [f"journal {f.seq}: {f.what}" for f in journal.faults(session)]
    engine.dispose()
    found = {row[0]: row for row in stored}
    twice = [title for title, n in Counter(row[1] for row in stored).items() if n > 1]
    wrong += [f"{title} is there twice" for title in twice]
    for case, promised in clients.promised.items():
        if case not in found:
            wrong.append(f"{promised['title']} was acknowledged and is lost")
        elif found[case][2] != promised["sha256"]:
            wrong.append(f"{promised['title']} has other bytes")
    for _, title, blob, checked, job in stored:
        path = data / "blobs" / blob[:2] / blob
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != blob:
            wrong.append(f"{title} is torn")
        if not checked or not job:
            wrong.append(f"{title} has no check, or one that nobody carries out")
    return wrong


def run(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill so often; return what was seen."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    data, port = folder / "data", 18_400 + os.getpid() % 1_000
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "BELANG_DATA": str(data), "BELANG_PORT": str(port)}
    environment["BELANG_UPLOADS_PER_MINUTE"] = "1000000"
    clients, starts = Clients(address), []
    for number in range(1_000_000):
        clients.numbers.put(number)
    threads = [threading.Thread(target=clients.work, daemon=True) for _ in range(CLIENTS)]
    begun = time.monotonic()
    for number in range(kills + 1):
        with serving(environment, folder / "log") as process:
            starts.append(ready(address, process))
            if number == 0:
                clients.authority = coordinator(database_url(data))
                for thread in threads:
                    thread.start()
            if number < kills:
                time.sleep(chance.uniform(0, LONGEST_S))
                os.killpg(process.pid, signal.SIGKILL)
                database = postmaster(data) if number % 10 == 9 else None
                if database is not None:
                    with suppress(ProcessLookupError):
                        os.kill(database, signal.SIGKILL)
                continue
            clients.stopping.set()
            for thread in threads:
                thread.join()
            wrong = faults(database_url(data), data, clients)
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    return {
        "kills": kills,
        "seed": seed,
        "clients": CLIENTS,
        "acknowledged": len(clients.promised),
        "answers_that_refused": dict(clients.refused),
        "ready_again_s": {"median": sorted(starts)[len(starts) // 2], "most": max(starts)},
        "seconds": round(time.monotonic() - begun, 1),
        "broken_promises": wrong,
    }


def main() -> None:
    """Kill and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="belang-crashes-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.kills, given.seed)
    sys.stdout.write(json.dumps(result, indent=1) + "\n")
    sys.exit(1 if result["broken_promises"] else 0)


if __name__ == "__main__":
    main()
