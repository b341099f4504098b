"""What differs between two runs, or between a run and the cases: one row for each change."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import parquet

from service.bulk.job import Job
from service.bulk.running import Run
from service.bulk.table import TEXT, read, reports
from service.cases.difference import difference
from service.cases.results import INTERNAL

NAME = "differences.parquet"
SCHEMA = pa.schema(
    [
        ("plan", pa.int64()), ("name", TEXT), ("about", TEXT), ("code", TEXT), ("change", TEXT),
        ("before", TEXT), ("now", TEXT), ("ask_again", pa.bool_()),
    ]
)  # fmt: skip
Row = dict[str, Any]
Earlier = Callable[[Job], bytes | None]


def differences(run: Run, earlier: Earlier) -> dict[str, int]:
    """Write what differs from the `earlier` reports; return how many rows of each kind.

    A row is about a ``finding`` (code of its layer) or an ``office`` that is ``new``, ``gone`` or
    ``changed``, with what it was and what it is as JSON; `ask_again` marks offices to which
    something is new. A plan with a result on one side only is a row about the ``plan``.
    """
    counts: dict[str, int] = {}
    with parquet.ParquetWriter(run.folder / NAME, SCHEMA, compression="zstd") as writer:
        for chunk in run.chunks():
            told = reports(run.path(chunk), INTERNAL, run.setup.language)
            rows = [
                row
                for job, (_, now) in zip(chunk.jobs, told, strict=True)
                for row in _rows(job, earlier(job), now)
            ]
            writer.write_table(pa.Table.from_pylist(rows, schema=SCHEMA))
            for row in rows:
                kind = f"{row['about']}_{row['change']}"
                counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items()))


def of_run(run: Run) -> Earlier:
    """Return what finds the reports of an earlier run, by the name of their plan."""
    places = {job.name: run.path(chunk) for chunk in run.chunks() for job in chunk.jobs}
    opened: dict[Path, dict[str, bytes | None]] = {}  # the last chunk: plans come in its order

    def found(job: Job) -> bytes | None:
        path = places.get(job.name)
        if path is None:
            return None
        if path not in opened:
            opened.clear()
            opened[path] = dict(reports(path, INTERNAL, run.setup.language))
        return opened[path].get(job.name)

    return found


def counted(run: Run) -> dict[str, int]:
    """Return how many plans of a finished run are in each state."""
    counts: dict[str, int] = {}
    for state in read(run.folder / "plans.parquet", ["state"])["state"].to_pylist():
        counts[state] = counts.get(state, 0) + 1
    return dict(sorted(counts.items()))


def _rows(job: Job, before: bytes | None, now: bytes | None) -> Iterator[Row]:
    if before == now:
        return
    if before is None or now is None:
        change = "new" if before is None else "gone"
        yield _row(job, "plan", job.name, change, None, None, False)
        return
    found = difference(orjson.loads(before), orjson.loads(now))
    again = set(found["ask_again"])
    for about, key in (("finding", "layer"), ("office", "office")):
        for change in ("new", "gone", "changed"):
            for item in found[f"{about}s"][change]:
                yield _changed(job, about, change, item, key, again)


def _changed(
    job: Job, about: str, change: str, item: Mapping[str, Any], key: str, again: set[str]
) -> Row:
    code = item[key]
    rest = {name: value for name, value in item.items() if name != key}
    asked = about == "office" and code in again
    if change == "changed":
        before, now = _side(rest, "before"), _side(rest, "now")
    else:
        before, now = None if change == "new" else rest, None if change == "gone" else rest
    return _row(job, about, code, change, before, now, asked)


def _side(value: Any, side: str) -> Any:
    """Return one side of what changed, wherever it says ``before`` and ``now``."""
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"before", "now"}:
        return value[side]
    return {name: _side(inner, side) for name, inner in value.items()}


def _row(job: Job, about: str, code: str, change: str, before: Any, now: Any, again: bool) -> Row:
    return {
        "plan": job.number,
        "name": job.name,
        "about": about,
        "code": code,
        "change": change,
        "before": None if before is None else json.dumps(before, ensure_ascii=False),
        "now": None if now is None else json.dumps(now, ensure_ascii=False),
        "ask_again": again,
    }
