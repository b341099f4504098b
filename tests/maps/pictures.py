"""Pictures to draw in tests: a small one with everything in it, and one of any size."""

from collections.abc import Iterator

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.relation import Relation
from maps.picture import Backdrop, Crossing, Hit, Office, Overlay, Part, Picture, Plan
from maps.style import THEMES

UTM33 = CRS.from_epsg(25833)
X, Y = 320_000.0, 5_670_000.0
WINDOW = (X - 1_400, Y - 1_000, X + 1_400, Y + 1_000)

# What a browser would run or break on, if it were ever read as markup or as a template.
HOSTILE = (
    "<img src=x onerror=\"document.title='PWNED'\">",
    "</script><script>document.title='PWNED'</script>",
    "<svg/onload=\"document.title='PWNED'\">",
    "</style><style>*{display:none}</style>",
    "\"' autofocus onfocus=\"document.title='PWNED'\" x='",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "a\u2028b &lt;i&gt; ]]>",
)


def box(left: float, bottom: float, right: float, top: float) -> BaseGeometry:
    return shapely.box(X + left, Y + bottom, X + right, Y + top)


def line(*places: tuple[float, float]) -> BaseGeometry:
    return shapely.LineString([(X + x, Y + y) for x, y in places])


def point(x: float, y: float) -> shapely.Point:
    return shapely.Point(X + x, Y + y)


def hit(
    name: str, geometry: BaseGeometry | None, plan: BaseGeometry, *offices: str, **more: object
) -> Hit:
    overlap = None if geometry is None else geometry.intersection(plan)
    near = overlap is None or overlap.is_empty
    values: dict[str, object] = {
        "id": f"nr-{name}",
        "title": name,
        "relation": Relation.NEAR if near else Relation.OVERLAPS,
        "geometry": geometry,
        "overlap": None if near else overlap,
        "offices": offices,
        "rows": (("Überlagerte Fläche", "1.234,5 m²"),),
        "basis": ("§ 23 BNatSchG: Verbot, nur mit Ausnahme oder Befreiung (UNB; Gesetz)",),
        "overlap_m2": None if near else overlap.area,
        "share_of_plan": None if near or not plan.area else overlap.area / plan.area,
        **more,
    }
    return Hit(**values)  # type: ignore[arg-type]


def area_picture(text: str = "", language: str = "de") -> Picture:
    """A plan with parts that meets areas, a line and a point; `text` goes into every name."""
    plan = box(-300, -200, 300, 200)
    reserve = hit(f"Auwald {text}", box(-500, -100, 0, 600), plan, "UNB")
    road = hit(f"B 95 {text}", line((-900, -150), (900, 150)), plan, "SBA")
    lime = hit(f"Linde {text}", point(350, 100), plan, "UNB", distance_m=50.0)
    soil = hit(f"Boden {text}", box(-2_000, -2_000, 2_000, 2_000), plan)
    hidden = hit(f"Fundstelle {text}", None, plan, "UDB", relation=Relation.OVERLAPS)
    return Picture(
        title=f"Wohnen am See {text}",
        language=language,
        crs=UTM33,
        plan=Plan(
            f"Wohnen am See {text}",
            plan,
            parts=(Part("building", f"Baufeld {text}", box(-100, -100, 100, 100)),),
            rows=((f"Art {text}", f"Bebauungsplan {text}"),),
        ),
        window=WINDOW,
        overlays=(
            Overlay("nsg", f"Naturschutz {text}", "natur", "affected", ("UNB",), (reserve, lime),
                    figures="1.234,5 m², 12 %", data_date="2026-01-31", attribution=f"Amt {text}"),
            Overlay("strassen", f"Straßen {text}", "verkehr", "affected", ("SBA",), (road,)),
            Overlay("boden", f"Böden {text}", f"neu {text}", "affected", (), (soil,)),
            Overlay("archaeologie", f"Archäologie {text}", "denkmal", "affected", ("UDB",),
                    (hidden,)),
            Overlay("biotope", f"Biotope {text}", "natur", "not_covered", ("UNB",),
                    uncovered=box(100, -200, 300, 200), reason=f"Keine Daten {text}"),
            Overlay("wald", f"Wald {text}", "wald", "failed", ("UFB",), reason=f"Unlesbar {text}"),
            Overlay("laerm", f"Lärm {text}", "immission", "clear"),
        ),
        offices=(
            Office("UNB", f"Naturschutzbehörde {text}", f"Verbot {text}", "möglich",
                   (f"Beteiligt, weil {text}.",)),
            Office("SBA", "Straßenbauamt", "Zustimmung", "", ("Beteiligt, weil nah.",)),
            Office("UDB", "Denkmalschutzbehörde"),
        ),
        disclaimer=f"Unverbindliche Vorprüfung {text}",
        backdrop=(
            Backdrop("forest", f"Forst {text}", box(500, 300, 1_500, 900)),
            Backdrop("municipality", f"Rötha {text}", box(-1_500, -1_100, 1_500, 1_100)),
            Backdrop("river", f"Pleiße {text}", line((-1_500, 700), (1_500, 500))),
        ),
        notes=(f"Zu beachten {text}",),
        attribution=f"Daten {text}",
        provenance=((f"Katalog {text}", f"sha256:12 {text}"),),
    )  # fmt: skip


