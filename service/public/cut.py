"""A catalogue cut to what everybody may know, written anew from what was understood of it.

Nothing is copied as it stands in the files: comments, addresses of sources, table names and
contacts stay inside. What is left out is kept in mind: offices with hidden rules or layers are
`withheld`, so that no report says that they are not affected.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gis.problem import Text
from layers.catalogue import Catalogue, Office
from layers.document import read_document
from layers.layer import HalfWidth, Layer
from service.blocks import Blocks
from service.blocks.block import STANCES
from service.offices.rule import Rule
from service.report.audience import Audience, told, withheld_offices

Json = dict[str, Any]
PUBLIC = Audience("public")
AREA = "area.geojson"
RULED = ("supports", "conflicts", "beside")
INSIDE = "nur innen"


def shown(catalogue: Catalogue) -> tuple[Layer, ...]:
    """Return the layers that everybody may see."""
    return tuple(layer for layer in catalogue.layers if PUBLIC.may_see(layer))


def coverage_file(layer: Layer) -> str:
    """Return where the coverage of a layer lies in an export."""
    return f"coverage/{layer.code}.geojson"


def cut(catalogue: Catalogue, rules: Iterable[Rule]) -> Json:
    """Return the catalogue for the public as plain data; `rules` are those of the catalogue."""
    every, layers = tuple(rules), shown(catalogue)
    codes = {layer.code for layer in layers}
    towns = catalogue.municipalities is not None and catalogue.municipalities.layer in codes
    kept = [
        rule
        for rule in told(every, PUBLIC, catalogue)
        if towns or not _entry(catalogue, rule).get("municipalities")
    ]
    withheld = {*withheld_offices(every, PUBLIC, catalogue)}
    withheld |= {office for rule in every if rule not in kept for office in rule.offices}
    offices = {layer.keeper for layer in layers} | withheld
    offices |= {office for rule in kept for office in rule.offices}
    entries = [_entry(catalogue, rule) for rule in kept]
    hints = {code for entry in entries for code in entry.get("external", ())}
    return {
        "title": _text(catalogue.title),
        "crs": catalogue.crs.to_string(),
        **_places(catalogue, codes),
        "withheld": sorted(withheld),
        "kinds": [dict(entry.data) for entry in catalogue.kinds],
        "offices": [_office(one) for one in catalogue.offices if one.code in offices],
        "external": [_office(one) for one in catalogue.external if one.code in hints],
        "layers": [_layer(layer) for layer in layers],
        "rules": entries,
    }


def visions(blocks: Blocks, said: Json) -> Json:
    """Return the guiding visions for the public, beside the catalogue as it was cut: their names,
    and by which rules and kinds plans belong to them; the words of statements stay inside.
    """
    known = {name: {one["code"] for one in said[name]} for name in ("layers", "offices", "rules")}
    kept = [
        v for v in blocks.visions if v.layer in known["layers"] and v.office in known["offices"]
    ]
    inside = dict.fromkeys(STANCES, INSIDE)
    return {
        "visions": [
            {
                "code": one.code, "office": one.office, "concept": one.concept, "name": one.name,
                "layer": one.layer, "priority": one.priority, "texts": inside, "measure": inside,
                "kinds": sorted(one.kinds),
                **{n: sorted(getattr(one, n) & known["rules"]) for n in RULED},
            }
            for one in kept
        ]
    }  # fmt: skip


def _entry(catalogue: Catalogue, rule: Rule) -> Json:
    """Return a rule as it was written."""
    return next(dict(e.data) for e in catalogue.rules if e.data["code"] == rule.code)


def _places(catalogue: Catalogue, codes: set[str]) -> Json:
    """Return area and what places are searched by, as far as their layers are shown."""
    said = read_document(*catalogue.files[0]).data
    found: Json = {name: said[name] for name in ("municipalities", "parcels", "addresses")
                   if name in said and said[name]["layer"] in codes}  # fmt: skip
    if places := [one for one in said.get("places", []) if one["layer"] in codes]:
        found["places"] = places
    if catalogue.area is not None:
        found["area"] = {"path": AREA, "beside_m": catalogue.beside_m}
    return found


def _office(office: Office) -> Json:
    topics = {"topics": _text(office.topics)} if office.topics else {}
    documents = {"documents": _text(office.documents)} if office.documents else {}
    return {"code": office.code, "name": _text(office.name), **topics, **documents}


def _layer(layer: Layer) -> Json:
    linear, quality = layer.linear_reference, layer.quality
    said: Mapping[str, Any] = {
        "code": layer.code,
        "title": _text(layer.title),
        "theme": layer.theme,
        "keeper": layer.keeper,
        "source": _source(layer),
        "id": layer.id,
        "name": layer.name,
        "accuracy_m": layer.accuracy_m,
        "half_width": layer.half_width and _half_width(layer.half_width),
        "linear_reference": linear
        and {"section": linear.section, "from": linear.start, "to": linear.end},
        "visibility": layer.visibility,
        "register": "declaratory" if layer.declaratory else None,
        "coverage": _coverage(layer),
        "data_date": layer.data_date,
        "refresh_days": layer.refresh_days,
        "licence": layer.licence or None,
        "attribution": layer.attribution or None,
        "note": layer.note and _text(layer.note),
        "quality": _some({
            "scale": quality.scale,
            "completeness": quality.completeness and _text(quality.completeness),
            "next_refresh": quality.next_refresh,
        }) or None,
    }  # fmt: skip
    return _some(said)


def _source(layer: Layer) -> Json:
    """Return where a layer comes from: out here its version is all there is of it."""
    if layer.source.type == "manual":
        return {"type": "manual", **layer.source.options}
    return {"type": "file", "path": layer.code}


def _coverage(layer: Layer) -> Any:
    if layer.coverage is None or layer.coverage.type == "district":
        return layer.coverage and "district"
    return {"path": coverage_file(layer)}


def _half_width(width: HalfWidth) -> Json:
    return _some({"metres": width.metres, "attribute": width.attribute})


def _text(text: Text) -> Json:
    return {"de": text.de, "en": text.en}


def _some(said: Mapping[str, Any]) -> Json:
    return {name: value for name, value in said.items() if value is not None}
