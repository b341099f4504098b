"""Clients that hand in plans whatever happens to the service, and what they were promised."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2


@dataclass(frozen=True, slots=True)
class Promise:
    """What was acknowledged with 201: a case by its number, of this title, with these bytes.

    `asked` is when it was handed in, by `time.monotonic`.
    """

    case: str
    title: str
    sha256: str
    asked: float = 0.0


@dataclass
class Clients:
    """So many clients that hand in plans until told to stop, each until it is accepted.

    What is not acknowledged is repeated with the same Idempotency-Key.
    """

    address: str
    number: int
    authority: dict[str, str] = field(default_factory=dict)
    promised: list[Promise] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)  # by status and code
    stopping: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=count)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, authority: dict[str, str]) -> None:
        """Let them begin, with these headers."""
        self.authority = authority
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _ in range(self.number)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each finish what it is at, while the service answers."""
        self.stopping.set()
        for thread in self._threads:
            thread.join()

    def taken_s(self, patience_s: float) -> float | None:
        """Wait until a plan that is handed in from now on is taken; return after how many seconds,
        None where none is. One that was under way already proves nothing.
        """
        before, begun = len(self.promised), time.monotonic()
        while not any(promise.asked >= begun for promise in self.promised[before:]):
            if time.monotonic() - begun > patience_s:
                return None
            time.sleep(0.02)
        return time.monotonic() - begun

    def _work(self) -> None:
        with httpx2.Client(base_url=self.address, timeout=30) as client:
            while not self.stopping.is_set():
                number = next(self._numbers)
                while not self._accepted(client, number) and not self.stopping.is_set():
                    time.sleep(0.05)

    def _accepted(self, client: httpx2.Client, number: int) -> bool:
        content, title, asked = plan(number), f"Plan {number:06d}", time.monotonic()
        try:
            answer = client.post(
                "/api/v1/cases",
                headers={**self.authority, "Idempotency-Key": f"plan-{number}"},
                files={"file": (f"{number}.geojson", content)},
                data={"title": title, "kind": "bauvorhaben"},
            )
        except httpx2.TransportError:
            return False
        if answer.status_code == 201:
            sha256 = hashlib.sha256(content).hexdigest()
            self.promised.append(Promise(answer.json()["id"], title, sha256, asked))
            return True
        self.refused[refusal(answer)] += 1
        return False


def refusal(answer: Any) -> str:
    """Return status and problem code of an answer; ``no problem`` where it is none."""
    code = "no problem"
    with suppress(ValueError, KeyError, TypeError):
        code = answer.json()["code"]
    return f"{answer.status_code} {code}"


def plan(number: int) -> bytes:
    """Return a small plan that differs from all others."""
    east, north = 318_000 + number % 1_000, 5_668_000 + number // 1_000
    ring = [[east, north], [east + 9, north], [east + 9, north + 9], [east, north]]
    crs = {"type": "name", "properties": {"name": "EPSG:25833"}}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"nr": number}, "geometry": geometry}
    document = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    return json.dumps(document).encode()
