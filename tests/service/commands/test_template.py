"""`belang template`: Belang's own is saved, one's own is checked."""

import json
from pathlib import Path

import pytest
from docx import Document as open_document

from service.cli import main
from service.statements.default_template import default_template

Printed = pytest.CaptureFixture[str]


def test_what_was_saved_can_be_used(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "vorlage.docx"
    assert main(["template", "save", str(path)]) == 0
    assert path.read_bytes() == default_template()
    assert main(["template", "check", str(path)]) == 0
    assert f"{path}: ok" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"), [("de", "Text, Absatz 1"), ("en", "Text, paragraph 1")]
)
def test_an_unknown_placeholder_has_its_paragraph(
    tmp_path: Path, capsys: Printed, language: str, words: str
) -> None:
    path = tmp_path / "vorlage.docx"
    document = open_document()
    document.add_paragraph("{{ adresat }}")
    document.save(str(path))
    assert main(["template", "check", str(path), "--lang", language]) == 2
    said = capsys.readouterr().out
    assert "adresat" in said
    assert words in said


def test_the_placeholders_are_listed(capsys: Printed) -> None:
    assert main(["template", "placeholders"]) == 0
    assert "mailbox" in json.loads(capsys.readouterr().out)["sender"]


def test_nothing_is_overwritten_and_a_file_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "da.docx"
    path.write_bytes(b"x")
    assert main(["template", "save", str(path)]) == 64
    assert main(["template", "save", str(tmp_path / "nicht" / "da.docx")]) == 64
    assert main(["template", "check", str(tmp_path / "fehlt.docx")]) == 64
    assert main(["template", "check"]) == 64
    assert path.read_bytes() == b"x"
