"""A district with something hidden in it, a case over all of it, and the search for its traces."""

import html
import json
import re
import struct
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pyproj import Transformer
from shapely import Polygon

from tests.builders import X, Y, catalogue, geojson, layer, point, rectangle, rule
from tests.service.cases.region import TOWN
from tests.service.statements.reading import texts

COUNT = 737  # objects of the hidden layers
# Offices that only the restricted layer names, which another one keeps; one is asked.
ONLY_BY_HIDDEN, UNASKED = "AFB", "AGB"
TO_DEGREES = Transformer.from_crs("EPSG:25833", "OGC:CRS84", always_xy=True)


@dataclass(frozen=True)
class Hidden:
    """What a layer hides: words, a corner (from X and Y, m), how many objects it has."""

    words: tuple[str, ...]
    corner: tuple[float, float]
    count: int

    def object(self, away_m: float = 0.0) -> Polygon:
        """Return the object at the corner, or so far away from it to the north-east."""
        east, north = self.corner[0] + away_m, self.corner[1] + away_m
        return rectangle(east, north, east + 7, north + 9)

    def traces(self, told: bytes, *, places_only: bool = False) -> list[str]:
        """Return what of it is in some bytes, see `opened`."""
        found = list[str]()
        text = told.decode("utf-8", "replace")
        if not places_only:
            found += [word for word in self.words if word.lower() in plain(text).lower()]
            if re.search(rf"(?<![\w.-]){self.count}(?![\w.-])", text):
                found.append(str(self.count))
        east, north = X + self.corner[0], Y + self.corner[1]
        for value in (east, north):
            packed = [struct.pack(order + "d", value) for order in "<>"]
            if any(one in told for one in packed) or f"{value:.2f}" in text:
                found.append(f"{value:.2f}")
        degrees = [f"{value:.6f}" for value in TO_DEGREES.transform(east, north)]
        return found + [one for one in degrees if one[:-1] in text]


OFFICES = Hidden(("Kellergewölbe", "Schatzkammer"), (33.37, 44.53), COUNT + 4)
RESTRICTED = Hidden(("Zeisighorst", "Zwergdommel"), (21.41, 17.29), COUNT)


AWAY_M = 3_000.0


def region(folder: Path, *, moved: Collection[str] = ()) -> Path:
    """Write the district; returns its catalogue. Of layers that are `moved` the one object that
    lies at its corner lies far away.
    """
    geojson(folder / "gebiet.geojson", [rectangle(-9_000, -9_000, 9_000, 9_000)])
    layers: list[dict[str, Any]] = [
        layer(folder, "gemeinden", [(rectangle(-9_000, -9_000, 9_000, 9_000), TOWN)]),
        layer(folder, "nsg", [(rectangle(0, 0, 20, 20), {"name": "Lachen"})], keeper="UNB",
              name="name"),
        layer(folder, "denkmal", _rows(OFFICES, "denkmal" in moved), keeper="UDB", name="name",
              visibility="offices"),
        layer(folder, "arten", _rows(RESTRICTED, "arten" in moved), keeper="UNB", name="name",
              visibility="restricted"),
    ]  # fmt: skip
    rules = [
        rule("N1", "nsg", offices=["UNB", "UWB"], effect="consent"),
        rule("D1", "denkmal", offices=["UDB"]),
        rule("A1", "arten", {"within": 200}, offices=["UNB"], effect="prohibition"),
        rule("A2", "arten", {"within": 200}, offices=[ONLY_BY_HIDDEN]),
        # Public ground that counts only where something restricted lies tells of that as well.
        rule("C1", "gemeinden", context={"layer": "arten", "holds": "inside"}, offices=["UDB"]),
        rule("A4", "arten", offices=[UNASKED]),
        rule("A3", "arten", offices=[ONLY_BY_HIDDEN]),
        rule("T1", None, offices=["AMT"]),
    ]
    codes = ("AMT", "UNB", "UDB", "UWB", ONLY_BY_HIDDEN, UNASKED)
    visions = [_vision("nsg", "Grünes Band"), _vision("denkmal", OFFICES.words[0]),
               _vision("arten", RESTRICTED.words[0])]  # fmt: skip
    (folder / "blocks.yaml").write_text(json.dumps({"blocks": [], "visions": visions}))
    return catalogue(
        folder, layers, rules, offices=[{"code": c, "name": f"Stelle {c}"} for c in codes],
        area={"path": "gebiet.geojson"},
        municipalities={"layer": "gemeinden", "key": "ags", "name": "name"},
    )  # fmt: skip


def degrees(hidden: Hidden, around_m: float) -> str:
    """Return the box around what is hidden as addresses have it: west, south, east, north."""
    box = hidden.object().buffer(around_m).bounds
    corners = (*TO_DEGREES.transform(*box[:2]), *TO_DEGREES.transform(*box[2:]))
    return ",".join(f"{value:.4f}" for value in corners)


def _rows(hidden: Hidden, moved: bool) -> list[tuple[Any, dict[str, str]]]:
    first, second = hidden.words
    area = (hidden.object(AWAY_M if moved else 0.0), {"name": first, "art": second})
    return [area, *((point(5_000 + n, 5_000), {"name": second}) for n in range(hidden.count - 1))]


def _vision(layer: str, name: str) -> dict[str, Any]:
    said = dict.fromkeys(("supports", "neutral", "conflicts"), name)
    return {"code": f"v-{layer}", "office": "UNB", "concept": "Konzept", "name": name,
            "layer": layer, "priority": 1, "texts": said, "measure": said,
            "supports": ["N1"]}  # fmt: skip


def opened(content: bytes) -> bytes:
    """Return bytes with whatever is packed in them behind: ZIP, PDF, GeoPackage, gzip, data URI."""
    parts = [content, *(text.encode() for _, text in texts("", content))]
    return b"\n".join([*parts, *_unzipped(content)])


def _unzipped(content: bytes) -> Iterator[bytes]:
    for place in re.finditer(b"\x1f\x8b\x08", content):
        try:
            yield zlib.decompressobj(31).decompress(content[place.start() :])
        except zlib.error:  # it only looked like that
            continue


def plain(text: str) -> str:
    """Return a text as people read it: without escapes of JSON, HTML and addresses."""
    told = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)
    return html.unescape(told) + unquote(text)
