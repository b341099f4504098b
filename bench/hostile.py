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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import yaml
from sqlalchemy import text

from bench.corpus import Sample, heard, listening, planted, samples, told_foreign
from bench.running import ROOT, database_url, person, ready, serving
from bench.variants import variants
from service.db import engine_for, transaction

LONGEST_S, USUAL_S, EXACT = 10.0, 2.0, 0.95
# Read since the list was made: GPX is told by its content, whatever its name, and refused because
# waypoints make no area. The other is WKT that lies at 0, 0: readable, but in nobody's district.
SINCE = {"gpx_as_gml": ("reject", "geometry-type"), "wkt_7": ("ask", "crs-missing")}
TABLES = ("cases", "plan_versions", "blobs", "checks", "documents", "procrastinate_jobs", "journal")
Answer = tuple[str, set[str], bytes]


def district(folder: Path, sources: Iterable[Path] = ()) -> Path:
    """Write a catalogue of the district around the files, with a layer; return its path."""
    box = [[362e3, 5789e3], [422e3, 5789e3], [422e3, 5849e3], [362e3, 5849e3], [362e3, 5789e3]]
    inner = [[392e3, 5819e3], [392.1e3, 5819e3], [392.1e3, 5819.1e3], [392e3, 5819e3]]
    for name, ring in (("area", box), ("layer", inner)):
        feature = {"type": "Feature", "properties": {"nr": 1, "name": "Schutzgebiet"},
                   "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
        document = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
        (folder / f"{name}.geojson").write_text(json.dumps(document))
    layers = [{"code": "thema", "title": "Thema", "keeper": "AMT",
               "source": {"type": "file", "path": "layer.geojson"}}]  # fmt: skip
    layers += [
        {"code": f"l{number}", "title": path.name, "keeper": "AMT",
         "source": {"type": "file", "path": str(path)}, "refresh": 30}
        for number, path in enumerate(sources)
    ]  # fmt: skip
    rule = {"code": "R1", "layer": "thema", "when": "overlaps", "offices": ["AMT"],
            "effect": "consideration", "basis": "§ 1 TestG", "origin": "statute"}  # fmt: skip
    content = {"offices": [{"code": "AMT", "name": {"de": "Amt", "en": "Office"}}],
               "area": {"path": "area.geojson", "beside_m": 15_000},
               "layers": layers, "rules": [rule]}  # fmt: skip
    path = folder / "catalogue.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


# --- ways a file is handed in --------------------------------------------------------------------


def by_check(client: httpx2.Client, sample: Sample) -> Answer:
    """Have it checked; nothing is kept."""
    answer = client.post(
        "/api/v1/checks", files={"file": (sample.filename, sample.content)},
        data={"kind": "bebauungsplan"},
    )  # fmt: skip
    if answer.status_code == 200:
        return "accept", _notices(answer.json()["plan"]), answer.content
    return _problem(answer)


def by_case(client: httpx2.Client, sample: Sample) -> Answer:
    """Hand it in; what is asked is asked of a case that waits for the answer."""
    answer = client.post(
        "/api/v1/cases", files={"file": (sample.filename, sample.content)},
        data={"kind": "bebauungsplan", "title": sample.name},
    )  # fmt: skip
    if answer.status_code != 201:
        return _problem(answer)
    told = answer.json()
    if told["question"]:
        return "ask", {told["question"]["code"]}, answer.content
    return "accept", _notices(told["understood"] or {}), answer.content


def _notices(plan: Mapping[str, Any]) -> set[str]:
    return {notice["code"] for notice in plan.get("notices", ())}


def _problem(answer: httpx2.Response) -> Answer:
    if answer.headers.get("content-type") != "application/problem+json":
        return f"answer {answer.status_code}", set(), answer.content
    said = answer.json()
    if answer.status_code != 422:
        return f"answer {answer.status_code} {said['code']}", {said["code"]}, answer.content
    if said["type"].rpartition(":")[2].rpartition("#")[2] != said["code"]:
        return "a type that is not its code", {said["code"]}, answer.content
    return "ask" if said.get("proposals") else "reject", {said["code"]}, answer.content


def on_disk(folder: Path, sample: Sample) -> Path:
    """Write a file under a name that is one, with its own ending; return its path."""
    ending = sample.filename.rpartition("/")[2].rpartition(".")[2]
    ending = f".{ending}" if ending.isalnum() and len(ending) < 9 else ""
    path = folder / f"{sample.name[:60].replace('/', '_')}{ending}"
    path.write_bytes(sample.content)
    return path


def by_command(folder: Path, catalogue: Path, sample: Sample) -> Answer:
    """Have `belang check` check it."""
    path, report = on_disk(folder, sample), folder / "report.json"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "service.cli", "check", path, "--catalogue", catalogue,
               "--kind", "bebauungsplan", "--data", folder / "data", "--json", report]  # fmt: skip
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60)  # noqa: S603 - our own command
    said = json.loads(report.read_text()) if report.exists() else {}
    whole = ended.stdout + ended.stderr + (report.read_bytes() if report.exists() else b"")
    if ended.returncode in (0, 3):
        return "accept", _notices(said["plan"]), whole
    if ended.returncode != 2 or "code" not in said:
        return f"status {ended.returncode}", set(), whole
    return "ask" if said.get("proposals") else "reject", {said["code"]}, whole


