"""How far the data behind a finding can be trusted, in one short line for people."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gis.problem import Text
from service.figures import day, number
from service.report import words

Say = Callable[[Text], str]  # picks the language of a text


def trust(finding: Mapping[str, Any], say: Say) -> str:
    """Return scale, accuracy, completeness and renewal of the data; empty where nobody said."""
    return "; ".join(_trust(finding, say))


def _trust(finding: Mapping[str, Any], say: Say) -> Iterator[str]:
    quality = finding["quality"]
    if quality["scale"] is not None:
        yield f"1 : {say(number(float(quality['scale']), 0))}"
    if finding["accuracy_m"]:
        exact = f"{finding['accuracy_m']:g}"
        yield f"± {say(Text(exact.replace('.', ','), exact))} m"
    if quality["completeness"] is not None:
        yield quality["completeness"]
    if quality["next_refresh"] is not None:
        due = day(quality["next_refresh"])
        yield say(Text(f"nächste Fortführung {due.de}", f"next renewal {due.en}"))
    if finding["overdue"] is not None:
        yield finding["overdue"]


def by_hand(finding: Mapping[str, Any], say: Say) -> str:
    """Return who has settled a finding by hand; empty where nobody has."""
    answer = finding["by_hand"]
    if answer is None:
        return ""
    told = f"{say(words.BY_HAND)}: {answer['by']}, {say(day(answer['on']))}: {answer['basis']}"
    if answer["until"] is None:
        return told
    return f"{told} ({say(Text('gilt bis', 'until'))} {say(day(answer['until']))})"
