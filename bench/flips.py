"""Files with a few bytes changed, to every route that takes one.

What becomes of such a file nobody can say. Wanted is that the service says it: that it takes the
file, refuses it or asks, in the form of all answers, whatever the bytes are.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select

from bench.brought import letters, packages, papers, pictures
from bench.corpus import Sample
from bench.handing import Answer, Tally, by_case, by_check, problem, tallied
from bench.leavings import Acknowledged
from service import seal
from service.db import engine_for, transaction
from service.models import AnswerLink, PlanVersion, Task

MOST_BYTES = 200_000
ENTRY = re.compile(rb"PK(?:\x01\x02|\x03\x04)")
ENTRY_BYTES = 60  # with the first letters of a name
MAY_BE = ("accept", "reject", "ask")
WORLD = "0.5\n0\n0\n-0.5\n392000.25\n5819099.75\n"
A_CASE = 250  # tries of one case, which may have a thousand documents


def flipped(files: Sequence[Sample], count: int, seed: int) -> Iterator[Sample]:
    """Yield files with a few bytes changed, cut out or doubled; of an archive those of its
    entries (names, methods, lengths) as often as all others.
    """
    luck = random.Random(seed)  # noqa: S311 - for tries that can be repeated
    small = [s for s in files if 0 < len(s.content) < MOST_BYTES]
    for number in range(count):
        sample = small[number % len(small)]
        content, entries = bytearray(sample.content), _of_entries(sample.content)
        for _ in range(luck.choice([1, 1, 2, 4, 16])):
            at = luck.randrange(len(content))
            if entries and luck.randrange(2):
                at = min(luck.choice(entries), len(content) - 1)
            match luck.randrange(8):
                case 0:
                    del content[at : at + luck.randrange(1, 20)]
                    content = content or bytearray(b"\0")
                case 1:
                    content[at:at] = content[at : at + luck.randrange(1, 20)]
                case 2 | 3:
                    content[at] = luck.randrange(256)
                case _:
                    content[at] ^= 1 << luck.randrange(8)
        yield Sample(f"{sample.name}#{number}", sample.filename, bytes(content), MAY_BE)


def _of_entries(content: bytes) -> list[int]:
    """Return where the bytes are that say what an archive holds; none where it is no archive."""
    if not content.startswith(b"PK\x03\x04"):
        return []
    return [at for found in ENTRY.finditer(content)
            for at in range(found.end(), min(found.end() + ENTRY_BYTES, len(content)))]  # fmt: skip


@dataclass
class Ground:
    """Where documents and letters are sent: cases, and links of tasks that nobody has answered."""

    cases: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def prepared(client: httpx2.Client, url: str, data: Path, plan: Sample, tries: int) -> Ground:
    """Return so many cases and links as so many tries of each need, made for the purpose."""
    found = Ground()
    for first in range(0, max(tries, 1), A_CASE):
        answer = client.post(
            "/api/v1/cases", files={"file": (plan.filename, plan.content)},
            data={"kind": "bebauungsplan", "title": f"Ground {first}"},
        )  # fmt: skip
        found.cases.append(answer.raise_for_status().json()["id"])
    found.links = _links(url, data, found.cases, tries)
    return found


def _links(url: str, data: Path, cases: Sequence[str], count: int) -> list[str]:
    """Return links, each of a task of its own; a link takes one answer and few tries a minute."""
    engine, now = engine_for(url, pool=1), datetime.now(UTC)
    try:
        with transaction(engine) as session:
            rows = select(PlanVersion.case_id, PlanVersion.id)
            versions = {str(case): version for case, version in session.execute(rows)}
            words = []
            for number in range(count):
                case = cases[number // A_CASE]
                task = Task(
                    case_id=UUID(case), version_id=versions[case], office=f"AMT-{number}",
                    due=date.today() + timedelta(days=30), released_by="bench",
                )  # fmt: skip
                session.add(task)
                session.flush()
                link = AnswerLink(
                    task_id=task.id, mailbox="amt@example.org", expires=now + timedelta(days=30)
                )
                session.add(link)
                session.flush()
                words.append(seal.sealed(data, link.id))
            return words
    finally:
        engine.dispose()


def routes(
    client: httpx2.Client,
    nobody: httpx2.Client,
    ground: Ground,
    files: Sequence[Sample],
    known: Acknowledged,
) -> dict[str, tuple[Sequence[Sample], Callable[[Sample], Answer]]]:
    """Return every route that takes a file, with what is sent there; links are for `nobody`.
    What is acknowledged is noted in `known`.

    Each gets its own kind of files and those of all others: bytes do not keep to a form.
    """
    every = [*papers(), *files]
    place, word = iter(_again(ground.cases)), iter(ground.links)
    return {
        "checks": (mixed([*packages(), *letters()], files), lambda s: by_check(client, s)),
        "cases": (
            mixed([*packages(), *letters()], files),
            lambda s: known.add("case", by_case(client, s)),
        ),
        "documents": (
            mixed(papers(), every),
            lambda s: known.add("document", by_document(client, next(place), s)),
        ),
        "rasters": (mixed(pictures(), every), lambda s: by_raster(client, s)),
        "links": (
            mixed(letters(), every),
            lambda s: known.add("contribution", by_link(nobody, next(word), s), "contribution"),
        ),
    }


def mixed(own: Sequence[Sample], others: Sequence[Sample]) -> list[Sample]:
    """Return files of a route's own kind and others by turns, until each was there."""
    length = max(len(own), len(others))
    return [files[n % len(files)] for n in range(length) for files in (own, others) if files]


