"""The steps that led to a finding, in words: enough to repeat it by hand."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from gis.probe import Probe
from gis.problem import Text
from gis.relation import Relation
from layers.layer import Layer
from layers.version import LayerVersion
from service.checks.coverage import Covered
from service.checks.finding import Demand, ObjectFinding
from service.figures import metres, square_metres
from service.plans.plan import Plan

WIDENED = Text(
    "von der Achse aus um die halbe Breite bis zum Rand gerechnet",
    "measured from the edge: half the width is added to the axis",
)
UNITED = Text(
    "Flächen und Längen vor dem Messen vereinigt, nichts zählt doppelt",
    "areas and lengths united before measuring, nothing counts twice",
)
RELATIONS = (
    (Relation.OVERLAPS, "überlagern die Planung", "overlap the plan"),
    (Relation.BORDERS, "berühren sie nur innerhalb der Toleranz", "touch it within tolerance"),
    (Relation.NEAR, "liegen in einem gefragten Abstand", "lie within an asked distance"),
)


def steps(
    plan: Plan,
    layer: Layer,
    version: LayerVersion,
    probe: Probe,
    demand: Demand,
    looked_at: int,
    objects: Sequence[ObjectFinding],
    covered: Covered,
) -> tuple[Text, ...]:
    """Return what was done for one layer, in order."""
    return tuple(_steps(plan, layer, version, probe, demand, looked_at, objects, covered))


def _steps(
    plan: Plan,
    layer: Layer,
    version: LayerVersion,
    probe: Probe,
    demand: Demand,
    looked_at: int,
    objects: Sequence[ObjectFinding],
    covered: Covered,
) -> Iterator[Text]:
    yield _size(probe.area_m2, probe.plan.crs_name)
    cost = version.transformation_accuracy_m
    yield _tolerance(layer.accuracy_m, cost, plan.sigma_m, probe.eps_m)
    yield _coverage(covered.uncovered_share, covered.declared)
    reach = _reach(demand.reach_m)
    yield Text(
        f"{looked_at} von {version.count} Objekten im Suchfenster (Suchweite {reach.de})",
        f"{looked_at} of {version.count} objects within the search window (reach {reach.en})",
    )
    if layer.half_width is not None:
        yield WIDENED
    if objects:
        yield from _met(objects)
    yield UNITED


def _met(objects: Sequence[ObjectFinding]) -> Iterator[Text]:
    found = [o.relation for o in objects]
    for kind, de, en in RELATIONS:
        if number := found.count(kind):
            yield Text(f"{number} Objekte {de}", f"{number} objects {en}")


# What is the same for many layers, or for many plans, is put into words once.


@lru_cache
def _size(area_m2: float, crs: str) -> Text:
    size = square_metres(area_m2)
    return Text(f"Fläche der Planung {size.de} in {crs}", f"area of the plan {size.en} in {crs}")


@lru_cache
def _reach(reach_m: float) -> Text:
    return metres(reach_m)


@lru_cache
def _tolerance(accuracy_m: float, cost_m: float, sigma_plan_m: float, eps_m: float) -> Text:
    formula = f"2·√({accuracy_m:g}² + {cost_m:g}² + {sigma_plan_m:g}²)"
    eps = metres(eps_m)
    return Text(
        f"Toleranz {formula} = {eps.de}, mindestens 1 cm",
        f"tolerance {formula} = {eps.en}, at least 1 cm",
    )


@lru_cache
def _coverage(uncovered_share: float, declared: str) -> Text:
    percent = f"{100 * (1 - uncovered_share):.1f}"
    source = {
        "declared": Text("angegeben", "declared"),
        "served": Text("wie die Quelle es angibt", "as the source states it"),
        "assumed": Text("angenommen: Zuständigkeitsgebiet", "assumed: the area of competence"),
        "unlimited": Text(
            "nicht angegeben, als unbegrenzt behandelt", "not stated, taken as unlimited"
        ),
    }[declared]
    return Text(
        f"Erfassungsgebiet ({source.de}) deckt {percent.replace('.', ',')} % der Planung",
        f"the data's coverage ({source.en}) takes in {percent} % of the plan",
    )
