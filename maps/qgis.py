"""QGIS styles (QML) for the layers of the GeoPackage, from the same colours as the map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree as ET

from maps.style import INK, NO_DATA, ROLES, THEMES, ThemeStyle, theme_style

Shape = Literal["area", "line", "point"]
Options = Mapping[str, str]

MM_PER_PX = 0.26
BRUSHES = {"plain": "solid", "lines": "b_diagonal", "dots": "dense6", "cross": "diagonal_x"}
SYMBOL_TYPES = {"area": "fill", "line": "line", "point": "marker"}
GEOMETRY_TYPES = {"point": "0", "line": "1", "area": "2"}
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
VERSION = "3.28.0"


@dataclass(frozen=True, slots=True)
class Look:
    """One symbol: colour as #rrggbb, opacity 0 to 1, outline in mm; `brush` as QGIS names it."""

    colour: str
    opacity: float = 1.0
    outline: str | None = None
    width_mm: float = 0.4
    brush: str = "solid"
    line: str = "solid"


@dataclass(frozen=True, slots=True)
class Category:
    """What features with this value of the attribute look like, and what the legend calls them."""

    value: str
    label: str
    look: Look


def by_theme(themes: Iterable[str], shape: Shape, language: str, *, inside: bool) -> str:
    """Return a style by the attribute ``theme``; `inside` for what lies in the plan."""
    return categorised(
        "theme",
        [
            Category(
                name, theme_style(name).label.in_language(language), _themed(name, shape, inside)
            )
            for name in dict.fromkeys([*(t for t in THEMES if t in set(themes)), *sorted(themes)])
        ],
        shape,
    )


def _themed(name: str, shape: Shape, inside: bool) -> Look:
    theme: ThemeStyle = theme_style(name)
    hue = theme.hue.light
    width = MM_PER_PX * (2.6 if inside else 1.6)
    if shape != "area":
        return Look(hue, 1.0, "#ffffff", width)
    if not inside:
        return Look(hue, 0.1, hue, width)
    return Look(hue, 0.45 if theme.hatch == "plain" else 0.9, hue, width, BRUSHES[theme.hatch])


def by_role(roles: Iterable[str], language: str) -> str:
    """Return a style for the parts of a plan by the attribute ``role``."""
    known = [(role, ROLES[role]) for role in dict.fromkeys(roles) if role in ROLES]
    return categorised(
        "role",
        [
            Category(role, r.label.in_language(language), Look(r.hue.light, r.fill, r.hue.light))
            for role, r in known
        ],
        "area",
    )


def outline(shape: Shape) -> str:
    """Return the style of the plan and its axis: ink, no fill."""
    return single(Look(INK["light"], 0.0 if shape == "area" else 1.0, INK["light"], 0.8), shape)


def crossing() -> str:
    """Return the style of the places where a route meets something."""
    return single(Look("#ffffff", 1.0, INK["light"], 0.5), "point")


def hatched(shape: Shape) -> str:
    """Return the style of what no data cover."""
    grey = NO_DATA["light"]
    return single(Look(grey, 1.0, grey, 0.4, "b_diagonal", "dot"), shape)


def single(look: Look, shape: Shape) -> str:
    """Return a style with one symbol for everything."""
    renderer = ET.Element("renderer-v2", {"type": "singleSymbol", **RENDERER})
    ET.SubElement(renderer, "symbols").append(_symbol("0", look, shape))
    return _document(renderer, shape)


def categorised(attribute: str, categories: Iterable[Category], shape: Shape) -> str:
    """Return a style with one symbol for each value of an attribute."""
    renderer = ET.Element(
        "renderer-v2", {"type": "categorizedSymbol", "attr": attribute, **RENDERER}
    )
    rows, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for number, category in enumerate(categories):
        ET.SubElement(
            rows,
            "category",
            symbol=str(number),
            value=category.value,
            label=category.label,
            render="true",
            type="string",
        )
        symbols.append(_symbol(str(number), category.look, shape))
    return _document(renderer, shape)


RENDERER = {"forceraster": "0", "symbollevels": "0", "enableorderby": "0", "referencescale": "-1"}


def _document(renderer: ET.Element, shape: Shape) -> str:
    root = ET.Element("qgis", {"version": VERSION, "styleCategories": "Symbology"})
    ET.SubElement(renderer, "rotation")
    ET.SubElement(renderer, "sizescale")
    root.append(renderer)
    for name, value in (("blendMode", "0"), ("featureBlendMode", "0"), ("layerOpacity", "1"),
                        ("layerGeometryType", GEOMETRY_TYPES[shape])):  # fmt: skip
        ET.SubElement(root, name).text = value
    ET.indent(root)
    return DOCTYPE + ET.tostring(root, encoding="unicode") + "\n"


def _symbol(name: str, look: Look, shape: Shape) -> ET.Element:
    symbol = ET.Element(
        "symbol",
        {
            "name": name,
            "type": SYMBOL_TYPES[shape],
            "alpha": "1",
            "clip_to_extent": "1",
            "force_rhr": "0",
        },
    )
    kind, options = {"area": _fill, "line": _line, "point": _marker}[shape](look)
    layer = ET.SubElement(
        symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    )
    held = ET.SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        ET.SubElement(held, "Option", {"name": key, "type": "QString", "value": value})
    return symbol


def _fill(look: Look) -> tuple[str, Options]:
    return "SimpleFill", {
        "color": _rgba(look.colour, look.opacity),
        "joinstyle": "round",
        "outline_color": _rgba(look.outline or look.colour, 1.0),
        "outline_style": look.line if look.outline else "no",
        "outline_width": f"{look.width_mm:.2f}",
        "outline_width_unit": "MM",
        "style": look.brush if look.opacity else "no",
    }


def _line(look: Look) -> tuple[str, Options]:
    return "SimpleLine", {
        "capstyle": "round",
        "joinstyle": "round",
        "line_color": _rgba(look.colour, look.opacity),
        "line_style": look.line,
        "line_width": f"{look.width_mm:.2f}",
        "line_width_unit": "MM",
    }


def _marker(look: Look) -> tuple[str, Options]:
    return "SimpleMarker", {
        "color": _rgba(look.colour, look.opacity),
        "name": "circle",
        "outline_color": _rgba(look.outline or look.colour, 1.0),
        "outline_style": "solid",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "scale_method": "diameter",
        "size": "3",
        "size_unit": "MM",
    }


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"
