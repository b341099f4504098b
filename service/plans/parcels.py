"""An outline made of parcels: what a list names, looked up in the catalogue's layer of parcels.

The same list and the same version of that layer give the same bytes.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from shlex import quote

import numpy as np
import shapely

from gis.problem import Proposal, Question, Refusal, Text
from layers.catalogue import Catalogue
from layers.layer import Layer
from layers.parcel import Parcel, Parcels, alike, parcel_from, place_of
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion
from service.plans.parcel_list import MOST_SHOWN, asked
from service.plans.parcel_name import Asked

GRID_M = 0.001  # what cadastres are kept to; seams narrower than that are none
MOST_PROPOSED = 20
ACCEPT = "parcel-"  # with the key behind: this one is meant

Names = tuple[str, ...]


def outline_of(
    text: str,
    catalogue: Catalogue,
    store: Store,
    accept: Collection[str] = (),
    visible: Collection[str] = ("public", "offices"),
) -> bytes:
    """Return the outline of the parcels a list names, as GeoJSON in the working CRS.

    `accept` holds the answers to earlier questions. A layer whose visibility is not among those
    that whoever asks may see counts as if it were not there.

    Raises
    ------
    Refusal
        ``parcels-none``, ``parcels-unavailable``, ``parcels-unknown`` and those of `asked`.
    Question
        ``parcels-ambiguous`` where several parcels are called the same.
    """
    named = catalogue.parcels
    layer = catalogue.layer(named.layer) if named else None
    if named is None or layer is None or layer.visibility not in visible:
        raise Refusal("parcels-none", NONE)
    wanted = asked(text)
    try:
        version = store.version(layer)
        return _outline(version, _found(wanted, _register(version, named), accept), layer)
    except (LayerUnavailableError, OSError, ValueError, shapely.errors.ShapelyError) as error:
        text_of = error.text if isinstance(error, LayerUnavailableError) else None
        raise _unavailable(layer, text_of or Text(str(error), str(error))) from error


@dataclass
class _Register:
    """All parcels of a layer, and where they stand in its version."""

    parcels: list[Parcel] = field(default_factory=list)
    by_name: dict[Names, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_key: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    gemarkungen: dict[str, str] = field(default_factory=dict)

    def add(self, parcel: Parcel) -> None:
        at = len(self.parcels)
        self.parcels.append(parcel)
        place = place_of(parcel.key)
        self.by_key[str(place or parcel.key)].append(at)
        names = [alike(parcel.gemarkung)] if parcel.gemarkung else []
        if parcel.gemarkung:
            self.gemarkungen[names[0]] = parcel.gemarkung
        if place is not None:  # a Gemarkung may be named by its number, too
            names += [place.gemarkung, place.gemarkung[2:]]
        for name in names:
            self.by_name[name, parcel.number or ""].append(at)

    def hits(self, one: Asked) -> list[int]:
        """Return the parcels that are called so; where no Flur is stated, of any."""
        if one.key is not None:
            return self.by_key.get(str(place_of(one.key) or one.key), [])
        found = self.by_name.get((alike(one.gemarkung), one.number), [])
        return [at for at in found if one.flur in (None, self.parcels[at].flur)]


def _register(version: LayerVersion, named: Parcels) -> _Register:
    register = _Register()
    for id, row in version.rows():
        register.add(parcel_from(id, row, named))
    return register


def _found(wanted: Sequence[Asked], register: _Register, accept: Collection[str]) -> list[int]:
    """Return where the parcels stand that are meant; each is exactly one, or it is asked."""
    unknown: list[Asked] = []
    ambiguous: list[tuple[Asked, list[int]]] = []
    found: dict[int, None] = {}
    for one in wanted:
        hits = register.hits(one)
        said = [at for at in hits if f"{ACCEPT}{register.parcels[at].key}" in accept]
        meant = said or hits
        if not meant:
            unknown.append(one)
        elif len(meant) > 1 and not said:
            ambiguous.append((one, hits))
        found.update(dict.fromkeys(meant))
    if unknown:
        raise _unknown(unknown, register.gemarkungen)
    if ambiguous:
        raise _ambiguous(ambiguous, register.parcels)
    return sorted(found, key=lambda at: register.parcels[at].key)


def _outline(version: LayerVersion, at: Sequence[int], layer: Layer) -> bytes:
    shapes = shapely.force_2d(version.objects(np.array(at, dtype=np.intp)).geometries)
    if not (shapely.area(shapes) > 0).all():
        raise _unavailable(layer, NO_AREA)
    whole = shapely.normalize(shapely.union_all(shapes, grid_size=GRID_M))
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": _urn(version)}},
        "features": [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(whole))}
        ],
    }
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def _urn(version: LayerVersion) -> str:
    authority, code = version.crs.to_authority() or ("", "")
    return f"urn:ogc:def:crs:{authority}::{code}" if code else version.crs.to_string()


NONE = Text(
    "Hier liegt kein Flurstücksbestand vor, aus dem sich ein Umriss bilden ließe; bitte den Umriss "
    "zeichnen oder als Datei einreichen.",
    "There is no layer of parcels to make an outline of; draw the outline or hand in a file.",
)
NO_AREA = Text("Ein Flurstück hat keine Fläche.", "A parcel has no area.")


def _unavailable(layer: Layer, why: Text) -> Refusal:
    return Refusal(
        "parcels-unavailable",
        Text(
            f"„{layer.title.de}“ ist nicht verfügbar: {why.de} Bitte später erneut versuchen oder "
            "den Umriss zeichnen oder als Datei einreichen.",
            f"“{layer.title.en}” is not available: {why.en} Try again later, or draw the outline "
            "or hand in a file.",
        ),
    )


def _shown(listed: Sequence[Asked], language: str) -> str:
    word = "Zeile" if language == "de" else "line"
    shown = "; ".join(f"{one.written[:60]} ({word} {one.line})" for one in listed[:MOST_SHOWN])
    more = len(listed) - MOST_SHOWN
    rest = f"; {more} weitere" if language == "de" else f"; {more} more"
    return shown + (rest if more > 0 else "")


def _unknown(listed: Sequence[Asked], gemarkungen: Mapping[str, str]) -> Refusal:
    near = list(_near(listed, gemarkungen))
    de = f" Ähnlich heißen die Gemarkungen {', '.join(near)}." if near else ""
    en = f" Gemarkungen of similar names: {', '.join(near)}." if near else ""
    return Refusal(
        "parcels-unknown",
        Text(
            f"Nicht im Flurstücksbestand: {_shown(listed, 'de')}.{de} Bitte Schreibweise und "
            "Fortführung (Zerlegung, Verschmelzung) prüfen und die Zeilen berichtigen.",
            f"Not among the parcels: {_shown(listed, 'en')}.{en} Check the spelling, and whether "
            "they were divided or merged, and mend the lines.",
        ),
    )


def _near(listed: Iterable[Asked], gemarkungen: Mapping[str, str]) -> Iterable[str]:
    names = dict.fromkeys(alike(one.gemarkung) for one in listed if one.gemarkung)
    unknown = [name for name in names if name not in gemarkungen][:MOST_SHOWN]
    known = sorted(gemarkungen)
    close = (get_close_matches(name, known, n=2, cutoff=0.7) for name in unknown)
    return dict.fromkeys(gemarkungen[one] for found in close for one in found)


def _ambiguous(listed: Sequence[tuple[Asked, list[int]]], parcels: Sequence[Parcel]) -> Question:
    first, hits = listed[0]
    meant = sorted((parcels[at] for at in hits), key=lambda parcel: parcel.key)
    every = _shown([one for one, _ in listed], "de"), _shown([one for one, _ in listed], "en")
    return Question(
        "parcels-ambiguous",
        Text(
            f"Mehrere Flurstücke heißen so: {every[0]}. Bitte für {first.written} wählen, oder in "
            "der Liste die Flur oder das Flurstückskennzeichen angeben.",
            f"Several parcels are called so: {every[1]}. Choose for {first.written}, or state the "
            "Flur or the parcel's official key in the list.",
        ),
        tuple(_proposal(parcel) for parcel in meant[:MOST_PROPOSED]),
    )


def _proposal(parcel: Parcel) -> Proposal:
    flur = f", Flur {parcel.flur}" if parcel.flur else ""
    name = f"{parcel.gemarkung or ''}{flur}, Flst. {parcel.number or ''} ({parcel.key})"
    return Proposal(Text(name, name), f"--accept {quote(ACCEPT + parcel.key)}")
