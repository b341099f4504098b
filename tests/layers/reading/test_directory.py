"""How many members an archive has is found out before a list of them is made."""

import errno
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis.problem import Refusal
from layers import reading
from layers.reading import archive
from layers.reading.archive import extract, inspected
from layers.reading.attachments import attachments
from layers.reading.directory import MOST, MOST_BYTES, opened, understood
from layers.reading.profile import UPLOAD
from service.plans.intake import read_plan
from tests.layers.reading.test_archive import POINT, packed
from tests.service.plans.test_apart import intake

HEAD = b"PK\3\4" + bytes(26)  # of a member that is named by nothing
LISTED = b"PK\1\2" + bytes(42)


def listing(number: int, *, claimed: int | None = None, large: bool = False) -> bytes:
    """Return an archive of so many members, with an end that claims another number; `large` with
    the records of ZIP64."""
    size, said = number * len(LISTED), number if claimed is None else claimed
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, said % 65_536, said % 65_536, size, len(HEAD), 0)
    if large:
        record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, said, said, size, len(HEAD))
        locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(HEAD) + size, 1)
        end = record + locator + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *[2**16 - 1] * 2,
                                             *[2**32 - 1] * 2, 0)  # fmt: skip
    return HEAD + number * LISTED + end


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is made of the members of archives, as it is."""
    names: list[str] = []

    class Counted(zipfile.ZipInfo):
        def __init__(self, *given: Any, **more: Any) -> None:
            names.append("")
            super().__init__(*given, **more)

    monkeypatch.setattr(zipfile, "ZipInfo", Counted)
    return names


@pytest.mark.parametrize(
    "content",
    [
        listing(1_050_000),
        listing(1_050_000, large=True),
        listing(1_050_000, claimed=1),
        listing(MOST_BYTES // len(LISTED), claimed=1, large=True),
        listing(MOST + 1),
    ],
    ids=["many", "zip64", "untrue", "untrue_zip64", "few_bytes"],
)
def test_too_many_members_are_never_listed(tmp_path: Path, made: list[str], content: bytes) -> None:
    path = tmp_path / "plan.zip"
    path.write_bytes(content)
    for look in (reading.read, lambda path: next(attachments(path, tmp_path))):
        with pytest.raises(Refusal) as caught:
            look(path)
        assert caught.value.code == "archive-entries"
    assert made == []


def test_as_many_as_may_be_are_listed(tmp_path: Path, made: list[str]) -> None:
    path = tmp_path / "plan.zip"
    path.write_bytes(listing(MOST, large=True))
    with opened(path) as archive:
        assert len(archive.infolist()) == MOST == len(made)


def test_a_remark_at_the_end_is_no_list(tmp_path: Path) -> None:
    path = packed(tmp_path, ("plan.geojson", POINT))
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"PK\1\2" * 16_000
    assert len(reading.read(path).geometries) == 1


@pytest.mark.parametrize(
    "error", [OSError("Invalid data stream"), OSError(errno.EINVAL, "place"), ValueError(),
              IndexError(), struct.error(), UnicodeDecodeError("utf-8", b"a", 0, 1, "no")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_a_damaged_archive_raises_is_said_of_it(error: Exception) -> None:
    with pytest.raises(Refusal) as caught, understood():
        raise error
    assert caught.value.code == "archive-corrupt"
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EMFILE, errno.ENOENT])
def test_a_fault_of_the_disk_is_none_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def broken(*_: Any) -> Any:
        raise OSError(number, "of ours")

    path = packed(tmp_path, ("a.pdf", POINT))
    with inspected(path, UPLOAD) as (archive, (member,)):
        with pytest.raises(FileNotFoundError):
            extract(archive, member, tmp_path / "nowhere" / "a.pdf", UPLOAD)
        monkeypatch.setattr(zipfile.ZipExtFile, "read", broken)
        with pytest.raises(OSError, match="of ours"):
            extract(archive, member, tmp_path / "a.pdf", UPLOAD)


def test_a_full_disk_is_said_to_be_one_by_whoever_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = packed(tmp_path, ("a.geojson", POINT))
    monkeypatch.setattr(archive, "extract", full)
    with pytest.raises(OSError, match="No space"):
        reading.read(path)
    with pytest.raises(OSError, match="No space"):
        read_plan(path, intake())


def torn(content: bytes) -> bytes:
    """Return an archive with other bytes where a stream of bzip2 begins."""
    return content.replace(b"BZh91AY", b"BZh91A\0")


def misnamed(content: bytes) -> bytes:
    """Return an archive with a name that is no UTF-8."""
    return content.replace("ä".encode(), b"\xff\xff")


@pytest.mark.parametrize("damage", [torn, misnamed])
def test_the_damage_of_a_plan_is_named_as_such(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = packed(tmp_path, ("plän.geojson", POINT), method=zipfile.ZIP_BZIP2)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refusal) as caught:
        reading.read(path)
    assert caught.value.code == "archive-corrupt"


def test_documents_are_packed_as_archives_usually_are(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = packed(tmp_path, ("plan.geojson", POINT), ("a.pdf", "%PDF-"), method=method)
        with pytest.raises(Refusal) as caught:
            next(attachments(path, tmp_path))
        assert caught.value.code == "archive-method"
        assert len(reading.read(path).geometries) == 1
