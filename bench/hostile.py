"""Every hostile file to a running service, as a check and as a case, to the command line (of the
variants every eighth), and to a refresh of layers.

Wanted is the outcome of the manifest (accepted, refused, asked), its exact code for at least 95 in
a hundred, an answer within 10 s and 2 s for 95 in a hundred; and afterwards the same processes, no
call at the port the files name, no byte of a planted secret, and of what was refused no file, row
or job. `--flips` sends files with some bytes changed as well: anything but a 500 will do.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from bench.corpus import Sample, heard, listening, planted, samples, told_foreign
from bench.figure import figure, tell
from bench.handing import Tally, by_case, by_check, by_command, district, on_disk, tallied
from bench.running import ROOT, database_url, person, ready, serving
from bench.variants import variants
from service.db import engine_for, transaction

TABLES = ("cases", "plan_versions", "blobs", "checks", "documents", "procrastinate_jobs", "journal")


def kept(url: str, data: Path) -> dict[str, Any]:
    """Return how many rows and files there are; of the files also their names."""
    engine = engine_for(url)
    try:
        with transaction(engine) as session:
            there = {str(row[0]) for row in session.execute(text(
                "select table_name from information_schema.tables where table_schema = 'public'"
            ))}  # fmt: skip
            counted = {t: session.execute(text(f"select count(*) from {t}")).scalar()  # noqa: S608 - ours
                       for t in TABLES if t in there}  # fmt: skip
    finally:
        engine.dispose()
    cluster = data / "pg"
    files = sorted(str(p.relative_to(data)) for p in data.rglob("*")
                   if p.is_file() and cluster not in p.parents)  # fmt: skip
    return {**counted, "files": [f for f in files if not f.startswith(("layers", "store"))]}


def processes(leader: int) -> set[int]:
    """Return the processes in a group, without those that a moment starts and ends."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[2]) == leader and after[0] != "Z":
            found.add(int(status.parent.name))
    return found


def flipped(files: tuple[Sample, ...], count: int, seed: int) -> Iterable[Sample]:
    """Yield files with a few bytes changed, cut out or doubled."""
    luck = random.Random(seed)  # noqa: S311 - for tries that can be repeated
    small = [s for s in files if 0 < len(s.content) < 200_000]
    for number in range(count):
        sample = small[number % len(small)]
        content = bytearray(sample.content)
        for _ in range(luck.choice([1, 1, 2, 4, 16])):
            at = luck.randrange(len(content))
            match luck.randrange(6):
                case 0:
                    del content[at : at + luck.randrange(1, 20)]
                    content = content or bytearray(b"\0")
                case 1:
                    content[at:at] = content[at : at + luck.randrange(1, 20)]
                case _:
                    content[at] ^= 1 << luck.randrange(8)
        wants = ("accept", "reject", "ask")
        yield Sample(f"{sample.name}#{number}", sample.filename, bytes(content), wants)


# --- all of it -----------------------------------------------------------------------------------


def through_http(folder: Path, files: tuple[Sample, ...], flips: int, seed: int) -> dict[str, Any]:
    """Send everything to a service of its own; return what was seen."""
    data, port = folder / "data", 19_400 + os.getpid() % 1_000
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "BELANG_DATA": str(data), "BELANG_PORT": str(port), "BELANG_WORKERS": "0",
        "BELANG_CATALOGUE": str(district(folder)), "BELANG_UPLOADS_PER_MINUTE": "1000000",
        "BELANG_ANONYMOUS_CHECKS_PER_MINUTE": "1000000",
    }  # fmt: skip
    with serving(environment, folder / "log") as process:
        ready(address, process)
        url = database_url(data)
        headers = person(url, "coordinator")
        with httpx2.Client(base_url=address, timeout=60, headers=headers) as client:
            by_check(client, files[0])  # starts what reads
            running = processes(process.pid)
            before = kept(url, data)
            checks = tallied(files, lambda s: by_check(client, s))
            cases = tallied(
                [s for s in files if "accept" not in s.wants], lambda s: by_case(client, s)
            )
            after = _without(kept(url, data), cases)
            turned = tallied(flipped(files, flips, seed), lambda s: by_check(client, s))
        died = sorted(running - processes(process.pid))
        log = (folder / "log").read_bytes()
    left = [k for k in before if k != "files" and after[k] != before[k]]
    left += [f for f in after["files"] if f not in before["files"]]
    broke = [n for n in turned.other_outcome if "answer" in n or "type" in n]
    broke += [f"told what lies elsewhere: {name}" for name in turned.told_foreign]
    wrong = [*checks.wrong, *cases.wrong, *(f"flipped: {said}" for said in broke)]
    wrong += [f"left: {what}" for what in left] + [f"process {one} ended" for one in died]
    wrong += ["the log tells what lies elsewhere"] if told_foreign(log) else []
    wrong += ["the log has a traceback"] if b"Traceback" in log else []
    return {
        "tries": checks.files + cases.files + turned.files, "wrong": wrong,
        "checks": checks.told(), "cases": cases.told(),
        "flips": {"files": turned.files, "longest_s": round(turned.longest_s, 2),
                  "p95_s": round(turned.usual_s, 2)},
    }  # fmt: skip


