"""A question's answer as data: what an option says, as a change of what is said about a plan.

A proposal carries the option that would be typed after `belang check PLAN`. Here it becomes a
change, a plain dict that can be stored and applied, and what was said about a plan as a whole is
stored and taken up again.
"""

import math
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from gis.problem import Refusal, Text
from service.plans import origin
from service.plans.attributes import KNOWN
from service.plans.declared import Intake
from service.plans.kinds import Vocabulary

# A field of Intake -> its value; of `accept`, `uses` and `attributes` what is added.
Change = Mapping[str, Any]
LONGEST_M = 10_000.0

NOT_UNDERSTOOD = Text(
    "Die Antwort „{0}“ ist nicht verständlich; bitte einen der Vorschläge wählen.",
    "The answer “{0}” is not understood; choose one of the proposals.",
)


def change(option: str) -> dict[str, Any]:
    """Return what an option such as ``--crs EPSG:31468`` changes, as plain JSON-able data.

    Raises
    ------
    Refusal
        ``answer-unknown`` for anything but one known option with a usable value.
    """
    try:
        name, value = shlex.split(option)
        field, read = OPTIONS[name]
        return {field: read(value)}
    except (ValueError, KeyError) as error:
        shown = option.strip()[:60]
        text = Text(NOT_UNDERSTOOD.de.format(shown), NOT_UNDERSTOOD.en.format(shown))
        raise Refusal("answer-unknown", text) from error


def changed(intake: Intake, change: Change) -> Intake:
    """Return `intake` with a change made: what can be several is added, all else replaced."""
    new: dict[str, Any] = dict(change)
    if "accept" in new:
        new["accept"] = intake.accept | set(new["accept"])
    if "uses" in new:
        new["uses"] = tuple(dict.fromkeys([*intake.uses, *new["uses"]]))
    if "attributes" in new:
        new["attributes"] = {**intake.attributes, **new["attributes"]}
    return replace(intake, **new)


def answered(intake: Intake, option: str) -> Intake:
    """Return `intake` with an option applied; errors as `change`."""
    return changed(intake, change(option))


def stored(intake: Intake) -> dict[str, Any]:
    """Return what was said about a plan as plain data, without what belongs to the catalogue."""
    return {
        "source_crs": intake.source_crs,
        "layer": intake.layer,
        "encoding": intake.encoding,
        "accept": sorted(intake.accept),
        "kind": intake.kind,
        "uses": list(intake.uses),
        "procedure": intake.procedure,
        "title": intake.title,
        "width_m": intake.width_m,
        "radius_m": intake.radius_m,
        "accuracy_m": intake.accuracy_m,
        "origin": intake.origin,
        "attributes": dict(intake.attributes),
        "named": intake.named,
    }


def intake_from(
    said: Mapping[str, Any],
    crs: CRS,
    vocabulary: Vocabulary,
    area: BaseGeometry | None = None,
    beside_m: float = 0.0,
) -> Intake:
    """Return the intake that `stored` has written, under a catalogue of today.

    Raises
    ------
    TypeError
        For a name that `Intake` does not have: written by a newer version.
    """
    plain = dict(said)
    plain["accept"] = frozenset(plain.get("accept", ()))
    plain["uses"] = tuple(plain.get("uses", ()))
    return Intake(crs=crs, vocabulary=vocabulary, area=area, beside_m=beside_m, **plain)


def _metres(text: str) -> float:
    value = float(text.replace(",", "."))
    if not (math.isfinite(value) and 0 <= value <= LONGEST_M):
        raise ValueError(text)
    return value


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text


def _origin(text: str) -> str:
    if text not in origin.TITLES:
        raise ValueError(text)
    return text


def _attribute(text: str) -> dict[str, str]:
    name, _, value = text.partition("=")
    if name not in KNOWN:
        raise ValueError(text)
    return {name: _word(value)}


def _several(text: str) -> list[str]:
    return [_word(text)]


OPTIONS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "--crs": ("source_crs", _word),
    "--plan-layer": ("layer", _word),
    "--encoding": ("encoding", _word),
    "--accept": ("accept", _several),
    "--width": ("width_m", _metres),
    "--radius": ("radius_m", _metres),
    "--accuracy": ("accuracy_m", _metres),
    "--origin": ("origin", _origin),
    "--kind": ("kind", _word),
    "--use": ("uses", _several),
    "--procedure": ("procedure", _word),
    "--title": ("title", _word),
    "--attribute": ("attributes", _attribute),
}
