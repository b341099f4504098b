"""The interactive map: one HTML file that opens from a disk and asks nobody for anything.

folium frames the map; what it shows is one block of data and one static script. Nothing that comes
from a plan or a layer passes through folium's own templates: those are compiled a second time, so
that a name like ``{{ 7 * 7 }}`` would be run. It enters the page through our template, escaped, or
in the data block, from which the script makes text and never markup.
"""

from typing import Any

from maps.assets import MissingLibraryError, digest, script, style
from maps.block import data_block
from maps.contents import contents
from maps.page import page
from maps.picture import Picture
from maps.thinning import thinned

__all__ = ["MissingLibraryError", "fragment", "render"]


def render(picture: Picture) -> str:
    """Return the page as HTML; the same picture gives the same bytes.

    Raises
    ------
    MissingLibraryError
        Where Leaflet was not installed.
    """
    around = {"script": script(), "style": style(), "policy": policy()}
    return _framed("page.html", picture, around)


def fragment(picture: Picture) -> str:
    """Return map, notes and tables for a page that brings `maps.assets.script` and `style` along.

    Nothing in it is run or styled by itself, so that the page's policy may forbid both.
    """
    return _framed("fragment.html", picture, {})


def _framed(template: str, picture: Picture, around: dict[str, Any]) -> str:
    from maps.frame import Frame, Page  # folium takes half a second to import

    less = thinned(picture)
    data = contents(less.picture)
    (south, west), (north, east) = data["view"]
    whole = Page(template, {**page(picture, less), "data": data_block(data), **around})
    whole.add_child(Frame(((south + north) / 2, (west + east) / 2)))
    return whole.render()


def policy() -> str:
    """Return the content security policy: our script and style and nothing from anywhere."""
    return (
        f"default-src 'none'; script-src '{digest(script())}'; style-src '{digest(style())}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
