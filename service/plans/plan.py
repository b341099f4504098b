"""A plan: what was handed in, read, placed and measured, but not yet checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.footprint import Footprint
from gis.problem import Notice, Text
from gis.repair import Change
from gis.transform import Transformation

Value = str | float | bool
Shapes = NDArray[np.object_]  # geometries as a file holds them, one an object


@dataclass(frozen=True)
class Part:
    """A part of a plan with a role: a Geltungsbereich is not a building."""

    role: str
    name: str | None
    geometry: Footprint


@dataclass(frozen=True)
class Plan:
    """A plan in the working CRS.

    `kind` is the instrument or project, `uses` its subjects. `sha256` is of the bytes as handed
    in. `accuracy_m` is the declared standard deviation of the outline, m. `facts` is what an
    XPlanGML document says beside its outline (`layers.reading.xplanfacts.XPlanFacts`), empty for
    other files.
    """

    title: str
    kind: str
    uses: tuple[str, ...]
    procedure: str | None
    geometry: Footprint
    parts: tuple[Part, ...]
    attributes: Mapping[str, Value]
    sha256: str
    source_crs: str
    transformation: Transformation
    accuracy_m: float
    repairs: tuple[Change, ...]
    notices: tuple[Notice, ...]
    steps: tuple[Text, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sigma_m(self) -> float:
        """Standard deviation of its position, m: transformation and declared accuracy together."""
        return hypot(self.transformation.accuracy_m, self.accuracy_m)
