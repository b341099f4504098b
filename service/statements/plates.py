"""The maps of a statement with what they show in words: no picture leaves without these."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gis.problem import Text
from maps.figure_sheet import Sheet, by_theme, listed, overview
from maps.picture import Picture
from maps.style import RELATIONS, theme_style
from service.statements.words import Words

MOST_TOLD = 8
SHOWS = Text(
    "Karte der Planung „{title}“ mit ihrer Umgebung.", "Map of the plan “{title}” and around it."
)
HITS = Text("Eingezeichnet sind: {named}.", "It shows: {named}.")
MORE = Text("und {n} weitere Objekte", "and {n} more objects")
ALL_SAID = Text(
    "Dieselben Angaben stehen in der Anlage mit den Befunden.",
    "The annex with the findings says the same.",
)


class MissingAltError(ValueError):
    """A picture says nothing to those who cannot see it."""


@dataclass(frozen=True)
class Plate:
    """One map, not drawn yet: `alt` in place of it, `caption` below."""

    name: str
    title: str
    alt: str
    caption: str
    sheet: Sheet

    def __post_init__(self) -> None:
        """Refuse a picture without words."""
        if not self.alt.strip():
            raise MissingAltError(f"the picture {self.name!r} has no alternative text")

    def svg(self) -> bytes:
        """Return the map for print."""
        return _drawn(self.sheet, "svg")

    def png(self) -> bytes:
        """Return the map for formats that know no SVG."""
        return _drawn(self.sheet, "png")


def _drawn(sheet: Sheet, format: Literal["svg", "png"]) -> bytes:
    from maps.figure import draw  # matplotlib takes a quarter of a second to import

    return draw(sheet, format)


def plates(picture: Picture) -> tuple[Plate, ...]:
    """Return the overview and one map for every theme with something on it."""
    say = Words(picture.language)
    whole = overview(picture)
    found = [_plate("overview", say("overview"), whole, _themes(whole))]
    for theme, sheet in by_theme(picture).items():
        label = theme_style(theme).label.in_language(picture.language)
        found.append(_plate(f"theme-{theme}", f"{say('theme_map')}: {label}", sheet, _hits(sheet)))
    return tuple(found)


def _plate(name: str, title: str, sheet: Sheet, named: Iterable[str]) -> Plate:
    picture = sheet.picture
    told = list(named)

    def say(text: Text, **values: object) -> str:
        return text.in_language(picture.language).format(**values)

    sentences = [say(SHOWS, title=picture.title)]
    if told:
        shown = told[:MOST_TOLD]
        if len(told) > MOST_TOLD:
            shown.append(say(MORE, n=len(told) - MOST_TOLD))
        sentences.append(say(HITS, named="; ".join(shown)))
    sentences.append(say(ALL_SAID))
    return Plate(name, title, f"{title}. {' '.join(sentences)}", f"{title}: {picture.title}", sheet)


def _themes(sheet: Sheet) -> list[str]:
    language = sheet.picture.language
    return [
        theme_style(theme).label.in_language(language)
        for theme in dict.fromkeys(o.theme for _, o, _ in listed(sheet))
    ]


def _hits(sheet: Sheet) -> list[str]:
    language = sheet.picture.language
    return [
        f"{number} {overlay.title}{f' {hit.title}' if hit.title else ''} "
        f"({RELATIONS[hit.relation].label.in_language(language)})"
        for number, overlay, hit in listed(sheet)
    ]
