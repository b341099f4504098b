"""Closing a draft: nothing may be missing that the coordinator has not answered for."""

from gis.problem import Text
from service.consolidation.gathering import Gathered
from service.errors import UnusableError
from service.models.statement import Statement


def ready(found: Gathered, draft: Statement) -> None:
    """Let pass a draft that can be signed.

    Raises
    ------
    UnusableError
        ``assessment-missing``; ``statement-incomplete`` with everything that is open and not
        accepted with a reason, and what no reason can replace.
    """
    if not (draft.assessment or "").strip() or draft.verdict is None:
        raise UnusableError("assessment-missing", ASSESSMENT)
    left = [one for one in found.opens if one.firm or not one.accepted]
    if left:
        named = [
            {"kind": one.kind, "subject": one.subject, "firm": one.firm, "de": one.title.de,
             "en": one.title.en}
            for one in left
        ]  # fmt: skip
        raise UnusableError("statement-incomplete", INCOMPLETE, open=named)


INCOMPLETE = Text(
    "Es ist noch etwas offen (`open`). Bitte klären, oder unter `gaps` je Punkt begründen, warum "
    "die Stellungnahme trotzdem ergeht; die Lücke steht dann darin. Was `firm` ist, kann keine "
    "Begründung ersetzen.",
    "Something is open (`open`). Please settle it, or say under `gaps` for each why the statement "
    "goes out all the same; the gap then stands in it. For what is `firm` no reason will do.",
)
ASSESSMENT = Text(
    "Gesamturteil (`verdict`) und Gesamtbeurteilung (`assessment`) fehlen noch.",
    "Overall verdict (`verdict`) and assessment (`assessment`) are missing.",
)
