"""What stands against closing a statement. Pure: the coordinator may close over it with a reason,
which then stands in the statement.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis.problem import Text
from service.cases.tasks.state import TaskState
from service.consolidation.voices import Voice, Voices
from service.models.statement import Contradiction
from service.models.supplement import Supplement

MISSING, UNRESOLVED, CONTRADICTS, OWED = "office", "layer", "contradiction", "supplement"
NOT_CHECKED, NOT_ASKED = "check", "release"
ANSWERED = frozenset({TaskState.ANSWERED, TaskState.NOT_AFFECTED})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that is missing: its kind, what it is about, in words."""

    kind: str
    subject: str
    text: Text

    @property
    def key(self) -> str:
        """Name it, so that a reason for closing over it can refer to it."""
        return f"{self.kind}:{self.subject}"


def obstacles(
    voices: Voices,
    report: Mapping[str, Any] | None,
    contradictions: Iterable[Contradiction],
    supplements: Iterable[Supplement],
    names: Mapping[str, str],
) -> list[Obstacle]:
    """Return all that is missing; an office without an answer first.

    `report` is the internal one of the last check of the draft the statement is on, None without.
    """
    found = [*_check(report), *_asked(voices)]
    found += [_missing(one, names) for one in voices.offices if not has_answered(one)]
    found += [_unresolved(gap) for gap in (report or {"unresolved": ()})["unresolved"]]
    found += [_contradicting(one) for one in contradictions if one.state == "open"]
    found += [_owed(one) for one in supplements if one.state in ("asked", "forwarded")]
    return found


def uncovered(found: Iterable[Obstacle], gaps: Iterable[Mapping[str, Any]]) -> list[Obstacle]:
    """Return those for which the coordinator has given no reason."""
    said = {gap["key"] for gap in gaps if gap.get("reason")}
    return [one for one in found if one.key not in said]


def has_answered(voice: Voice) -> bool:
    """Tell whether an office has answered: silence never counts, whatever its task is called."""
    if voice.task.state == TaskState.NOT_AFFECTED:
        return True
    return voice.contribution is not None


def _check(report: Mapping[str, Any] | None) -> Sequence[Obstacle]:
    if report is not None:
        return ()
    text = Text("Der letzte Planstand ist nicht geprüft.", "The last draft has not been checked.")
    return (Obstacle(NOT_CHECKED, "last", text),)


def _asked(voices: Voices) -> Sequence[Obstacle]:
    if voices.offices:
        return ()
    text = Text(
        "Zum letzten Planstand ist kein Amt beteiligt.", "No office was asked on the last draft."
    )
    return (Obstacle(NOT_ASKED, "last", text),)


def _missing(voice: Voice, names: Mapping[str, str]) -> Obstacle:
    name = names.get(voice.office, voice.office)
    day = f"{voice.task.due:%d.%m.%Y}"
    text = Text(
        f"{name} hat nicht geantwortet (Frist {day}).",
        f"{name} has not answered (due {voice.task.due.isoformat()}).",
    )
    return Obstacle(MISSING, voice.office, text)


def _unresolved(gap: Mapping[str, Any]) -> Obstacle:
    title = gap.get("title") or gap["layer"]
    text = Text(f"{title}: ungeklärt – {gap['reason']}", f"{title}: unresolved – {gap['reason']}")
    return Obstacle(UNRESOLVED, gap["layer"], text)


def _contradicting(one: Contradiction) -> Obstacle:
    text = Text(
        f"{one.first} und {one.second} widersprechen sich.",
        f"{one.first} and {one.second} contradict each other.",
    )
    return Obstacle(CONTRADICTS, f"{one.first}/{one.second}", text)


def _owed(one: Supplement) -> Obstacle:
    text = Text(
        f"Eine Nachforderung ist offen: {one.question}",
        f"A supplement is owed: {one.question}",
    )
    return Obstacle(OWED, str(one.id), text)
