"""What a picture of a check shows: plain values, ready to draw, in one language.

Whoever fills it has decided already what its reader may see; nothing is left out later.
Geometries share one projected CRS in metres. Every text is text: it is never read as markup.
"""

from dataclasses import dataclass
from typing import Literal

from pyproj import CRS
from shapely import Point
from shapely.geometry.base import BaseGeometry

from gis.relation import Relation

Row = tuple[str, str]  # a label and what stands behind it: ("Überlappung", "1.240 m²")
Outcome = Literal["affected", "borders", "clear", "not_covered", "failed"]
Ground = Literal[
    "district", "municipality", "settlement", "forest", "water", "river", "road", "railway"
]


@dataclass(frozen=True)
class Part:
    """A part of the plan; `role` is one of scope, building, traffic, green, compensation, …"""

    role: str
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Plan:
    """The plan as drawn: `footprint` is the ground it takes.

    `axis` is the line of a route in the direction of its kilometres, `points` the places of
    sites; both None for areas. `rows` are its figures for the popup and the head of the page.
    """

    title: str
    footprint: BaseGeometry
    axis: BaseGeometry | None = None
    points: BaseGeometry | None = None
    parts: tuple[Part, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Crossing:
    """Where a route meets an object: `at_km` along the route, `angle_deg` 0 to 90 or None.

    `rows` may add more, such as the object's own kilometre.
    """

    point: Point
    at_km: float
    angle_deg: float | None = None
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One object of a layer that meets the plan, touches it or lies near.

    `geometry` is the object, cut to the surroundings worth showing, None where its place is not for
    this reader; `overlap` what of it lies in the plan, None where it does not. `offices` are codes;
    empty where no office is involved through it. `basis` are lines such as
    ``§ 23 BNatSchG: Verbot``. The figures with units in their names go into the GeoPackage as
    numbers, `rows` are the same for people. One drawn for many says for how many it `stands_for`.
    """

    id: str
    title: str
    relation: Relation
    geometry: BaseGeometry | None
    overlap: BaseGeometry | None = None
    offices: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    basis: tuple[str, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    overlap_m2: float | None = None
    share_of_plan: float | None = None
    length_m: float | None = None
    distance_m: float | None = None
    stands_for: int = 1


@dataclass(frozen=True)
class Overlay:
    """One layer that was checked, hit or not: a line in the table, and what it adds to the map.

    `theme` picks colour and hatch (``natur``, ``wasser`` …, see `maps.style`); `offices` are the
    codes of those involved through the layer or, where the matter is open, of those who may be;
    `outcome_text` says the outcome in the report's own words, where they are not `maps.style`'s;
    `figures` is the short text of the table (``1.240 m², 12 %``); `reason` says why the outcome is
    open, or who has settled it by hand; `uncovered` is the part of the plan for which the layer
    has no data; `quality` says how far its data can be trusted.
    """

    code: str
    title: str
    theme: str
    outcome: Outcome
    offices: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    uncovered: BaseGeometry | None = None
    outcome_text: str = ""
    figures: str = ""
    reason: str = ""
    data_date: str = ""
    attribution: str = ""
    quality: str = ""


@dataclass(frozen=True)
class Office:
    """An office that is involved; `effect` and `certainty` (where it is not certain) in words.

    `reasons` are whole sentences, ``beteiligt, weil …``.
    """

    code: str
    name: str
    effect: str = ""
    certainty: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Backdrop:
    """Something to find one's way by: drawn quietly behind everything, not part of any finding."""

    ground: Ground
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Picture:
    """A check as a picture.

    `window` is what the map shows: left, bottom, right, top; geometries may reach a little beyond.
    `overlays` holds one entry per layer, in the order of the report; `offices` those involved, in
    theirs; codes of overlays and offices are unique. `notes` are sentences that must be read
    (warnings on the procedure, what is unresolved); `provenance` says what the result rests on.
    """

    title: str
    language: str
    crs: CRS
    plan: Plan
    window: tuple[float, float, float, float]
    overlays: tuple[Overlay, ...]
    offices: tuple[Office, ...]
    disclaimer: str
    backdrop: tuple[Backdrop, ...] = ()
    notes: tuple[str, ...] = ()
    attribution: str = ""
    provenance: tuple[Row, ...] = ()
