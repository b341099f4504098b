"""The tolerance of a plan against a layer."""

from math import hypot

from gis.tolerance import tolerance_m
from layers.layer import Layer
from layers.version import LayerVersion
from service.plans.plan import Plan


def eps_of(plan: Plan, layer: Layer, version: LayerVersion | None = None) -> float:
    """Return the tolerance between the plan's edge and that of a layer's objects, m."""
    cost = version.transformation_accuracy_m if version is not None else 0.0
    return tolerance_m(hypot(layer.accuracy_m, cost), plan.sigma_m)
