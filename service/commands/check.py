"""`belang check`: one plan, checked."""

import argparse
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from layers.store import Store
from service.commands.output import put, put_json, require_apart, writing
from service.commands.parcel_file import plan_file, require_one
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.usage import UsageError
from service.plans.apart import read_plan_forked
from service.plans.intake import Intake
from service.plans.kinds import Vocabulary, vocabulary_of
from service.plans.origin import PARCELS
from service.report import console, table
from service.report.audience import Audience, audience_from
from service.report.document import resolved
from service.review import Review, area_of_competence, review

if TYPE_CHECKING:
    from maps.picture import Picture

UNRESOLVED = 3


def run(given: argparse.Namespace) -> int:
    """Check the plan, print the result, write what was asked for."""
    outputs = (given.json, given.csv, given.map, given.gpkg)
    require_one(given)
    inputs = (given.plan, given.parcels, given.catalogue)
    require_apart(filter(None, outputs), filter(None, inputs))
    audience = _audience(given)
    with Progress() as progress:
        where = setting(given, progress).pinned()
        words = vocabulary_of(where.catalogue.kinds)
        if audience.office is not None:
            _known("--audience office:", audience.office, [o.code for o in where.catalogue.offices])
        progress.expect(len(where.catalogue.layers))
        said, on = intake(given, words, where), the_day(given.as_of)
        with plan_file(given, where.catalogue, where.store) as plan:
            found = review(
                plan,
                said,
                where.catalogue,
                where.store,
                language=given.lang,
                audience=audience,
                on=on,
                progress=lambda layer: progress.step(layer.title.in_language(given.lang)),
                read=read_plan_forked,
            )
        _write(given, found, words, where.store)
    console.show(found.document, words, given.lang)
    return 0 if resolved(found.document) else UNRESOLVED


def intake(given: argparse.Namespace, words: Vocabulary, where: Any) -> Intake:
    """Return what the command line says of a plan; errors as `run`."""
    _known("--kind", given.kind, words.kinds)
    _known("--procedure", given.procedure, words.procedures)
    for use in given.uses:
        _known("--use", use, words.uses)
    return Intake(
        crs=where.catalogue.crs,
        area=area_of_competence(where.catalogue, where.store),
        beside_m=where.catalogue.beside_m,
        vocabulary=words,
        source_crs=given.crs,
        layer=given.plan_layer,
        encoding=given.encoding,
        accept=frozenset(given.accept),
        kind=given.kind,
        uses=tuple(given.uses),
        procedure=given.procedure,
        title=given.title,
        width_m=_length("--width", given.width),
        radius_m=_length("--radius", given.radius),
        accuracy_m=_length("--accuracy", given.accuracy) or 0.0,
        origin=given.origin or (PARCELS if given.parcels else None),
        named=given.parcels.stem if given.parcels else None,
        attributes=_attributes(given.attributes),
    )


def _known(option: str, word: str | None, known: Iterable[str]) -> None:
    if word is not None and word not in known:
        raise UsageError(f"{option} {word}: known are {', '.join(sorted(known))}")


def _length(option: str, value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 10_000:
        raise UsageError(f"{option} {value:g}: 0 to 10,000 metres")
    return value


def _attributes(given: Iterable[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := next((p for p in pairs if not p[0] or not p[1]), None):
        raise UsageError(f"--attribute {''.join(wrong)}: write it as key=value")
    return {key.strip(): value.strip() for key, _, value in pairs}


def _audience(given: argparse.Namespace) -> Audience:
    try:
        return audience_from(given.audience)
    except ValueError as error:
        raise UsageError(f"--audience: {error}") from error


def the_day(text: str | None) -> date:
    """Return the day in a text; today without one."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise UsageError(f"--as-of {text}: write it as 2026-01-31") from error


def _write(given: argparse.Namespace, found: Review, words: Vocabulary, store: Store) -> None:
    """Write the files asked for; each whole or not at all."""
    if given.json:
        put_json(given.json, found.document)
    if given.csv:
        put(given.csv, table.csv_text(found.document, given.lang))
    if given.map or given.gpkg:
        from service.report.picture import picture

        _draw(given, picture(found, words, given.lang, store=store))


def _draw(given: argparse.Namespace, drawn: "Picture") -> None:
    # Maps need folium and GDAL, which a plain check does not load.
    from layers.reading.ogr import engine
    from maps.geopackage import write
    from maps.interactive import MissingLibraryError, render

    if given.map:
        try:
            put(given.map, render(drawn))
        except MissingLibraryError as error:
            raise UsageError(f"--map: {error}") from error
    if given.gpkg:
        engine()  # GDAL is set up for reading before anybody else imports it
        with writing(given.gpkg):
            write(given.gpkg, drawn)
