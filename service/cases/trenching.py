"""Shared trenching (Mitverlegung): who builds along the same line in the same time may dig once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shapely.geometry.base import BaseGeometry

from gis.problem import Text
from service.figures import day, metres

# Kinds that open the ground along a line.
LINES = frozenset({"leitung", "breitbandtrasse", "radweg", "strasse", "schiene"})
NEAR_M = 20.0  # a trench is shared across a road, not across a field
LEAST_M = 50.0  # shorter meetings are crossings
BASIS = "§ 146 (2) TKG"


@dataclass(frozen=True, slots=True)
class Work:
    """A project as trenching sees it: footprint in the working CRS, width of its corridor (m; None:
    not a route), first and last day of the works (None: not known).
    """

    reference: str
    title: str
    kind: str
    footprint: BaseGeometry
    width_m: float | None = None
    begin: date | None = None
    end: date | None = None

    @property
    def dated(self) -> bool:
        """Tell whether it is known when the works are."""
        return self.begin is not None and self.end is not None


@dataclass(frozen=True, slots=True)
class Gap:
    """A place without broadband that a check found in a plan."""

    layer: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Dig once: with which project (None: to close broadband gaps), and why.

    `certain` is False where the time of the works is not known on both sides.
    """

    reference: str | None
    shared_m: float | None
    certain: bool
    because: Text


def proposals(
    own: Work, others: Iterable[Work], gaps: Iterable[Gap] = (), *, near_m: float = NEAR_M
) -> tuple[Proposal, ...]:
    """Return with whom `own` should dig together, the longest shared stretch first.

    Only projects along a line share a trench; works at other times do not.
    """
    if own.kind not in LINES:
        return ()
    lines = [other for other in others if other.kind in LINES and not _apart(own, other)]
    shared = [(shared_m(own, other, near_m), other) for other in lines]
    along = [(length, other) for length, other in shared if length >= LEAST_M]
    along.sort(key=lambda one: (-one[0], one[1].reference))
    found = [_with_other(own, other, length, near_m) for length, other in along]
    places = sorted({gap.name for gap in gaps})
    return (*found, *([_for_broadband(places)] if places else []))


def shared_m(own: Work, other: Work, near_m: float) -> float:
    """Return the length of `own` that runs within `near_m` of the other, about, metres.

    Of a route that is area by width; of an area drawn by its outline half the way around.
    """
    if own.footprint.distance(other.footprint) > near_m:
        return 0.0
    met = own.footprint.intersection(other.footprint.buffer(near_m))
    if own.width_m:
        return float(met.area / own.width_m)
    return float(met.length / 2)


def _apart(own: Work, other: Work) -> bool:
    """Tell whether the works are known not to meet in time."""
    if own.begin and other.end and other.end < own.begin:
        return True
    return bool(own.end and other.begin and own.end < other.begin)


def _with_other(own: Work, other: Work, length: float, near_m: float) -> Proposal:
    certain = own.dated and other.dated
    # About: of five metres no digit behind the point is known.
    shown, near = metres(float(round(length, -1))), metres(near_m)
    time = _time(own, other) if certain else UNKNOWN
    text = Text(
        f"„{other.title}“ ({other.reference}) verläuft auf rund {shown.de} in höchstens {near.de} "
        f"Abstand; {time.de}. Bitte gemeinsame Verlegung abstimmen.",
        f"“{other.title}” ({other.reference}) runs within {near.en} along some {shown.en}; "
        f"{time.en}. Please coordinate shared trenching.",
    )
    return Proposal(other.reference, length, certain, text)


def _time(own: Work, other: Work) -> Text:
    first = max(d for d in (own.begin, other.begin) if d is not None)
    last = min(d for d in (own.end, other.end) if d is not None)
    begin, end = day(first.isoformat()), day(last.isoformat())
    return Text(
        f"beide bauen vom {begin.de} bis {end.de}", f"both build from {begin.en} to {end.en}"
    )


def _for_broadband(places: list[str]) -> Proposal:
    named = ", ".join(places[:5]) + (" …" if len(places) > 5 else "")
    text = Text(
        f"Das Vorhaben berührt Breitbandlücken ({named}); bitte passive Netzinfrastruktur "
        f"mitverlegen ({BASIS}).",
        f"The project touches broadband gaps ({named}); please lay passive network infrastructure "
        f"along with it ({BASIS}).",
    )
    return Proposal(None, None, True, text)


UNKNOWN = Text(
    "ob sich die Bauzeiten treffen, ist noch nicht bekannt",
    "whether the times of the works meet is not known yet",
)
