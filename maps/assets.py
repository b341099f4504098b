"""What a map file is made of besides its data: scripts and styles, read through the package.

Leaflet and protomaps-leaflet are not part of the project; npm installs them
(`maps/package-lock.json`) and `vendor.mjs` copies them to where they are read from.
"""

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from maps.style import GROUND, GROUNDS, INK, NO_DATA, OTHER, ROLES, THEMES

SCRIPTS = (
    "dom.js",
    "shapes.js",
    "state.js",
    "sheet.js",
    "hits.js",
    "labels.js",
    "details.js",
    "panel.js",
    "search.js",
    "rows.js",
    "controls.js",
    "start.js",
)
STYLES = ("page.css", "panel.css", "map.css", "tables.css", "print.css")


class MissingLibraryError(Exception):
    """What npm installs is not there; the text says which command does it."""


def _static() -> Traversable:
    return resources.files(__package__).joinpath("static")


def _vendored(library: str, name: str) -> Traversable:
    file = _static() / "vendor" / library / name
    if not file.is_file():
        raise MissingLibraryError(
            f"{library} is missing; run `make install`, or `npm ci && npm run vendor` in maps/"
        )
    return file


@cache
def script() -> str:
    """Return all scripts as one, the same for every map.

    Raises
    ------
    MissingLibraryError
        Until npm has installed Leaflet.
    """
    ours = ((_static() / "js" / name).read_text(encoding="utf-8") for name in SCRIPTS)
    leaflet = _vendored("leaflet", "leaflet.js").read_text(encoding="utf-8")
    # In a function of their own, our scripts leave no names behind and are strict as a whole.
    text = "\n".join([leaflet, '(() => {\n"use strict";', *ours, "})();"])
    text = _without_source_map(text)
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("a script would end the script element it stands in")
    return text


@cache
def library() -> str:
    """Return Leaflet alone, for pages with a map script of their own.

    Raises
    ------
    MissingLibraryError
        Until npm has installed it.
    """
    return _without_source_map(_vendored("leaflet", "leaflet.js").read_text(encoding="utf-8"))


@cache
def tile_script() -> str:
    """Return what draws vector tiles on a map of the pages.

    Raises
    ------
    MissingLibraryError
        Until npm has installed protomaps-leaflet.
    """
    library = _vendored("protomaps-leaflet", "protomaps-leaflet.js")
    return _without_source_map(library.read_text(encoding="utf-8"))


def _without_source_map(text: str) -> str:
    """Return a script that asks for nothing, not even by a developer's tools."""
    return re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)


@cache
def style() -> str:
    """Return all styles as one, the same for every map.

    Raises
    ------
    MissingLibraryError
        Until npm has installed Leaflet.
    """
    ours = ((_static() / "css" / name).read_text(encoding="utf-8") for name in STYLES)
    return "\n".join([_leaflet_style(), palette(), *ours])


def _leaflet_style() -> str:
    """Return Leaflet's style with its images inside."""
    text = _vendored("leaflet", "leaflet.css").read_text(encoding="utf-8")

    def inlined(match: re.Match[str]) -> str:
        content = base64.b64encode(_vendored("leaflet", match.group(1)).read_bytes()).decode()
        return f"url(data:image/png;base64,{content})"

    text = re.sub(r"behavior:[^;}]*;", "", text)  # for a browser that is no more
    return re.sub(r"url\((images/[\w.-]+)\)", inlined, text)


def palette() -> str:
    """Return the colours of `maps.style` as custom properties, for light and for dark ground."""
    return (
        f":root {{ {_properties('light')} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_properties('dark')} }} }}\n"
        + "\n".join(_classes())
    )


def _properties(shade: str) -> str:
    hues = {
        "ground": GROUND[shade],
        "ink": INK[shade],
        "no-data": NO_DATA[shade],
        **{f"theme-{name}": getattr(t.hue, shade) for name, t in THEMES.items()},
        "theme-other": getattr(OTHER.hue, shade),
        **{f"role-{name}": getattr(r.hue, shade) for name, r in ROLES.items()},
        **{f"ground-{name}": getattr(g.hue, shade) for name, g in GROUNDS.items()},
    }
    return " ".join(f"--{name}: {value};" for name, value in hues.items())


def _classes() -> list[str]:
    """Return what gives a path, a swatch or a pattern its colour, by class."""
    themes = [*THEMES, "other"]
    return [
        *(f".t-{name} {{ --hue: var(--theme-{name}); }}" for name in themes),
        *(f".overlap.t-{name} {{ fill: url(#hatch-{name}); }}" for name in themes),
        *(
            f".r-{name} {{ --hue: var(--role-{name}); --fill: {r.fill}; }}"
            for name, r in ROLES.items()
        ),
        *(
            f".g-{name} {{ --hue: var(--ground-{name}); --fill: {g.fill}; }}"
            for name, g in GROUNDS.items()
        ),
    ]


def digest(text: str) -> str:
    """Return the hash by which a content security policy knows an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
