"""How findings look: the one place for colours, hatches, strokes and labels.

Colours. Nine hues in two shades, one for light and one for dark ground, each with a contrast of at
least 3:1 to its ground (WCAG 1.4.11). The hues were found by maximising the smallest CIE 1976
colour difference between any two of them as seen with protanopia, deuteranopia and tritanopia,
simulated with the matrices of Machado, Oliveira and Fernandes (2009) at severity 1. The smallest
difference is 19 (light) and 18 (dark) in any of the three, and about twice that without; 2.3 is
just noticeable. Two themes that share a hue differ in their hatch, and nothing is told by colour
alone: every object has its popup and its line in the table.
"""

from dataclasses import dataclass
from typing import Literal

from gis.problem import Text
from gis.relation import Relation

Hatch = Literal["plain", "lines", "dots", "cross"]

GROUND = {"light": "#f4f3ee", "dark": "#1c2126"}
INK = {"light": "#14181c", "dark": "#ffffff"}
NO_DATA = {"light": "#6b6b6b", "dark": "#a9a9a9"}


@dataclass(frozen=True, slots=True)
class Hue:
    """One colour in its shade for light and for dark ground, as #rrggbb."""

    light: str
    dark: str


GREEN = Hue("#20703c", "#46df26")
PINK = Hue("#d6297f", "#e0409f")
GREY = Hue("#4a4a46", "#85907c")
BLUE = Hue("#0b5fd6", "#2f96ea")
BROWN = Hue("#6e2207", "#e5522f")
PURPLE = Hue("#800789", "#e7a8ed")
AMBER = Hue("#b0800e", "#efe08a")
INDIGO = Hue("#1e1952", "#8058ee")
TEAL = Hue("#1a97a9", "#bdf3f3")
HUES = (GREEN, PINK, GREY, BLUE, BROWN, PURPLE, AMBER, INDIGO, TEAL)


@dataclass(frozen=True, slots=True)
class ThemeStyle:
    """How one theme looks; `hatch` fills the part of an object that lies in the plan."""

    label: Text
    hue: Hue
    hatch: Hatch


THEMES: dict[str, ThemeStyle] = {
    "natur": ThemeStyle(Text("Naturschutz", "Nature"), GREEN, "plain"),
    "wald": ThemeStyle(Text("Wald", "Forest"), GREEN, "dots"),
    "denkmal": ThemeStyle(Text("Denkmalschutz", "Monuments"), PINK, "plain"),
    "soziales": ThemeStyle(Text("Soziales", "Social matters"), PINK, "dots"),
    "verkehr": ThemeStyle(Text("Verkehr", "Transport"), GREY, "plain"),
    "kataster": ThemeStyle(Text("Kataster", "Cadastre"), GREY, "cross"),
    "wasser": ThemeStyle(Text("Wasser", "Water"), BLUE, "plain"),
    "klima": ThemeStyle(Text("Klima", "Climate"), BLUE, "dots"),
    "boden": ThemeStyle(Text("Boden", "Soil"), BROWN, "plain"),
    "bergbau": ThemeStyle(Text("Bergbau", "Mining"), BROWN, "cross"),
    "immission": ThemeStyle(Text("Immissionsschutz", "Emissions"), PURPLE, "plain"),
    "wirtschaft": ThemeStyle(Text("Wirtschaft", "Economy"), PURPLE, "dots"),
    "energie": ThemeStyle(Text("Energie", "Energy"), AMBER, "plain"),
    "leitung": ThemeStyle(Text("Leitungen", "Lines and pipes"), AMBER, "cross"),
    "planung": ThemeStyle(Text("Planung", "Planning"), INDIGO, "lines"),
    "aussage": ThemeStyle(Text("Äußerungen der Ämter", "What offices say"), INDIGO, "cross"),
    "tourismus": ThemeStyle(Text("Tourismus", "Tourism"), TEAL, "plain"),
}
OTHER = ThemeStyle(Text("Sonstiges", "Other"), GREY, "dots")


