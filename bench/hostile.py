"""Every hostile file to a running service, as a check and as a case, to the command line (of the
variants every eighth), and to a refresh of layers.

Wanted is the outcome of the manifest (accepted, refused, asked), its exact code for at least 95 in
a hundred, an answer within 10 s and 2 s for 95 in a hundred; and afterwards the same processes, no
call at the port the files name, no byte of a planted secret, and of what was refused no file,
row or job (`bench.leavings`). Of layers the same is wanted as far as they have it
(`bench.sources`). `--flips` sends files with some bytes changed as well, to every route that takes
a file (`bench.flips`): anything will do that is one of the service's own answers.

Until then no worker is there, so that nothing else leaves rows and files. Then one carries out the
checks of all that was accepted (`bench.carried`): a plan that is taken can be checked.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2

from bench import carried, sources
from bench.corpus import FOLDER, Sample, heard, listening, planted, samples, told_foreign
from bench.figure import figure, tell, untried
from bench.flips import broke, prepared, routes, sent, spread
from bench.handing import by_case, by_check, by_command, district, on_disk, tallied
from bench.leavings import Acknowledged, files, left, state
from bench.running import ROOT, database_url, person, ready, serving
from bench.variants import variants

NAME = "hostile files"
NO_FILES = f"the collection of hostile files does not lie beside the checkout ({FOLDER.name})"
ROUTES = 5  # that take a file
COMMANDED = 8  # of the variants every so manieth goes to the command, which starts anew for each


def processes(leader: int) -> set[int]:
    """Return a service's process and those it has started itself: its reader, no child of that."""
    found = {leader}
    for thread in Path(f"/proc/{leader}/task").glob("*/children"):
        found |= set(map(int, thread.read_text(encoding="ascii").split()))
    return found


# --- all of it -----------------------------------------------------------------------------------


def through_http(folder: Path, every: Sequence[Sample], flips: int, seed: int) -> dict[str, Any]:
    """Send everything to a service of its own; return what was seen."""
    data, port, scratch = folder / "data", 19_400 + os.getpid() % 1_000, temporary(folder)
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ, "BELANG_DATA": str(data), "BELANG_PORT": str(port), "BELANG_WORKERS": "0",
        "BELANG_CATALOGUE": str(district(folder)), "BELANG_UPLOADS_PER_MINUTE": "1000000",
        "BELANG_ANONYMOUS_CHECKS_PER_MINUTE": "1000000", "TMPDIR": str(scratch),
    }  # fmt: skip
    good, known = every[0], Acknowledged()
    with serving(environment, folder / "log") as process:
        ready(address, process)
        url = database_url(data)
        headers = person(url, "coordinator")
        with (
            httpx2.Client(base_url=address, timeout=60, headers=headers) as client,
            httpx2.Client(base_url=address, timeout=60) as nobody,
        ):
            by_check(client, good)  # starts what reads
            ground = prepared(client, url, data, good, spread(flips, ROUTES)[0])
            known.names |= {f"case {case}" for case in ground.cases}
            running, before = processes(process.pid), state(url, data, scratch)
            checks = tallied(every, lambda s: by_check(client, s))
            cases = tallied(every, lambda s: known.add("case", by_case(client, s)))
            turned = sent(routes(client, nobody, ground, every, known), flips, seed)
            after = state(url, data, scratch)
        remains = left(url, data, before, after, known.names)
        died = sorted(running - processes(process.pid))
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    remains += [f"temporary {path}" for path in sorted(scratch.iterdir())]
    checked = carried.by_worker(environment, folder / "log", data, known.names)
    remains += [f"temporary {path}, of a check" for path in sorted(scratch.iterdir())]
    log = (folder / "log").read_bytes()
    wrong = [*checks.wrong, *cases.wrong, *broke(turned.items()), *checked.pop("wrong")]
    wrong += [f"left: {what}" for what in remains] + [f"process {one} ended" for one in died]
    wrong += ["the log tells what lies elsewhere"] if told_foreign(log) else []
    wrong += ["the log has a traceback"] if b"Traceback" in log else []
    return {
        "tries": checks.files + cases.files + sum(one.files for one in turned.values()),
        "wrong": wrong, "checks": checks.told(), "cases": cases.told(), "carried_out": checked,
        "flips": {name: {"files": one.files, "longest_s": round(one.longest_s, 2),
                         "p95_s": round(one.usual_s, 2), "outcomes": dict(one.outcomes)}
                  for name, one in turned.items()},
        "folders": [before.folders, after.folders],
        "rows": {name: [before.rows.get(name), rows] for name, rows in after.rows.items()},
    }  # fmt: skip


def temporary(folder: Path) -> Path:
    """Make a folder for temporary files, which children of another user may pass."""
    made = folder / "tmp"
    made.mkdir()
    made.chmod(0o1777)
    return made


def through_command(folder: Path, every: Sequence[Sample]) -> dict[str, Any]:
    """Give everything to the command; return what was seen."""
    catalogue, scratch, data = district(folder), temporary(folder), folder / "data"
    by_command(folder, catalogue, every[0], scratch)  # imports the layers
    before = files([data])
    tally = tallied(every, lambda s: by_command(folder, catalogue, s, scratch))
    remains = [*sorted(files([data]) - before), *sorted(map(str, scratch.iterdir()))]
    wrong = tally.wrong + [f"left: file {name}" for name in remains]
    return {"tries": tally.files, **tally.told(), "wrong": wrong}


