"""One scanner under coverage-guided fuzzing, in a process of its own that `bench.fuzz` starts.

Whatever is to be watched must be imported while atheris looks on (`bench.targets` is): nothing of
Belang, nor what imports it, is imported before.
"""

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

SLOW_S = 5
MOST_BYTES = 20_000
WATCHED = ("layers", "gis", "service", "zipfile", "PIL")
# Every scanner, with the endings of the files it begins with; without one it has seeds of its own.
ENDINGS: Mapping[str, str | tuple[str, ...]] = {
    "sniff": "", "archive": ".zip", "attachments": ".zip", "packages": (".zip", ".docx", ".xlsx"),
    "document": "", "geojson": ".geojson", "xml": ".gml", "gml": ".gml", "xplan": (),
    "kml": ".kml", "gpx": ".gpx", "gpkg": ".gpkg", "wkt": ".wkt", "shapefile": ".shp",
    "table": ".dbf", "dxf": ".dxf", "wkb": ".wkb", "raster": (".tif", ".png", ".jpg"), "world": (),
    "plan": (), "sheet": (), "papers": (), "features": (),
}  # fmt: skip


def fuzz(name: str, seeds: Path, finds: Path, seconds: int, seed: int) -> None:
    """Fuzz one scanner in this process; writes what it found, and never returns."""
    import atheris  # not among the pins of tests: it is built for few Pythons

    early = [name for name in sys.modules if name.startswith(WATCHED)]
    if early:
        raise RuntimeError(f"imported before anybody watched: {early}")
    with atheris.instrument_imports(include=list(WATCHED)):
        from bench.targets import TARGETS
        from gis.problem import Problem

    logging.disable()  # of what every input would be told
    scan = TARGETS[name]
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=ENDINGS)
    parser.add_argument("--seeds", type=Path, required=True)
    parser.add_argument("--finds", type=Path, required=True)
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    fuzz(**vars(parser.parse_args()))
