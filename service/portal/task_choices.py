"""What can be chosen in the forms on the page of a task."""

from collections.abc import Mapping
from typing import Any

from gis.problem import Text
from service.api.contribution_forms import ItemIn
from service.cases.answering.labels import PLAIN
from service.portal import words
from service.portal.task_view import View

EDITIONS = {
    "public": Text("öffentlich", "public"),
    "internal": Text("nur im Haus", "inside only"),
}
BLANK = ItemIn.model_validate({"kind": "hinweis"})


def choices(view: View, language: str) -> dict[str, Any]:
    """Return the choices by the names the templates know them by."""

    def said(given: Mapping[str, Text]) -> list[tuple[str, str]]:
        return [(code, text.in_language(language)) for code, text in given.items()]

    return {
        "blank": BLANK,
        "kinds": said(PLAIN),
        "editions": said(EDITIONS),
        "bindings": said(words.BINDINGS),
        "exceptions": said(words.EXCEPTIONS),
        "topics": said(words.TOPICS),
        "stances": said(words.STANCES),
        "why_not": said(words.WHY_NOT),
        "layers": [(found.layer, found.title) for found in view.findings],
        "files": [(str(one.id), one.filename) for one in view.documents],
        "colleagues": [(str(one.id), one.name) for one in view.colleagues],
        "contributions": words.CONTRIBUTIONS,
        "supplements": words.SUPPLEMENTS,
        "document_kinds": words.DOCUMENTS,
    }