def route_picture() -> Picture:
    """A route of 3.2 km with a crossing, and a part that no data cover."""
    axis = line((-1_500, 0), (0, 300), (1_500, 0))
    corridor = axis.buffer(10, cap_style="flat")
    crossing = Crossing(
        point(0, 300), axis.length / 2_000, 84.6, (("Lage am Objekt", "km 12,300"),)
    )
    brook = hit("Eula", line((0, -900), (0, 900)), corridor, "UWB", crossings=(crossing,))
    return Picture(
        title="Radweg",
        language="de",
        crs=UTM33,
        plan=Plan("Radweg", corridor, axis=axis),
        window=(X - 2_500, Y - 1_700, X + 2_500, Y + 1_700),
        overlays=(
            Overlay("gewaesser", "Gewässer", "wasser", "affected", ("UWB",), (brook,),
                    uncovered=corridor.intersection(box(800, -500, 1_600, 500))),
        ),
        offices=(Office("UWB", "Wasserbehörde", "Zustimmung"),),
        disclaimer="Unverbindlich",
    )  # fmt: skip


def crowded_picture(count: int) -> Picture:
    """A plan with `count` areas, lines and points of twenty layers in and around it."""
    plan = shapely.Point(X, Y).buffer(900, quad_segs=6)
    layers = 20
    overlays = tuple(
        Overlay(f"l{k}", f"Schicht {k}", list(THEMES)[k % len(THEMES)], "affected", (f"O{k % 6}",),
                tuple(_crowd(k, count // layers, plan)))
        for k in range(layers)
    )  # fmt: skip
    offices = tuple(Office(f"O{k}", f"Stelle {k}", "Hinweis") for k in range(6))
    window = (X - 2_300, Y - 1_600, X + 2_300, Y + 1_600)
    return Picture("Gedränge", "de", UTM33, Plan("Gedränge", plan), window, overlays, offices, "–")


def _crowd(layer: int, count: int, plan: BaseGeometry) -> Iterator[Hit]:
    dice = np.random.default_rng(layer)
    for number in range(count):
        x, y, dx, dy = dice.uniform(-1_500, 1_500, 4)
        shapes = (
            point(x, y),
            line((x, y), (x + dx / 3, y + dy / 3)),
            point(x, y).buffer(20 + abs(dx) / 10),
        )
        yield hit(f"Objekt {layer}-{number}", shapes[layer % 3], plan, f"O{layer % 6}")