def _again(cases: Sequence[str]) -> Iterator[str]:
    for case in cases:
        yield from [case] * A_CASE


def sent(
    ways: Mapping[str, tuple[Sequence[Sample], Callable[[Sample], Answer]]], count: int, seed: int
) -> dict[str, Tally]:
    """Send so many changed files, spread over all routes; return what came of each route."""
    shares = spread(count, len(ways))
    return {
        name: tallied(flipped(of_kind, share, seed + number), way)
        for number, ((name, (of_kind, way)), share) in enumerate(
            zip(ways.items(), shares, strict=True)
        )
    }


def spread(count: int, ways: int) -> list[int]:
    """Return how many of so many go each way."""
    return [count // ways + (number < count % ways) for number in range(ways)]


def broke(tallies: Iterable[tuple[str, Tally]]) -> list[str]:
    """Return every answer that is none of those that may be, as a sentence."""
    found = []
    for name, tally in tallies:
        found += [f"flipped, {name}: {said}" for said in tally.other_outcome]
        found += [f"flipped, {name}: told what lies elsewhere: {one}" for one in tally.told_foreign]
    return found


# --- ways that take no plan ----------------------------------------------------------------------


def by_document(client: httpx2.Client, case: str, sample: Sample) -> Answer:
    """Add it to a case."""
    return _taken(client.post(f"/api/v1/cases/{case}/documents", files=_file(sample)))


def by_raster(client: httpx2.Client, sample: Sample) -> Answer:
    """Lay it on the map as a scanned plan; nothing is kept."""
    said = {} if sample.filename.endswith(".tif") else {"world": WORLD, "crs": "EPSG:25833"}
    return _taken(client.post("/api/v1/rasters", files=_file(sample), data=said))


def by_link(client: httpx2.Client, word: str, sample: Sample) -> Answer:
    """Answer a task with it, by a link."""
    return _taken(client.post(f"/api/v1/links/{word}/documents", files=_file(sample)))


def _file(sample: Sample) -> dict[str, Any]:
    return {"file": (sample.filename, sample.content)}


def _taken(answer: httpx2.Response) -> Answer:
    if answer.status_code in (200, 201):
        return "accept", set(), answer.content
    return problem(answer)
