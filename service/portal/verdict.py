"""What a check comes to, in a few words: how many offices, and who may stand in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gis.problem import Text
from service.report.words import EFFECTS

GRAVE = ("prohibition", "consent", "assessment")  # gravest first


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many offices are certain and how many possible; of what is grave, whose it is."""

    certain: int
    possible: int
    grave: tuple[tuple[Text, tuple[str, ...]], ...]


def verdict(report: Mapping[str, Any]) -> Verdict:
    """Return what a report comes to; an office stands at the gravest it says for certain."""
    offices = report["offices"]
    sure = [one for one in offices if one["certainty"] == "certain"]
    found = ((e, tuple(one["name"] for one in sure if one["effect"] == e)) for e in GRAVE)
    return Verdict(
        len(sure),
        len(offices) - len(sure),
        tuple((EFFECTS[e], names) for e, names in found if names),
    )