def theme_style(theme: str) -> ThemeStyle:
    """Return the look of `theme`; a plain grey one for a theme nobody foresaw."""
    return THEMES.get(theme, OTHER)


@dataclass(frozen=True, slots=True)
class RelationStyle:
    """How an object is drawn by how it lies to the plan; widths in px, opacities 0 to 1.

    `fill` is the whole object's, `overlap_fill` that of its part in the plan; `dash` alternates
    line and gap in px, empty for a solid line.
    """

    label: Text
    weight_px: float
    dash: tuple[int, ...]
    fill: float
    overlap_fill: float
    radius_px: float


RELATIONS: dict[Relation, RelationStyle] = {
    Relation.OVERLAPS: RelationStyle(Text("überlagert", "overlaps"), 2.2, (), 0.12, 0.55, 7.0),
    Relation.BORDERS: RelationStyle(Text("grenzt an", "borders"), 2.2, (7, 5), 0.06, 0.0, 6.0),
    Relation.NEAR: RelationStyle(Text("in der Nähe", "near"), 1.1, (), 0.05, 0.0, 4.5),
}

OUTCOMES: dict[str, Text] = {
    "affected": Text("betroffen", "affected"),
    "borders": Text("grenzt an (Lagegenauigkeit)", "borders (positional accuracy)"),
    "clear": Text("kein Anhaltspunkt", "no indication"),
    "not_covered": Text("keine Daten", "no data"),
    "failed": Text("nicht prüfbar", "could not be checked"),
}


@dataclass(frozen=True, slots=True)
class FillStyle:
    """A calm area or line of one colour; `weight_px` 0 draws no outline."""

    label: Text
    hue: Hue
    weight_px: float
    fill: float


# Parts follow the German Planzeichenverordnung in kind (building reddish, traffic yellow, green
# green), paler than any finding; the ink outline of the plan holds them together.
ROLES: dict[str, FillStyle] = {
    "scope": FillStyle(Text("Geltungsbereich", "Scope"), Hue("#14181c", "#ffffff"), 1.5, 0.0),
    "building": FillStyle(Text("Baufläche", "Building"), Hue("#c26a5a", "#c98577"), 1.2, 0.35),
    "traffic": FillStyle(Text("Verkehrsfläche", "Traffic"), Hue("#b99a3c", "#c4ab62"), 1.2, 0.35),
    "green": FillStyle(Text("Grünfläche", "Green"), Hue("#7c9a5f", "#94ab7d"), 1.2, 0.35),
    "compensation": FillStyle(
        Text("Ausgleichsfläche", "Compensation"), Hue("#4f8f7b", "#76a898"), 1.2, 0.35
    ),
    "construction_site": FillStyle(
        Text("Baustelle", "Construction site"), Hue("#8a8378", "#a39c91"), 1.2, 0.35
    ),
}

GROUNDS: dict[str, FillStyle] = {
    "district": FillStyle(Text("Landkreis", "District"), Hue("#8c8778", "#7d868e"), 2.0, 0.0),
    "municipality": FillStyle(
        Text("Gemeinde", "Municipality"), Hue("#b5b0a1", "#4d565e"), 1.0, 0.0
    ),
    "settlement": FillStyle(Text("Siedlung", "Settlement"), Hue("#d9d3c7", "#333a41"), 0.0, 0.8),
    "forest": FillStyle(Text("Wald", "Forest"), Hue("#dbe3d0", "#26302a"), 0.0, 0.9),
    "water": FillStyle(Text("Gewässer", "Water"), Hue("#c9dbe6", "#22323e"), 0.0, 1.0),
    "river": FillStyle(Text("Fließgewässer", "River"), Hue("#b4cddd", "#2b4252"), 1.6, 0.0),
    "road": FillStyle(Text("Straße", "Road"), Hue("#d0c8b8", "#424a52"), 1.6, 0.0),
    "railway": FillStyle(Text("Bahn", "Railway"), Hue("#bdb8ad", "#4f575f"), 1.2, 0.0),
}
