"""What a check finds out: one finding per layer, always, and never silence for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from shapely.geometry.base import BaseGeometry

from gis.crossing import Crossing
from gis.linear import Stretch
from gis.problem import Text
from gis.relation import Relation
from layers.answers import Answer
from layers.layer import Layer
from service.checks.filter import Filter


class Outcome(StrEnum):
    """The outcome for one layer. What was not checked is never ``clear``."""

    AFFECTED = "affected"
    BORDERS = "borders"
    CLEAR = "clear"
    NOT_COVERED = "not_covered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ask:
    """A distance some rule asks for: objects that `where` does not rule out count up to it."""

    within_m: float
    where: Filter | None = None
    from_points: bool = False

    def met_by(self, distance_m: float, attributes: Mapping[str, Any]) -> bool:
        """Tell whether an object at `distance_m` counts; unknown attributes count."""
        return distance_m <= self.within_m + 1e-6 and (
            self.where is None or self.where.matches(attributes) is not False
        )


@dataclass(frozen=True, slots=True, order=True)
class Beside:
    """What some rule calls running alongside: within so many metres over so many."""

    within_m: float
    over_m: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What the rules want to know of one layer.

    `reach_m` is the largest distance any rule asks of the layer, whatever the plan; `asks` are
    those of the rules that concern this plan, `alongside` what they call running alongside.
    """

    reach_m: float = 0.0
    asks: tuple[Ask, ...] = ()
    alongside: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """A place or stretch in an object's own kilometres; `side` as seen in their direction."""

    section: str
    from_km: float
    to_km: float | None
    side: str | None


@dataclass(frozen=True, slots=True)
class Along:
    """A stretch of the route along or inside an object, and where that is on the object."""

    stretch: Stretch
    position: Position | None
    within_m: float | None = None  # None: inside; otherwise running within this distance


@dataclass(frozen=True, slots=True)
class Crossed:
    """A crossing, and where that is in the object's own kilometres."""

    crossing: Crossing
    position: Position | None


@dataclass(frozen=True)
class ObjectFinding:
    """One object of a layer that meets the plan; units as in `gis.meeting.Meeting`."""

    id: str
    name: str
    relation: Relation
    distance_m: float
    from_points_m: float | None
    overlap_m2: float | None
    length_m: float | None
    share_of_plan: float
    share_of_object: float | None
    stretches: tuple[Along, ...]
    alongside: tuple[Along, ...]
    crossings: tuple[Crossed, ...]
    attributes: Mapping[str, Any]
    geometry: BaseGeometry
    overlap: BaseGeometry
    half_width_m: float


@dataclass(frozen=True, slots=True)
class MunicipalShare:
    """What of a plan or of its overlap lies in one municipality."""

    key: str
    name: str
    area_m2: float
    length_m: float | None


@dataclass(frozen=True)
class Finding:
    """The outcome for one layer with the figures and the steps that led to it.

    `covered_to_m` says how far around the plan the layer has data: 0 where the plan itself is
    partly outside, infinite without limits. `coverage` is ``declared``, ``served`` (the source
    says so), ``assumed`` (the area of competence stands in), ``unlimited`` (nobody said),
    ``manual`` (there are no data, only what somebody looked up: `by_hand`) or ``unknown``
    (nothing could be found out, `uncovered_share` and `length_m` are None then). `data_date` is
    the day the data describe, `overdue` says that they are older than promised. `placed` tells
    whether its reader may learn where the objects lie; everything is measured all the same.
    """

    layer: Layer
    outcome: Outcome
    version: str | None = None
    overlap_m2: float | None = None
    share_of_plan: float | None = None
    length_m: float | None = None
    objects: tuple[ObjectFinding, ...] = ()
    nearest_m: float | None = None
    stretches: tuple[Stretch, ...] = ()
    uncovered: BaseGeometry | None = None
    uncovered_share: float | None = 0.0
    covered_to_m: float = inf
    coverage: str = "unlimited"
    municipalities: tuple[MunicipalShare, ...] = ()
    reason: Text | None = None
    steps: tuple[Text, ...] = ()
    by_hand: Answer | None = None
    data_date: str | None = None
    overdue: Text | None = None
    placed: bool = True
