"""Items prepared from what a check found, for a person to take, change or discard. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service import figures
from service.blocks import Block, Blocks, Vision
from service.blocks.template import LackingError
from service.cases.results import RESTRICTED
from service.db import Json

GERMAN = "de"  # a statement is written in German
MOST_NAMES = 8
# What an item begins as where no block says better: by the effect of the rule.
KIND_OF: Mapping[str, Mapping[str, Any]] = {
    "prohibition": {"kind": "einwendung", "binding": "law", "exception": "open"},
    "consent": {"kind": "forderung", "binding": "law", "exception": "open"},
    "assessment": {"kind": "forderung", "binding": "weighing"},
    "consideration": {"kind": "bedenken", "binding": "weighing"},
    "note": {"kind": "hinweis"},
    "support": {"kind": "hinweis", "stance": "supports"},
}


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a case for the placeholders of text blocks."""

    plan: str
    municipality: str
    reference: str
    kinds: frozenset[str] = field(default=frozenset())


def items(
    office: str,
    reasons: Sequence[Json],
    findings: Mapping[str, Json],
    blocks: Blocks,
    about: About,
) -> list[dict[str, Any]]:
    """Return the items prepared for an office: one a reason, then its guiding visions.

    `reasons` are those it was asked for, `findings` the German report's by layer.
    """
    visions = [vision for vision in blocks.visions if vision.office == office]
    in_visions = frozenset[str]().union(*(v.supports | v.conflicts | v.beside for v in visions))
    named = [r for r in reasons if r.get("rule")]
    made = [
        _of_reason(reason, findings.get(reason["layer"] or ""), block, about)
        for reason in named
        if (block := blocks.of(office, reason["rule"])) is not None
        or reason["rule"] not in in_visions
    ]
    concept = (item for vision in visions for item in _of_vision(vision, named, findings, about))
    return [*made, *concept]


def _of_reason(
    reason: Json, finding: Json | None, block: Block | None, about: About
) -> dict[str, Any]:
    text = None if block is None else _filled(block, reason, finding, about)
    says = KIND_OF[reason["effect"]] if block is None else block.says
    objects = reason.get("objects", [])
    return {
        "basis": reason["basis"],
        **says,
        "text": text or _plain(reason, values(reason, finding, about)),
        "layer": reason["layer"],
        "object": objects[0] if len(objects) == 1 else None,
        "rule": reason["rule"],
        "block": None if block is None or text is None else block.code,
        "restricted": reason.get("visibility") == RESTRICTED,
    }


def _filled(block: Block, reason: Json, finding: Json | None, about: About) -> str | None:
    """Return a block with the figures of the finding; None where one it needs does not apply."""
    try:
        return block.text.filled(values(reason, finding, about))
    except LackingError:
        return None


def values(reason: Json, finding: Json | None, about: About) -> dict[str, str | None]:
    """Return what the placeholders of a block stand for; None where a figure does not apply."""
    because = reason.get("because") or {}
    found = finding or {}
    met = _objects(reason, found)
    sizes = _sizes(met, found)
    return {
        "objects": _names(met),
        "count": str(len(met)) if met else None,
        "area": _figure(sizes.get("overlap_m2"), figures.square_metres),
        "share": _figure(sizes.get("share_of_plan"), figures.percent),
        "length": _figure(sizes.get("length_m"), figures.metres),
        "distance": _figure(sizes.get("nearest_m"), figures.metres),
        "layer": found.get("title"),
        "data_date": _figure(found.get("data_date"), figures.day),
        "basis": reason.get("basis"),
        "because": because.get(GERMAN),
        "plan": about.plan,
        "municipality": about.municipality or None,
        "reference": about.reference,
    }


def _sizes(met: Sequence[Json], finding: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the sizes that are of the objects a rule speaks of, and of these alone.

    Those of the finding are of all its objects together, after union; of some of several objects
    nobody has measured them.
    """
    if len(met) == len(finding.get("objects", [])):
        return finding
    if len(met) == 1:
        return {**met[0], "nearest_m": met[0].get("distance_m")}
    return {}


def _plain(reason: Json, figures: Mapping[str, str | None]) -> str:
    """Return what the rule says and what it met, where no block has better words."""
    text = reason.get("text") or reason.get("because") or {GERMAN: ""}
    said = str(text[GERMAN])
    if figures["objects"] is None:
        return said
    distance = figures["distance"]
    sizes = [
        figures["area"] or figures["length"],
        f"Abstand der Planung {distance}" if distance else None,
    ]
    measured = ", ".join(size for size in sizes if size)
    met = f"{figures['layer']}: {figures['objects']}"
    return f"{said} Betroffen – {met}{f' ({measured})' if measured else ''}."


def _of_vision(
    vision: Vision, reasons: Iterable[Json], findings: Mapping[str, Json], about: About
) -> Iterator[dict[str, Any]]:
    """Yield how a plan stands to a guiding vision, and to each measure of it that it touches."""
    hit = {r["rule"]: r for r in reasons}
    stance = _stance(vision, hit.keys(), about.kinds)
    says = {"kind": "hinweis", "topic": "kek", "priority": vision.priority, "block": vision.code}
    text = f"{vision.concept}, Leitbild „{vision.name}“: {vision.texts[stance]}"
    yield {**says, "stance": stance, "text": text}
    for rule, reason in sorted(hit.items()):
        if rule not in vision.supports | vision.conflicts | vision.beside:
            continue
        own = _stance(vision, {rule}, frozenset())
        if reason["layer"] != vision.layer:
            continue
        for thing in _objects(reason, findings.get(vision.layer, {})):
            yield {
                **says,
                "stance": own,
                "text": f"{vision.concept}, Maßnahme „{thing['name'] or thing['id']}“ (Leitbild "
                f"„{vision.name}“): {vision.measure[own]}",
                "layer": reason["layer"],
                "object": thing["id"],
                "rule": rule,
            }


def _stance(vision: Vision, rules: Iterable[str], kinds: frozenset[str]) -> str:
    """Return how a plan stands to a vision; where it both serves and harms it, it conflicts."""
    hit = set(rules)
    if hit & vision.conflicts:
        return "conflicts"
    return "supports" if hit & vision.supports or kinds & vision.kinds else "neutral"


def _objects(reason: Json, finding: Mapping[str, Any]) -> list[Json]:
    wanted = set(reason.get("objects", []))
    return [thing for thing in finding.get("objects", []) if thing["id"] in wanted]


def _names(met: Sequence[Json]) -> str | None:
    names = list(dict.fromkeys(thing["name"] or thing["id"] for thing in met))
    if not names:
        return None
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" und {more} weitere" if more > 0 else "")


def _figure(value: Any, written: Any) -> str | None:
    """Return a figure as people write it; nothing measured is no figure."""
    return None if value is None or value == 0 else str(written(value).de)