def as_layers(folder: Path, every: Sequence[Sample]) -> dict[str, Any]:
    """Give everything to `belang layers refresh` as the source of a layer each."""
    paths, scratch, data = list[Path](), temporary(folder), folder / "data"
    for number, sample in enumerate(every):  # two may have the same name on a disk
        (own := folder / "sources" / str(number)).mkdir(parents=True)
        paths.append(on_disk(own, sample))
    catalogue = district(folder, paths)
    codes = [f"l{number}" for number in range(len(paths))]
    refreshed(catalogue, data, scratch, ["thema"])  # imports the area of competence
    before = set((data / "layers" / "versions").iterdir())
    begun = time.perf_counter()
    ended = refreshed(catalogue, data, scratch, codes)
    rows = _outcomes(ended.stdout)
    tally = sources.tallied(every, rows)
    stored = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    foreign = told_foreign(ended.stdout + ended.stderr + stored)
    wrong = tally.wrong
    wrong += ["a version or an answer tells what lies elsewhere"] if foreign else []
    wrong += [f"status {ended.returncode}"] if ended.returncode not in (0, 3) else []
    wrong += ["a traceback"] if b"Traceback" in ended.stderr else []
    wrong += [f"left: {what}" for what in unpublished(data / "layers", before, rows)]
    wrong += [f"left: file {path}" for path in sorted(scratch.iterdir())]
    return {
        "tries": len(every), **tally.told(), "wrong": wrong,
        "events": dict(Counter(row.get("event") for row in rows)),
        "seconds": round(time.perf_counter() - begun, 1),
    }  # fmt: skip


def refreshed(
    catalogue: Path, data: Path, scratch: Path, codes: Sequence[str]
) -> "subprocess.CompletedProcess[bytes]":
    """Have `belang layers refresh` refresh layers."""
    command: list[str | Path] = [
        sys.executable, "-m", "service.cli", "layers", "refresh", *codes, "--json",
        "--catalogue", catalogue, "--data", data,
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(scratch)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=1800)  # noqa: S603 - our own command


def unpublished(
    folder: Path, before: Collection[Path], rows: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return what has come to the versions of layers that no refresh has told of, whole or not."""
    told = {row.get("version") for row in rows}
    there = set((folder / "versions").iterdir()) - set(before)
    found = [f"version {path.name}" for path in there if path.name not in told]
    found += [f"file {path.name}" for path in folder.rglob("*") if path.name.endswith(".part")]
    return sorted(found)


def _outcomes(said: bytes) -> list[dict[str, Any]]:
    try:
        read = json.loads(said or b"[]")
    except ValueError:
        return []
    return [row for row in read if isinstance(row, dict)]


def run(folder: Path, flips: int, seed: int, ways: set[str], nth: int = 1) -> dict[str, Any]:
    """Return what was seen by all ways, with every so manieth file."""
    every = (*samples(), *variants())[::nth]
    listed = (*samples(), *variants()[::COMMANDED])[::nth]
    result: dict[str, Any] = {"samples": len(samples()), "variants": len(variants())}
    result |= {"every": nth} if nth > 1 else {}
    going: Mapping[str, Callable[[Path], dict[str, Any]]] = {
        "http": lambda own: through_http(own, every, flips, seed),
        "command": lambda own: through_command(own, listed),
        "layers": lambda own: as_layers(own, every),
    }
    with planted(), listening() as hits:
        for way, go in going.items():
            if way in ways:
                own = folder / way
                own.mkdir(mode=0o755)
                result[way] = go(own)
                sys.stderr.write(f"{way}: {json.dumps(result[way])}\n")
        result["calls_heard"] = [hit.decode("latin-1") for hit in hits]
        result["would_have_heard"] = heard(hits)
    known = {told for way in ways for told in known_deviations(result[way])}
    result["known_deviations"] = sorted(known)
    return result


def known_deviations(told: Mapping[str, Any]) -> list[str]:
    """Return the known deviations that one way has met, those of its parts among them."""
    parts = [part for part in told.values() if isinstance(part, Mapping)]
    return [
        *told.get("known_deviations", ()),
        *(one for part in parts for one in known_deviations(part)),
    ]


def main() -> None:
    """Hand everything in, by every way, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=["http", "command", "layers"])
    parser.add_argument("--every", type=int, default=1, help="hand in every so manieth file only")
    given = parser.parse_args()
    if not samples():
        tell(untried(NAME, NO_FILES))
    begun = time.monotonic()
    ways = set(given.only or ("http", "command", "layers"))
    with tempfile.TemporaryDirectory(prefix="belang-hostile-") as folder:
        Path(folder).chmod(0o755)  # the database runs as somebody else
        result = run(Path(folder), given.flips, given.seed, ways, given.every)
    tell(
        figure(
            NAME, tries=sum(result[way]["tries"] for way in ways),
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
