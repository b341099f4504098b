"""`belang recheck`: any number of plans or cases against a state of layers and rules."""

import argparse
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Engine

from gis.problem import Text
from layers.frozen import frozen_from, kept
from layers.references import References
from service.blobs import Blobs
from service.bulk import differing, running
from service.bulk.cluster import Cluster
from service.bulk.fanning import Pool
from service.bulk.here import Here
from service.bulk.job import Job
from service.bulk.plan_files import plan_files
from service.bulk.processes import Processes
from service.bulk.rechecked_cases import Keeping, before, jobs_of
from service.bulk.running import Run
from service.bulk.setup import Setup, pinned, software
from service.commands.check import intake, the_day
from service.commands.comparing import named
from service.commands.progress import Progress
from service.commands.rechecked import show
from service.commands.setting import data_root, setting
from service.commands.usage import UsageError
from service.db import engine_for, transaction
from service.district import District, open_district
from service.plans.answer import stored
from service.running.database import beside
from service.running.given import SettingsError, settings_from

CHUNK = 25  # plans; some seconds of work
FOLDER = "recheck"  # below the data folder
CHECKING = Text("Planungen prüfen", "Checking plans")
COMPARING = Text("Vergleichen", "Comparing")


@dataclass(frozen=True)
class _About:
    """What a run is to be about: its plans, whom they are kept with, what they were before."""

    district: District
    jobs: list[Job]
    asked: dict[str, Any]
    everybody: bool = False
    engine: Engine | None = None
    blobs: Blobs | None = None


def run(given: argparse.Namespace) -> int:
    """Begin a run, or go on with it; 3 where a plan has no result.

    Raises
    ------
    UsageError
        If the options contradict each other, or name what is not there.
    """
    _require(given)
    with Progress() as progress, _about(given, progress) as about:
        folder = given.to or running.place(data_root(given) / FOLDER, about.asked)
        with running.alone(folder):
            made = _run(given, about, folder)
            if not made.finished:
                _carry_out(given, about, made, progress)
    return show(made, given.lang, as_json=given.as_json)


def _require(given: argparse.Namespace) -> None:
    if given.plans is not None and given.cases is not None:
        raise UsageError("--plans or --cases, not both")
    for name, least in (("workers", 0), ("chunk", 1)):
        if (number := getattr(given, name)) is not None and number < least:
            raise UsageError(f"--{name} {number}: at least {least}")
    if given.plans is not None and not given.plans.is_dir():
        raise UsageError(f"there is no folder {given.plans}")
    if given.versions and given.plans is None and not given.trial:
        raise UsageError("--version needs --trial: cases rest on what is in force")
    if given.to and given.plans and given.to.resolve().is_relative_to(given.plans.resolve()):
        raise UsageError("--to must not lie in the folder of the plans")


@contextmanager
def _about(given: argparse.Namespace, progress: Progress) -> Iterator[_About]:
    """Yield what the run is about; cases as long as their database is there."""
    if given.plans is not None:
        where = setting(given, progress)
        district = District(where.catalogue, where.store)
        said = stored(intake(given, district.vocabulary, where))
        jobs = plan_files(given.plans, said)
        listed = orjson.dumps([[job.name, job.sha256] for job in jobs])
        plans = {"about": "plans", "said": said, "plans": hashlib.sha256(listed).hexdigest()}
        yield _About(district, jobs, {**plans, **_common(given, district)})
        return
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    district, blobs = open_district(settings), Blobs(settings.data / "blobs")
    with beside(settings) as url:
        if url is None:
            raise UsageError("there is no database yet, so there are no cases; see --plans")
        engine = engine_for(url, pool=1)
        try:
            with transaction(engine) as session:
                jobs = jobs_of(session, blobs, given.cases or [], closed=given.closed)
            cases = {"about": "cases", "cases": sorted(given.cases or []), "closed": given.closed}
            asked = {**cases, "trial": given.trial, **_common(given, district)}
            yield _About(district, jobs, asked, not given.trial, engine, blobs)
        finally:
            engine.dispose()


