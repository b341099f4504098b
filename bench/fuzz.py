"""Coverage-guided fuzzing of every scanner: whatever the bytes, an answer or a problem.

Each scanner runs in processes of its own (atheris, `make fuzz` installs it), begins with the
hostile files and their variants, and is told apart from `reading.read`, which turns whatever
nobody foresaw into `format-mismatch`: here that counts as a find. So does an answer that takes
longer than five seconds of computing, and a process that ends.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.corpus import samples
from bench.figure import figure, tell
from bench.running import ROOT
from bench.variants import variants

SLOW_S = 5
MOST_BYTES = 20_000
Scanner = Callable[[Path], object]


def scanners() -> Mapping[str, tuple[str, Scanner]]:
    """Return every scanner by name, with the ending of the files it begins with."""
    from layers.reading import archive, dxf, geojson, gml, gpkg, gpx, kml, shapefile, wkt, xml
    from layers.reading.profile import UPLOAD
    from layers.reading.read import Answers
    from layers.reading.sniff import sniff
    from layers.reading.wkb import is_shallow

    def unpacked(path: Path) -> object:
        with tempfile.TemporaryDirectory() as folder:
            return archive.unpacked(path, Path(folder), UPLOAD, None)

    def records(path: Path) -> object:
        content = path.read_bytes()
        return [shapefile._kind(record) for record in shapefile._records(content)]

    def drawing(path: Path) -> object:
        entities = dxf._entities(dxf._pairs(path))
        dxf._resolvable(entities)
        return [dxf._is_curved(entity) for entity in entities]

    said = Answers()
    return {
        "sniff": ("", sniff),
        "archive": (".zip", unpacked),
        "geojson": (".geojson", lambda p: geojson.read(p, UPLOAD, said)),
        "xml": (".gml", xml.scan),
        "gml": (".gml", lambda p: gml.read(p, UPLOAD, said)),
        "kml": (".kml", lambda p: kml.read(p, UPLOAD, said)),
        "gpx": (".gpx", lambda p: gpx.read(p, UPLOAD, said)),
        "gpkg": (".gpkg", lambda p: gpkg.examined(p, UPLOAD, said)),
        "wkt": (".wkt", lambda p: wkt.read(p, UPLOAD, said)),
        "shapefile": (".shp", records),
        "table": (".dbf", lambda p: shapefile._table(p, 1)),
        "dxf": (".dxf", drawing),
        "wkb": (".wkb", lambda p: is_shallow(p.read_bytes())),
    }


def _seeds(folder: Path, suffix: str, finds: Path) -> None:
    """Write what a scanner begins with; what was found before is tried again."""
    from bench.awkward_archives import shapefile
    from bench.awkward_databases import wkb

    folder.mkdir(parents=True, exist_ok=True)
    for number, sample in enumerate((*samples(), *variants())):
        if sample.filename.endswith(suffix) and len(sample.content) <= MOST_BYTES:
            (folder / str(number)).write_bytes(sample.content)
    for old in finds.iterdir():
        old.replace(folder / f"found-{old.name}")
    if suffix in (".shp", ".dbf"):
        (folder / "good").write_bytes(shapefile()[suffix])
    if suffix == ".wkb":
        (folder / "good").write_bytes(wkb())


def child(name: str, seeds: Path, finds: Path, seconds: int, seed: int) -> None:
    """Fuzz one scanner in this process; writes what it found, and never returns."""
    import atheris  # not among the pins of tests: it is built for few Pythons

    with atheris.instrument_imports(include=["layers.reading", "gis"]):
        import layers.reading.read  # noqa: F401 - imported here to be watched
    from gis.problem import Problem

    _, scan = scanners()[name]
    path = Path(tempfile.mkdtemp(prefix="belang-fuzz-")) / "input"
    seen: Counter[str] = Counter()

    def once(content: bytes) -> None:
        path.write_bytes(content)
        begun = time.process_time()  # what others do on the machine is no fault of the scanner
        try:
            scan(path)
        except Problem:
            pass
        except Exception as error:  # noqa: BLE001 - the find
            _note(finds, seen, _where(error), content)
        if time.process_time() - begun > SLOW_S:
            _note(finds, seen, "slow", content)

    # The clock's limit is for what waits for ever; others may slow this process down.
    options = [sys.argv[0], str(seeds), f"-max_total_time={seconds}", f"-seed={seed}",
               f"-max_len={MOST_BYTES}", f"-timeout={24 * SLOW_S}", "-rss_limit_mb=3000",
               f"-report_slow_units={24 * SLOW_S}",
               f"-artifact_prefix={finds}/ended-", "-print_final_stats=1",
               "-verbosity=0"]  # fmt: skip
    atheris.Setup(options, once)
    atheris.Fuzz()


def _where(error: Exception) -> str:
    """Return kind and place of an error, by which the same find is known again."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = "" if last is None else f"{last.tb_frame.f_code.co_name}:{last.tb_lineno}"
    return f"{type(error).__name__} in {place}"


