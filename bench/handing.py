"""The ways a file is handed in, and what is held against the answers."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import yaml

from bench.corpus import Sample, told_foreign
from bench.running import ROOT

LONGEST_S, USUAL_S, EXACT = 10.0, 2.0, 0.95
Answer = tuple[str, set[str], bytes]


@dataclass(frozen=True, slots=True)
class Deviation:
    """What is answered instead of what is wanted, and why that is right."""

    outcome: str
    code: str  # empty: none is told
    why: str

    def fits(self, outcome: str, codes: set[str]) -> bool:
        """Tell whether it is this that was answered."""
        return outcome == self.outcome and (not self.code or self.code in codes)


# What differs from the list on purpose. It is told and counted in every figure, and nothing else
# than this may differ.
DEVIATIONS: Mapping[str, Deviation] = {
    "gpx_as_gml": Deviation(
        "reject", "geometry-type",
        "GPX is read since the list was made; its waypoints make no area",
    ),
    "wkt_7": Deviation(
        "ask", "crs-missing",
        "it lies at 0, 0: readable, but in nobody's district, so it is asked where it lies",
    ),
}  # fmt: skip


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
         "source": {"type": "file", "path": str(path)}}
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
    return problem(answer)


def by_case(client: httpx2.Client, sample: Sample) -> Answer:
    """Hand it in; what is asked is asked of a case that waits for the answer."""
    answer = client.post(
        "/api/v1/cases", files={"file": (sample.filename, sample.content)},
        data={"kind": "bebauungsplan", "title": sample.name},
    )  # fmt: skip
    if answer.status_code != 201:
        return problem(answer)
    told = answer.json()
    if told["question"]:
        return "ask", {told["question"]["code"]}, answer.content
    return "accept", _notices(told["understood"] or {}), answer.content


def _notices(plan: Mapping[str, Any]) -> set[str]:
    return {notice["code"] for notice in plan.get("notices", ())}


def problem(answer: httpx2.Response) -> Answer:
    """Return a refusal or a question; as another outcome what is neither, such as an error."""
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


def by_command(folder: Path, catalogue: Path, sample: Sample, scratch: Path) -> Answer:
    """Have `belang check` check it, with temporary files in `scratch`."""
    path, report = on_disk(folder, sample), folder / "report.json"
    report.unlink(missing_ok=True)
    command: list[str | Path] = [
        sys.executable, "-m", "service.cli", "check", path, "--catalogue", catalogue,
        "--kind", "bebauungsplan", "--data", folder / "data", "--json", report,
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(scratch)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60)  # noqa: S603 - our own command
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
    listed: int = 0  # those of the collection
    outcomes: Counter[str] = field(default_factory=Counter)
    deviations: Mapping[str, Deviation] = field(default_factory=lambda: DEVIATIONS)
    other_outcome: list[str] = field(default_factory=list)
    other_code: list[str] = field(default_factory=list)
    other_code_listed: int = 0
    known_deviations: list[str] = field(default_factory=list)
    told_foreign: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, sample: Sample, answer: Answer, took_s: float) -> None:
        """Judge an answer."""
        outcome, codes, body = answer
        self.files += 1
        self.listed += sample.listed
        self.outcomes[outcome] += 1
        self.seconds.append(took_s)
        said = f"{sample.name}: {outcome} {' '.join(sorted(codes))}"
        known = self.deviations.get(sample.name)
        if not sample.fits(outcome) or not sample.exact(codes):
            if known and known.fits(outcome, codes):
                self.known_deviations.append(deviating(sample, known))
            elif not sample.fits(outcome):
                self.other_outcome.append(said)
        if not sample.exact(codes):
            self.other_code.append(said)
            self.other_code_listed += sample.listed
        if told_foreign(body):
            self.told_foreign.append(sample.name)

    @property
    def wrong(self) -> list[str]:
        """Every promise that is broken, as a sentence."""
        found = [f"another outcome: {said}" for said in self.other_outcome]
        found += [f"told what lies elsewhere: {name}" for name in self.told_foreign]
        if len(self.other_code) > (1 - EXACT) * self.files:
            found.append(f"{len(self.other_code)} of {self.files} have another code")
        if self.other_code_listed > (1 - EXACT) * self.listed:
            often = f"{self.other_code_listed} of {self.listed}"
            found.append(f"{often} of the collection have another code")
        if self.longest_s > LONGEST_S or self.usual_s > USUAL_S:
            found.append(f"slow: {self.longest_s:.1f} s, 95 % within {self.usual_s:.1f} s")
        return found

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
            "files": self.files, "listed": self.listed, "outcomes": dict(self.outcomes),
            "other_outcome": self.other_outcome, "other_code": self.other_code,
            "other_code_listed": self.other_code_listed,
            "known_deviations": self.known_deviations,
            "told_foreign": self.told_foreign,
            "longest_s": round(self.longest_s, 2), "p95_s": round(self.usual_s, 2),
        }  # fmt: skip


def deviating(sample: Sample, known: Deviation) -> str:
    """Return a deviation as a sentence: what is answered, instead of what, and why."""
    wanted = " ".join((" or ".join(sample.wants), " or ".join(sample.codes))).strip()
    answered = f"{known.outcome} {known.code}".strip()
    return f"{sample.name}: {answered}, not {wanted}: {known.why}"


def tallied(files: Iterable[Sample], way: Callable[[Sample], Answer]) -> Tally:
    """Hand in file after file."""
    found = Tally()
    for sample in files:
        begun = time.perf_counter()
        answer = way(sample)
        found.add(sample, answer, time.perf_counter() - begun)
    return found
