"""Closing a draft: nothing may be missing that the coordinator has not answered for."""

from gis.problem import Text
from service.consolidation.gathering import Gathered
from service.consolidation.obstacles import uncovered
from service.errors import UnusableError
from service.models.statement import Statement


def closable(found: Gathered, draft: Statement) -> None:
    """Let pass a draft that can be signed.

    Raises
    ------
    UnusableError
        ``statement-incomplete`` with every obstacle that has no reason yet; ``assessment-missing``.
    """
    if left := uncovered(found.obstacles, draft.gaps):
        named = [{"key": one.key, "de": one.text.de, "en": one.text.en} for one in left]
        raise UnusableError("statement-incomplete", INCOMPLETE, obstacles=named)
    if not (draft.assessment or "").strip() or draft.verdict is None:
        raise UnusableError("assessment-missing", ASSESSMENT)


INCOMPLETE = Text(
    "Es fehlt noch etwas (`obstacles`). Bitte klären, oder unter `gaps` je Punkt begründen, warum "
    "die Stellungnahme trotzdem ergeht; die Lücke steht dann darin.",
    "Something is missing (`obstacles`). Please settle it, or say under `gaps` for each why the "
    "statement goes out all the same; the gap then stands in it.",
)
ASSESSMENT = Text(
    "Gesamturteil (`verdict`) und Gesamtbeurteilung (`assessment`) fehlen noch.",
    "Overall verdict (`verdict`) and assessment (`assessment`) are missing.",
)
