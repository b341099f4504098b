"""Fetch the layers, check the plan against each, and let no failure pass for an answer."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from gis.footprint import Area
from gis.meeting import Meeting, meetings
from gis.probe import Probe
from gis.problem import Refusal, Text
from gis.relation import Relation
from layers import covering
from layers.answers import counting
from layers.catalogue import Catalogue, Municipalities
from layers.layer import Layer, Source
from layers.quality import as_of, joined, overdue, stale
from layers.store import LayerUnavailableError, Store
from layers.version import Found, LayerVersion
from service.checks.by_hand import MANUAL, by_hand
from service.checks.check import broken_near, check, probe_for
from service.checks.coverage import UNLIMITED, Covered, covered
from service.checks.finding import Demand, Finding, MunicipalShare, Outcome
from service.checks.municipality import Municipality, share_of
from service.checks.survey import Asked, Survey, surveyed
from service.plans.plan import Plan

Roles = frozenset[str]
UNKNOWN = -1.0
NO_DEMAND = Demand()


@dataclass(frozen=True)
class Ground:
    """The areas of a context layer around a plan, and how far around it they are known, m;
    `UNKNOWN` where not even on the whole plan.
    """

    shape: BaseGeometry
    known_to_m: float


@dataclass(frozen=True)
class Wanted:
    """What the rules need: a demand per layer, layers to check against the parts of a role, and
    context layers with the distance around the plan up to which they matter.
    """

    demands: Mapping[str, Demand] = field(default_factory=dict)
    by_roles: Mapping[Roles, frozenset[str]] = field(default_factory=dict)
    contexts: Mapping[str, float] = field(default_factory=dict)


def municipalities_of(plan: Plan, catalogue: Catalogue, store: Store) -> list[Municipality] | None:
    """Return the municipalities a plan overlaps; None where their layer cannot say."""
    return _Checker(plan, catalogue, store, date.min).municipalities()


@dataclass(frozen=True)
class Evidence:
    """Everything a check found out: findings for the whole plan, findings for parts by role,
    context grounds (absent where they cannot be had), the plan by municipality (None: unknown).
    """

    plan: Plan
    findings: tuple[Finding, ...]
    by_roles: Mapping[Roles, Mapping[str, Finding]]
    grounds: Mapping[str, Ground]
    municipalities: tuple[MunicipalShare, ...] | None

    def finding(self, layer: str, roles: Roles = frozenset()) -> Finding:
        """Return the finding for a layer, measured from the parts of these roles if any."""
        of_parts = self.by_roles.get(roles, {})
        return of_parts.get(layer) or next(f for f in self.findings if f.layer.code == layer)


def run(
    plan: Plan,
    catalogue: Catalogue,
    store: Store,
    wanted: Wanted,
    *,
    on: date | None = None,
    progress: Callable[[Layer], None] = lambda _: None,
    together: bool = True,
    hidden: Collection[str] = (),
) -> Evidence:
    """Check `plan` against every layer of `catalogue`, in its order, but those that are `hidden`:
    of them nothing is opened.

    The layers are looked at `together`, which is faster, or one by one by the plain definition;
    the findings are the same. On the day `on` data can be overdue, and answers by hand no longer
    hold; without one, none is.
    """
    checker = _Checker(plan, catalogue, store.pinned(), on or date.min, together)
    towns = checker.municipalities()
    findings = []
    layers = [layer for layer in catalogue.layers if layer.code not in hidden]
    surveys = checker.surveys(plan, layers, wanted)
    for layer in layers:
        progress(layer)
        demand = wanted.demands.get(layer.code, NO_DEMAND)
        survey = surveys.get(layer.code)
        findings.append(checker.finding(plan, layer, demand, towns or (), survey))
    return Evidence(
        plan,
        tuple(findings),
        {
            roles: checker.of_parts(roles, set(codes) - set(hidden), wanted)
            for roles, codes in wanted.by_roles.items()
        },
        dict(checker.grounds({k: m for k, m in wanted.contexts.items() if k not in hidden})),
        None if towns is None else tuple(share_of(Probe(plan.geometry, 1.0), t) for t in towns),
    )


def parts_of(plan: Plan, roles: Roles) -> Plan | None:
    """Return the plan reduced to its parts of these roles; None where it has none."""
    shapes = [p.geometry.footprint for p in plan.parts if p.role in roles]
    if not shapes:
        return None
    if len(shapes) == 1:
        only = next(p.geometry for p in plan.parts if p.role in roles)
        return replace(plan, geometry=only, parts=())
    return replace(plan, geometry=Area(shapely.union_all(shapes), plan.geometry.crs), parts=())


@dataclass
class _Checker:
    """One run: what was opened and computed stays at hand until its end."""

    plan: Plan
    catalogue: Catalogue
    store: Store
    on: date = date.min
    together: bool = True
    _covered: dict[object, Covered] = field(default_factory=dict)

    def surveys(self, plan: Plan, layers: Iterable[Layer], wanted: Wanted) -> Mapping[str, Survey]:
        """Return what lies near the plan, as far as that can be told of these layers together;
        what is missing is looked for layer by layer, so that one of them can fail alone.
        """
        asked = []
        for layer in layers:
            if self.together and layer.source.type != MANUAL:
                with suppress(Exception):  # its own finding says what is wrong
                    version = self.store.version(layer)
                    asked.append(Asked(layer, version, wanted.demands.get(layer.code, NO_DEMAND)))
        try:
            return surveyed(plan, asked) if asked else {}
        except Exception:  # noqa: BLE001 - then each layer is checked alone and says what is wrong
            return {}

    def finding(
        self,
        plan: Plan,
        layer: Layer,
        demand: Demand,
        towns: Sequence[Municipality],
        survey: Survey | None = None,
    ) -> Finding:
        """Return the finding for one layer; whatever goes wrong makes it a failed one."""
        version: LayerVersion | None = None
        try:
            if layer.source.type == MANUAL and layer.fault is None:
                return self._by_hand(plan, layer)
            version = self.store.version(layer) if survey is None else survey.found.version
            area = self._coverage(plan, layer, version)
            found = check(plan, layer, version, area, demand, towns, survey)
            data_date, late = _age(layer, version, self.on)
            if data_date is None and late is None:
                return found
            return replace(found, data_date=data_date, overdue=late)
        except Refusal as error:
            return _failed(layer, version, error.text)
        except LayerUnavailableError as error:
            return _failed(layer, version, error.text)
        except Exception as error:  # noqa: BLE001 - a bug, too, must end as failed, never as clear
            text = f"{type(error).__name__}: {error}"
            return _failed(layer, version, Text(f"nicht prüfbar ({text})", f"uncheckable ({text})"))

    def of_parts(self, roles: Roles, codes: Iterable[str], wanted: Wanted) -> dict[str, Finding]:
        """Return the findings for the parts of these roles; empty where the plan has none."""
        parts = parts_of(self.plan, roles)
        if parts is None:
            return {}
        layers = [self.catalogue.layer(code) for code in sorted(codes)]
        surveys = self.surveys(parts, layers, wanted)
        return {
            layer.code: self.finding(
                parts,
                layer,
                wanted.demands.get(layer.code, NO_DEMAND),
                (),
                surveys.get(layer.code),
            )
            for layer in layers
        }

    def _by_hand(self, plan: Plan, layer: Layer) -> Finding:
        on_record = self.store.answers(layer)
        return by_hand(plan, layer, counting(on_record, plan.sha256, self.on))

    def _coverage(self, plan: Plan, layer: Layer, version: LayerVersion) -> Covered:
        source = layer.coverage or self.catalogue.area
        if source is None:
            return UNLIMITED
        served = layer.code if source.type == "served" else None
        key = (plan.geometry, source, layer.coverage is None, served)
        if key not in self._covered:
            declared = "assumed" if layer.coverage is None else "declared"
            area = self._area(source, layer, version)
            ground = Probe(plan.geometry, 1.0).ground
            self._covered[key] = covered(ground, area, "served" if served else declared)
        return self._covered[key]

    def _area(self, source: Source, layer: Layer, version: LayerVersion) -> BaseGeometry:
        try:
            if source.type == "served":
                return covering.served(layer, version, self.catalogue.crs)
            return covering.polygon(source, self.catalogue, self.store)
        except LayerUnavailableError as error:
            name, text = source.name, error.text
            raise LayerUnavailableError(
                Text(f"Erfassungsgebiet {name}: {text.de}", f"coverage {name}: {text.en}")
            ) from error

    def municipalities(self) -> list[Municipality] | None:
        """Return the municipalities the plan overlaps; None where their layer cannot say."""
        named = self.catalogue.municipalities
        if named is None:
            return []
        layer = self.catalogue.layer(named.layer)
        try:
            version = self.store.version(layer)
            probe = probe_for(self.plan, layer, version)
            if broken_near(probe, version, 0.0):
                return None
            found = version.objects(version.within(probe.bounds(1.0)))
            zero = shapely.area(found.geometries) * 0.0
            met = list(meetings(probe, found.geometries, zero, version.crs, reach_m=0))
        except Exception:  # noqa: BLE001 - the layer's own finding says why it failed
            return None
        hits = [m for m in met if m.relation is Relation.OVERLAPS] or met[:1]
        towns = [_town(found, m, named) for m in hits]
        known = [town for town in towns if town is not None]
        return sorted(known, key=lambda town: town[:2]) if len(known) == len(towns) else None

    def grounds(self, contexts: Mapping[str, float]) -> Iterable[tuple[str, Ground]]:
        """Yield the context areas around the plan, leaving out those that cannot be had."""
        for code, reach_m in contexts.items():
            layer = self.catalogue.layer(code)
            try:
                version = self.store.version(layer)
                if version.broken:
                    continue
                probe = probe_for(self.plan, layer, version)
                window = probe.bounds(reach_m + 100.0)
                shapes = version.objects(version.within(window)).geometries
                around = self._coverage(self.plan, layer, version)
                known = around.to_m if around.uncovered is None else UNKNOWN
                yield code, Ground(shapely.union_all(shapes), known)
            except Exception:  # noqa: BLE001, S112 - its own finding says why; unknown here
                continue


def _town(found: Found, meeting: Meeting, named: Municipalities) -> Municipality | None:
    """Return a municipality that was met; None where its key or name is missing."""
    row = found.attributes[meeting.index]
    key, name = row.get(named.key), row.get(named.name)
    if key is None or name is None:
        return None
    return Municipality(str(key), str(name), found.geometries[meeting.index], meeting.overlap)


def _age(layer: Layer, version: LayerVersion, on: date) -> tuple[str | None, Text | None]:
    """Return what a finding says about the age of the data: of which day, and whether too old."""
    state = version.facts.get("published")
    if not state:
        return as_of(layer), overdue(layer, on)
    since, refreshed = (day and day[:10] for day in (state.get("since"), state.get("refreshed")))
    return as_of(layer, since), joined(overdue(layer, on, refreshed), stale(state))


def _failed(layer: Layer, version: LayerVersion | None, reason: Text) -> Finding:
    return Finding(
        layer=layer,
        outcome=Outcome.FAILED,
        version=version.sha256 if version else None,
        uncovered_share=None,
        covered_to_m=0.0,
        coverage="unknown",
        reason=reason,
        data_date=layer.data_date,
        steps=(Text("nicht geprüft", "not checked"),),
    )