def _common(given: argparse.Namespace, district: District) -> dict[str, Any]:
    return {
        "catalogue": district.catalogue.sha256,
        "rules": district.catalogue.rules_sha256,
        "versions": sorted(given.versions),
        "as_of": given.as_of,
        "against": None if given.against is None else str(given.against.resolve()),
        "language": given.lang,
    }


def _run(given: argparse.Namespace, about: _About, folder: Path) -> Run:
    """Return the run in the folder, begun now where there is none."""
    if given.restart:
        running.forget(folder)
    there = running.begun(folder)
    if there is not None:
        return running.required(there, about.asked)
    if not about.jobs:
        raise UsageError("there is nothing to check")
    _ = about.district.rules  # a fault in them is told before anything is begun
    store = _pinned(given, about.district).frozen().to_json()
    setup = Setup(
        [[str(path), text] for path, text in about.district.catalogue.files],
        store,
        str(about.district.store.root.absolute()),
        the_day(given.as_of).isoformat(),
        given.lang,
        about.everybody,
        software(),
    )
    crs = about.district.catalogue.crs.to_string()
    return running.begin(folder, about.asked, setup, about.jobs, crs, given.chunk or CHUNK)


def _pinned(given: argparse.Namespace, district: District) -> Any:
    """Return the store as it is now, with the versions that were named."""
    store = pinned(district.catalogue, district.store)
    for code, _, name in (text.partition("=") for text in given.versions):
        if code not in {layer.code for layer in district.catalogue.layers} or not name:
            raise UsageError(f"--version {code}={name}: write it as LAYER=VERSION")
        layer = district.catalogue.layer(code)
        store.frozen().layers[code] = kept(partial(named, district.store, layer, name))
    return store


def _carry_out(given: argparse.Namespace, about: _About, made: Run, progress: Progress) -> None:
    setup = replace(made.setup, store=given.store or made.setup.store)
    references = References(about.district.store.root / "refs")
    mine = f"recheck-{made.name}"
    frozen = frozen_from(setup.frozen)
    references.put(mine, frozen.versions().values())  # not collected while it lasts
    keeping = _keeping(about, made, references)
    progress.expect(len(made.jobs))
    said = CHECKING.in_language(given.lang)
    progress.step(said)
    with _pool(given, setup) as pool:
        running.carry_on(
            made,
            pool,
            keep=keeping or (lambda _: None),
            progress=lambda count: progress.step(said, count),
        )
    running.finish(made)
    told: dict[str, Any] = {"plans": differing.counted(made)}
    if (earlier := _earlier(given, about, made)) is not None:
        progress.step(COMPARING.in_language(given.lang), 0)
        told["differences"] = differing.differences(made, earlier)
    if keeping is not None:
        told["cases"] = keeping.counts()
    running.close(made, told)
    references.drop(mine)


def _keeping(about: _About, made: Run, references: References) -> Keeping | None:
    if about.engine is None or about.blobs is None or not about.everybody:
        return None
    return Keeping(
        about.engine,
        about.blobs,
        references,
        about.district.catalogue,
        frozen_from(made.setup.frozen),
        UUID(made.name),
        date.fromisoformat(made.setup.day),
        {job.number: job for job in made.jobs},
    )


def _earlier(given: argparse.Namespace, about: _About, made: Run) -> differing.Earlier | None:
    if about.engine is not None:
        return partial(before, about.engine, UUID(made.name))
    if given.against is None:
        return None
    there = running.begun(given.against)
    if there is None or not there.finished:
        raise UsageError(f"--against {given.against}: there is no finished run")
    return differing.of_run(there)


def _pool(given: argparse.Namespace, setup: Setup) -> AbstractContextManager[Pool]:
    if given.scheduler is None and given.workers == 0:
        return Here(setup.packed())
    if given.scheduler is None:
        return Processes(setup.packed(), given.workers)
    files = (given.tls_ca, given.tls_cert, given.tls_key)
    tls = None if None in files else files
    return Cluster(setup.packed(), given.scheduler, tls=tls, unprotected=given.unprotected)
