"""How documents are called, and as what they are filed."""

import pytest

from layers.reading.document import GML, PDF, TEXT, TYPES
from layers.reading.packages import WORD, ZIP
from service.cases.document_kind import kind_of
from service.cases.media import ENDINGS, named


@pytest.mark.parametrize(
    ("given", "media_type", "shown"),
    [
        ("Begründung.PDF", PDF, "Begründung.PDF"),
        ("C:\\Akten\\plan.pdf", PDF, "plan.pdf"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("start.exe", PDF, "start.exe.pdf"),
        ("a\r\nb\u202egnp.pdf", PDF, "abgnp.pdf"),
        (None, PDF, "document.pdf"),
        (".pdf", PDF, "pdf.pdf"),
        ("x" * 300 + ".docx", WORD, "x" * 195 + ".docx"),
    ],
)
def test_names_fit_what_it_is(given: str | None, media_type: str, shown: str) -> None:
    assert named(given, media_type) == shown


@pytest.mark.parametrize(
    ("name", "media_type", "kind"),
    [
        ("Begründung zum B-Plan.pdf", PDF, "report"),
        ("Umweltbericht.pdf", PDF, "report"),
        ("Anschreiben.pdf", PDF, "letter"),
        ("Planzeichnung.pdf", PDF, "plan"),
        ("scan.png", "image/png", "plan"),
        ("7.pdf", PDF, "other"),
        ("a.zip", ZIP, "xplan"),
        ("a.gml", GML, "xplan"),
    ],
)
def test_kinds_by_name_and_type(name: str, media_type: str, kind: str) -> None:
    assert kind_of(name, media_type) == kind


def test_every_type_has_its_endings() -> None:
    assert ENDINGS.keys() == TYPES
