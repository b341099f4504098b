"""What a district is set up with: its catalogue, layers, rules and area; opened once a process."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from gis.problem import Problem
from layers.catalogue import Catalogue, read_catalogue
from layers.document import CatalogueError
from layers.sample import build, is_current
from layers.settling import settle
from layers.store import Store
from service import exported
from service.blocks import Blocks, read_blocks
from service.blocks.reading import beside
from service.checks.municipality import Municipality
from service.checks.run import municipalities_of
from service.config import Settings
from service.offices.rule import Rule, rules_from
from service.plans.intake import Intake
from service.plans.kinds import Vocabulary, vocabulary_of
from service.plans.plan import Plan
from service.review import AreaUnavailableError, area_of_competence

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class District:
    """A catalogue with the store its layers lie in."""

    catalogue: Catalogue
    store: Store

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Kinds, uses, procedures and roles of plans."""
        return vocabulary_of(self.catalogue.kinds)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, in force or not."""
        return rules_from(self.catalogue, self.vocabulary)

    @cached_property
    def area(self) -> BaseGeometry | None:
        """The area of competence in the working CRS; None: everywhere."""
        return area_of_competence(self.catalogue, self.store)

    @cached_property
    def offices(self) -> dict[str, str]:
        """Names of the offices in German, by code."""
        return {office.code: office.name.de for office in self.catalogue.offices}

    @cached_property
    def blocks(self) -> Blocks:
        """Text blocks for contributions; CatalogueError where their file cannot be used."""
        rules = {rule.code for rule in self.rules}
        return read_blocks(beside(self.catalogue.path), rules, self.offices)

    def towns(self, plan: Plan) -> Sequence[Municipality] | None:
        """Return the municipalities a plan lies in; None where that cannot be known."""
        return municipalities_of(plan, self.catalogue, self.store)

    def intake(self) -> Intake:
        """Return an intake of which nothing was said yet."""
        return Intake(
            crs=self.catalogue.crs,
            vocabulary=self.vocabulary,
            area=self.area,
            beside_m=self.catalogue.beside_m,
        )


def open_district(settings: Settings) -> District:
    """Return the district the settings name; without a catalogue the sample region, built if new.

    Raises
    ------
    CatalogueError, AreaUnavailableError
        If the catalogue, or the area it names, cannot be used.
    """
    if settings.public_instance:
        return open_export(settings.data / exported.FOLDER)
    catalogue = read_catalogue(settings.catalogue or sample_catalogue(settings.data))
    area = catalogue.area if catalogue.area and catalogue.area.path else None
    store = Store(settings.data / "layers", catalogue.crs, area=area)
    settle(store, catalogue.layers)
    district = District(catalogue, store)
    _ = district.blocks  # a fault in them is told now, not when somebody writes
    return district


def open_export(folder: Path) -> District:
    """Return the district of an export for the public.

    Raises
    ------
    ExportError
        ``export-missing``, ``export-damaged``, ``export-not-public``.
    CatalogueError, AreaUnavailableError
        If it cannot be used.
    """
    catalogue = read_catalogue(exported.catalogue_in(folder))
    if inner := [layer.code for layer in catalogue.layers if layer.visibility != "public"]:
        raise exported.ExportError("export-not-public", exported.not_public(inner))
    store = Store(folder / exported.LAYERS, catalogue.crs, area=catalogue.area)
    return District(catalogue, store)


def sample_catalogue(data: Path) -> Path:
    """Return the path of the sample's catalogue below the data folder, building it when needed."""
    folder = data / "sample"
    if not is_current(folder):
        build(folder)
    return folder / "catalogue.yaml"


@dataclass
class Districts:
    """The district of a process that runs for long: opened again once its catalogue has changed.

    A catalogue that cannot be used does not take effect; the one before stays in force.
    """

    settings: Settings
    _opened: District | None = None
    _seen: object = None

    @classmethod
    def of(cls, settings: Settings, district: District) -> "Districts":
        """Return it with a district that is open already."""
        return cls(settings, district, _stamps(district.catalogue))

    def current(self) -> District:
        """Return the district as its files are now; errors as `open_district` the first time."""
        if self._opened is not None and self._seen == _stamps(self._opened.catalogue):
            return self._opened
        try:
            opened = open_district(self.settings)
        except (CatalogueError, AreaUnavailableError, Problem):
            if self._opened is None:
                raise
            log.warning("catalogue cannot be used, the one before stays in force")
            self._seen = _stamps(self._opened.catalogue)  # said once, until it changes again
            return self._opened
        self._opened, self._seen = opened, _stamps(opened.catalogue)
        return opened


def _stamps(catalogue: Catalogue) -> list[tuple[int, int, int] | None]:
    """Return what shows that a file of the catalogue was changed."""
    return [_stamp(path) for path in (*(p for p, _ in catalogue.files), beside(catalogue.path))]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
