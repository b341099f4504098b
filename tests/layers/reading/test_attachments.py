import zipfile
from pathlib import Path

import pytest

from gis.problem import Refusal
from layers.reading.attachments import Attachment, attachments
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
BESIDE = ["plan.pdf", "scan/Übersicht.png", "scan/Übersicht.pgw", "falsch.pdf", "brief.docx"]


def packed(tmp_path: Path, files: dict[str, bytes] = FILES) -> Path:
    path = tmp_path / "plan.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (made := tmp_path / "out").mkdir()
    return made


def test_each_is_copied_whole_under_its_number(tmp_path: Path, folder: Path) -> None:
    found = list(attachments(packed(tmp_path), folder))
    assert found == [Attachment(name, folder / str(n)) for n, name in enumerate(BESIDE)]
    assert [one.path.read_bytes() for one in found] == [FILES[name] for name in BESIDE]
    assert len(list(folder.iterdir())) == len(BESIDE)


def test_a_copy_may_be_gone_before_the_next_is_made(tmp_path: Path, folder: Path) -> None:
    for one in attachments(packed(tmp_path), folder):
        assert list(folder.iterdir()) == [one.path]
        one.path.unlink()


def test_a_torn_one_is_found_in_its_turn(tmp_path: Path, folder: Path) -> None:
    path = packed(tmp_path)
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("brief.docx")
    content[member.header_offset + 30 + len(member.filename) + 3] ^= 0xFF
    path.write_bytes(content)
    found = attachments(path, folder)
    assert [next(found).name for _ in BESIDE[:-1]] == BESIDE[:-1]
    with pytest.raises(Refusal) as caught:
        next(found)
    assert caught.value.code == "archive-corrupt"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../plan.pdf": PDF}, "archive-path"),
        ({"mehr.zip": b"PK"}, "archive-nested"),
        ({"bombe.pdf": bytes(3_000_000)}, "archive-ratio"),
        ({"a.pdf": PDF, "start.exe": b"MZ"}, "format-not-allowed"),
        ({f"{i}.pdf": PDF for i in range(UPLOAD.most_members + 1)}, "archive-entries"),
    ],
)
def test_refused_before_anything_is_copied(
    tmp_path: Path, folder: Path, files: dict[str, bytes], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        next(attachments(packed(tmp_path, files), folder))
    assert caught.value.code == code
    assert not list(folder.iterdir())