def _note(finds: Path, seen: Counter[str], what: str, content: bytes) -> None:
    seen[what] += 1
    if seen[what] == 1:
        (finds / f"{what.replace('/', '_').replace(' ', '_')}").write_bytes(content)


def fuzzed(name: str, seconds: int, seed: int, keep: Path | None) -> dict[str, Any]:
    """Fuzz one scanner for so long; return how often, and what was found."""
    with tempfile.TemporaryDirectory(prefix="belang-fuzz-") as place:
        seeds, finds = ((keep or Path(place)) / f"{what}-{name}" for what in ("seeds", "finds"))
        finds.mkdir(parents=True, exist_ok=True)
        _seeds(seeds, scanners()[name][0], finds)
        begun, busy = time.perf_counter(), _busy_s()
        command = [sys.executable, "-m", "bench.fuzz", "--child", name, "--seeds", seeds,
                   "--finds", finds, "--seconds", str(seconds), "--seed", str(seed)]  # fmt: skip
        around = {**os.environ, "TMPDIR": place}  # it never returns to remove what it made
        ended = subprocess.run(command, cwd=ROOT, env=around, capture_output=True, text=True)  # noqa: S603 - our own command
        tries = [line.split()[-1] for line in ended.stderr.splitlines()
                 if line.startswith("stat::number_of_executed_units")]  # fmt: skip
        return {
            "tries": int(tries[0]) if tries else None, "status": ended.returncode,
            "seconds": round(time.perf_counter() - begun, 1),
            "processor_s": round(_busy_s() - busy, 1),
            "finds": sorted(p.name for p in finds.iterdir()),
            "said": ended.stderr[-300:] if not tries else "",
        }  # fmt: skip


def _busy_s() -> float:
    """Return the processor time of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Fuzz scanner after scanner and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3_600, help="a scanner")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=list(scanners()))
    parser.add_argument(
        "--keep",
        type=Path,
        metavar="DIR",
        help="where finds are left, and inputs from which the next run goes on",
    )
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--seeds", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--finds", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.seeds, given.finds, given.seconds, given.seed)
    begun, found = time.monotonic(), {}
    for name in given.only or scanners():
        found[name] = fuzzed(name, given.seconds, given.seed, given.keep)
        sys.stderr.write(f"{name}: {json.dumps(found[name])}\n")
    wrong = [f"{name}: {find}" for name, row in found.items() for find in row["finds"]]
    wrong += [f"{name}: ended with {row['status']} {row['said']}" for name, row in found.items()
              if row["status"] or not row["tries"]]  # fmt: skip
    tries = sum(row["tries"] or 0 for row in found.values())
    tell(
        figure(
            "fuzzed scanners", tries=tries, failures=wrong, seed=given.seed, begun=begun,
            scanners=found,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