def _without(state: Mapping[str, Any], cases: Tally) -> dict[str, Any]:
    """Return what is kept less what the questions and accepted plans account for."""
    opened = cases.files - len(cases.refused)
    rows = {k: v for k, v in state.items() if k != "files"}
    made = {"cases", "plan_versions", "blobs"}
    found: dict[str, Any] = {k: v - opened if k in made else v for k, v in rows.items()}
    journal = {"journal": rows["journal"] - 2 * opened} if "journal" in rows else {}
    files = [f for f in state["files"] if not f.startswith("blobs")]
    return {**found, **journal, "files": files}


def through_command(folder: Path, files: tuple[Sample, ...]) -> dict[str, Any]:
    """Give everything to the command; return what was seen."""
    catalogue = district(folder)
    tally = tallied(files, lambda s: by_command(folder, catalogue, s))
    return {"tries": tally.files, "wrong": tally.wrong, **tally.told()}


def as_layers(folder: Path, files: tuple[Sample, ...]) -> dict[str, Any]:
    """Give everything to `belang layers refresh` as the source of a layer each."""
    sources = folder / "sources"
    sources.mkdir()
    paths = [on_disk(sources, sample) for sample in files]
    catalogue = district(folder, paths)
    codes = [f"l{number}" for number in range(len(paths))]
    command = [sys.executable, "-m", "service.cli", "layers", "refresh", *codes, "--json",
               "--catalogue", catalogue, "--data", folder / "data"]  # fmt: skip
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=900)  # noqa: S603 - our own command
    stored = b"".join(p.read_bytes() for p in (folder / "data").rglob("*") if p.is_file())
    events = Counter(said.get("event") for said in _outcomes(ended.stdout))
    foreign = told_foreign(ended.stdout + ended.stderr + stored)
    wrong = ["a version or an answer tells what lies elsewhere"] if foreign else []
    wrong += [f"status {ended.returncode}"] if ended.returncode not in (0, 3) else []
    wrong += ["a traceback"] if b"Traceback" in ended.stderr else []
    missing = len(files) - sum(events.values())
    wrong += [f"{missing} layers have no outcome"] if missing > 0 else []
    seconds = round(time.perf_counter() - begun, 1)
    return {"tries": len(files), "wrong": wrong, "events": dict(events), "seconds": seconds}


def _outcomes(said: bytes) -> list[dict[str, Any]]:
    read = json.loads(said or b"[]")
    rows = read if isinstance(read, list) else next(v for v in read.values() if isinstance(v, list))
    return [row for row in rows if isinstance(row, dict)]


def run(folder: Path, flips: int, seed: int, ways: set[str]) -> dict[str, Any]:
    """Return what was seen by all ways."""
    files = (*samples(), *variants())
    result: dict[str, Any] = {"samples": len(samples()), "variants": len(variants())}
    with planted(), listening() as hits:
        for way, go in (
            ("http", lambda own: through_http(own, files, flips, seed)),
            ("command", lambda own: through_command(own, (*samples(), *variants()[::8]))),
            ("layers", lambda own: as_layers(own, files)),
        ):
            if way in ways:
                own = folder / way
                own.mkdir(mode=0o755)
                result[way] = go(own)
                sys.stderr.write(f"{way}: {json.dumps(result[way])}\n")
        result["calls_heard"] = [hit.decode("latin-1") for hit in hits]
        result["would_have_heard"] = heard(hits)
    return result


def main() -> None:
    """Hand everything in, by every way, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=["http", "command", "layers"])
    given = parser.parse_args()
    begun = time.monotonic()
    ways = set(given.only or ("http", "command", "layers"))
    with tempfile.TemporaryDirectory(prefix="belang-hostile-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.flips, given.seed, ways)
    tell(
        figure(
            "hostile files", tries=sum(result[way]["tries"] for way in ways),
            failures=failures(result, ways), seed=given.seed, begun=begun, **result,
        )
    )  # fmt: skip


def failures(result: Mapping[str, Any], ways: set[str]) -> list[str]:
    """Return every promise that is broken, as a sentence."""
    wrong = [f"{way}: {said}" for way in sorted(ways) for said in result[way]["wrong"]]
    wrong += [f"a call was heard: {hit}" for hit in result["calls_heard"]]
    return wrong if result["would_have_heard"] else [*wrong, "no call would have been heard"]


if __name__ == "__main__":
    main()
