import zipfile
from pathlib import Path

import pytest

from gis.problem import Refusal
from layers.reading.attachments import Attachment, attachments, copied
from layers.reading.profile import UPLOAD
from tests.layers.reading.test_xplan import document

PDF, PNG = b"%PDF-1.7 Begruendung", b"\x89PNG\r\n\x1a\n...."
FILES = {
    "xplan.gml": document().encode(),
    "plan.pdf": PDF,
    "scan/Übersicht.png": PNG,
    "scan/Übersicht.pgw": b"1\n0\n0\n-1\n0\n0\n",
    "__MACOSX/._plan.pdf": b"x",
    "falsch.pdf": b"MZ\x90\0",
    "brief.docx": b"not really",
}


def packed(tmp_path: Path, files: dict[str, bytes] = FILES) -> Path:
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_names_types_by_content_and_sizes(tmp_path: Path) -> None:
    assert attachments(packed(tmp_path)) == (
        Attachment("plan.pdf", "application/pdf", len(PDF)),
        Attachment("scan/Übersicht.png", "image/png", len(PNG)),
        Attachment("scan/Übersicht.pgw", "text/plain", 13),
        Attachment("falsch.pdf", "application/octet-stream", 4),
        Attachment("brief.docx", "application/octet-stream", 10),
    )


def test_other_files_have_none(tmp_path: Path) -> None:
    path = tmp_path / "plan.gml"
    path.write_text(document(), encoding="utf-8")
    assert attachments(path) == ()


def test_one_is_copied_whole(tmp_path: Path) -> None:
    target = tmp_path / "out"
    found = copied(packed(tmp_path), "plan.pdf", target)
    assert target.read_bytes() == PDF
    assert found == Attachment("plan.pdf", "application/pdf", len(PDF))
    with pytest.raises(FileExistsError):
        copied(packed(tmp_path), "plan.pdf", target)
    assert target.read_bytes() == PDF


@pytest.mark.parametrize("name", ["fehlt.pdf", "xplan.gml", "__MACOSX/._plan.pdf"])
def test_only_attachments_can_be_copied(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        copied(packed(tmp_path), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_torn_copy_is_removed(tmp_path: Path) -> None:
    path = packed(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("brief.docx")
    content[member.header_offset + 30 + len(member.filename) + 3] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Refusal) as caught:
        copied(path, "brief.docx", tmp_path / "out")
    assert caught.value.code == "archive-corrupt"
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../plan.pdf": PDF}, "archive-path"),
        ({"mehr.zip": b"PK"}, "archive-nested"),
        ({"bombe.pdf": bytes(3_000_000)}, "archive-ratio"),
        ({"start.exe": b"MZ"}, "format-not-allowed"),
        ({f"{i}.pdf": PDF for i in range(UPLOAD.most_members + 1)}, "archive-entries"),
    ],
)
def test_refused(tmp_path: Path, files: dict[str, bytes], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        attachments(packed(tmp_path, files))
    assert caught.value.code == code