# --- judging -------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What came of the files by one way."""

    files: int = 0
    other_outcome: list[str] = field(default_factory=list)
    other_code: list[str] = field(default_factory=list)
    told_foreign: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def add(self, sample: Sample, answer: Answer, took_s: float) -> None:
        """Judge an answer."""
        outcome, codes, body = answer
        self.files += 1
        self.seconds.append(took_s)
        said = f"{sample.name}: {outcome} {' '.join(sorted(codes))}"
        if outcome == "reject":
            self.refused.append(sample.name)
        if not sample.fits(outcome) and SINCE.get(sample.name, ("",))[0] != outcome:
            self.other_outcome.append(said)
        if not sample.exact(codes):
            self.other_code.append(said)
        if told_foreign(body):
            self.told_foreign.append(sample.name)

    @property
    def good(self) -> bool:
        """Whether every promise holds."""
        slow = self.longest_s > LONGEST_S or self.usual_s > USUAL_S
        exact = len(self.other_code) <= (1 - EXACT) * self.files
        return exact and not (slow or self.other_outcome or self.told_foreign)

    @property
    def longest_s(self) -> float:
        """The longest answer."""
        return max(self.seconds, default=0.0)

    @property
    def usual_s(self) -> float:
        """What 95 in a hundred took at most."""
        ordered = sorted(self.seconds)
        return ordered[int(0.95 * (len(ordered) - 1))] if ordered else 0.0

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "files": self.files, "other_outcome": self.other_outcome,
            "other_code": self.other_code, "told_foreign": self.told_foreign,
            "longest_s": round(self.longest_s, 2), "p95_s": round(self.usual_s, 2),
        }  # fmt: skip


def tallied(files: Iterable[Sample], way: Callable[[Sample], Answer]) -> Tally:
    """Hand in file after file."""
    found = Tally()
    for sample in files:
        begun = time.perf_counter()
        answer = way(sample)
        found.add(sample, answer, time.perf_counter() - begun)
    return found


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
                [s for s in files if s.wants != ("accept",)], lambda s: by_case(client, s)
            )
            after = _without(kept(url, data), cases)
            turned = tallied(flipped(files, flips, seed), lambda s: by_check(client, s))
        died = sorted(running - processes(process.pid))
        log = (folder / "log").read_bytes()
    left = [k for k in before if k != "files" and after[k] != before[k]]
    left += [f for f in after["files"] if f not in before["files"]]
    broke = [n for n in turned.other_outcome if "answer" in n or "type" in n]
    return {
        "checks": checks.told(), "cases": cases.told(), "left": left, "ended": died,
        "told_foreign_in_log": told_foreign(log), "tracebacks_in_log": log.count(b"Traceback"),
        "flips": {"files": turned.files, "broke": broke, "longest_s": round(turned.longest_s, 2),
                  "p95_s": round(turned.usual_s, 2)},
        "good": checks.good and cases.good and not (left or died or broke or told_foreign(log))
        and not turned.told_foreign and log.count(b"Traceback") == 0,
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
    return {**tally.told(), "good": tally.good}


def as_layers(folder: Path, files: tuple[Sample, ...]) -> dict[str, Any]:
    """Give everything to `belang layers refresh` as the source of a layer each."""
    sources = folder / "sources"
    sources.mkdir()
    paths = [on_disk(sources, sample) for sample in files]
    catalogue = district(folder, paths)
    command = [sys.executable, "-m", "service.cli", "layers", "refresh", "--json",
               "--catalogue", catalogue, "--data", folder / "data"]  # fmt: skip
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=900)  # noqa: S603 - our own command
    stored = b"".join(p.read_bytes() for p in (folder / "data").rglob("*") if p.is_file())
    events = Counter(said.get("event") for said in _outcomes(ended.stdout))
    foreign = told_foreign(ended.stdout + ended.stderr + stored)
    return {
        "files": len(files), "status": ended.returncode, "events": dict(events),
        "told_foreign": foreign, "seconds": round(time.perf_counter() - begun, 1),
        "good": not foreign and ended.returncode in (0, 3) and b"Traceback" not in ended.stderr
        and sum(events.values()) >= len(files),
    }  # fmt: skip


def _outcomes(said: bytes) -> list[dict[str, Any]]:
    read = json.loads(said or b"[]")
    rows = read if isinstance(read, list) else next(v for v in read.values() if isinstance(v, list))
    return [row for row in rows if isinstance(row, dict)]


def run(folder: Path, flips: int, seed: int, ways: set[str]) -> dict[str, Any]:
    """Return what was seen by all ways."""
    files = (*samples(), *variants())
    result: dict[str, Any] = {"samples": len(samples()), "variants": len(variants()), "seed": seed}
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
        result["calls_heard"] = [hit.decode("latin-1") for hit in hits]
        result["would_have_heard"] = heard(hits)
    return result


def main() -> None:
    """Run it and print what was seen as JSON; status 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=["http", "command", "layers"])
    given = parser.parse_args()
    begun = time.perf_counter()
    ways = set(given.only or ("http", "command", "layers"))
    with tempfile.TemporaryDirectory(prefix="belang-hostile-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.flips, given.seed, ways)
    result["seconds"] = round(time.perf_counter() - begun, 1)
    sys.stdout.write(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    good = all(result[way]["good"] for way in ways) and not result["calls_heard"]
    sys.exit(0 if good and result["would_have_heard"] else 1)


if __name__ == "__main__":
    main()
