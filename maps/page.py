"""The words and tables of the map's page: plain values for its template, which escapes them all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import shapely

from maps.contents import numbered, theme_class
from maps.picture import Hit, Overlay, Picture
from maps.rest import rest
from maps.style import GROUNDS, OUTCOMES, RELATIONS, ROLES, THEMES
from maps.thinning import Thinned
from maps.words import words

Json = dict[str, Any]

SHARED = 3  # from here on a reason stands once below the table


def page(picture: Picture, less: Thinned) -> Json:
    """Return what the template `page.html` asks for, but for scripts, styles and data.

    Everything is counted and listed; `less` is what of it is drawn one by one.
    """
    hits = list(numbered(picture))
    shared = _shared_reasons(picture)
    return {
        "w": words(picture.language),
        "language": picture.language,
        "picture": replace(picture, notes=less.picture.notes),
        "offices": list(_offices(picture)),
        "without_office": sum(1 for *_, hit in hits if _drawn(hit) and not _known(hit, picture)),
        "layers": list(_layers(picture)),
        "findings": [_finding(overlay, shared, picture.language) for overlay in picture.overlays],
        "reasons": shared,
        "objects": list(_objects(picture, less)),
        "key": _key(less.picture),
        "themes": [{"name": n, "hatch": t.hatch} for n, t in THEMES.items()],
    }


def _drawn(hit: Hit) -> bool:
    return hit.geometry is not None and not hit.geometry.is_empty


def _known(hit: Hit, picture: Picture) -> bool:
    return bool({office.code for office in picture.offices} & set(hit.offices))


def _offices(picture: Picture) -> Iterator[Json]:
    drawn = Counter(
        code for *_, hit in numbered(picture) if _drawn(hit) for code in set(hit.offices)
    )
    for number, office in enumerate(picture.offices):
        yield {"number": number, "office": office, "count": drawn[office.code]}


def _layers(picture: Picture) -> Iterator[Json]:
    """Yield the layers of which something is drawn, those that involve an office first."""
    mattering = {n for _, n, _, hit in numbered(picture) if hit.offices}
    ordered = sorted(enumerate(picture.overlays), key=lambda pair: pair[0] not in mattering)
    for number, overlay in ordered:
        count = sum(map(_drawn, overlay.hits))
        if count:
            yield {
                "number": number,
                "overlay": overlay,
                "theme": theme_class(overlay.theme),
                "kind": _kind(overlay),
                "count": count,
            }


def _kind(overlay: Overlay) -> str:
    """Return the sign of a layer: that of the largest dimension among its drawn objects."""
    drawn = [hit.geometry for hit in overlay.hits if _drawn(hit)]
    return ("point", "line", "area")[int(shapely.get_dimensions(drawn).max())]


def _shared_reasons(picture: Picture) -> list[str]:
    """Return the reasons that several layers give: one note for all of them."""
    counts = Counter(overlay.reason for overlay in picture.overlays if overlay.reason)
    return [reason for reason, count in counts.items() if count >= SHARED]


def _finding(overlay: Overlay, shared: Sequence[str], language: str) -> Json:
    outcome = overlay.outcome_text or OUTCOMES[overlay.outcome].in_language(language)
    note = shared.index(overlay.reason) + 1 if overlay.reason in shared else None
    return {"overlay": overlay, "outcome": outcome, "note": note}


def _objects(picture: Picture, less: Thinned) -> Iterator[Json]:
    """Yield the layers that were hit, each with its objects by number, and the rest of them."""
    crossing = words(picture.language)["crossing"]
    rows: dict[int, list[Json]] = {k: [] for k, o in enumerate(picture.overlays) if o.hits}
    for number, layer, _, hit in numbered(less.picture):
        if hit.stands_for > 1:
            continue
        label = RELATIONS[hit.relation].label.in_language(picture.language)
        row = {"number": number, "hit": hit, "relation": label, "drawn": _drawn(hit)}
        rows[layer].append(row)
    for layer, hits in rows.items():
        more = less.rest[layer]
        yield {
            "number": layer,
            "overlay": picture.overlays[layer],
            "hits": hits,
            "more": len(more),
            "rest": rest(more, picture.language, crossing) if more else None,
        }


def _key(picture: Picture) -> Json:
    """Return the signs of the legend, only those that are on the map."""
    language = picture.language
    hits = [hit for *_, hit in numbered(picture) if _drawn(hit)]
    grounds = {thing.ground for thing in picture.backdrop}
    uncovered = [o.title for o in picture.overlays if o.uncovered is not None]
    roles = dict.fromkeys(part.role for part in picture.plan.parts)
    return {
        "relations": [
            (relation.value, look.label.in_language(language))
            for relation, look in RELATIONS.items()
            if any(hit.relation is relation for hit in hits)
        ],
        "crossings": any(hit.crossings for hit in hits),
        "uncovered": len(uncovered),
        "roles": [(r, ROLES[r].label.in_language(language)) for r in roles if r in ROLES],
        "grounds": [
            (name, look.label.in_language(language), look.weight_px == 0)
            for name, look in GROUNDS.items()
            if name in grounds
        ],
    }
