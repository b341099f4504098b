"""Documents looked through in a process of their own: what they are, and nothing else of them."""

import errno
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pytest

from gis.problem import Refusal
from layers.apart.apart import UnavailableError
from layers.apart.limits import Limits
from layers.reading.document import recognised
from layers.reading.profile import UPLOAD
from service.plans.apart import Reader
from service.plans.handing import copied
from service.plans.paperreader import opened
from service.plans.papers import Unpack, unpack
from tests.builders import geojson, rectangle
from tests.files import open_files
from tests.layers.reading.test_document import NOT_TAKEN, TAKEN
from tests.service.cases import files
from tests.service.cases.files import packed
from tests.service.plans.test_apart import intake

Sent = Callable[[bytes], Path]
KMZ = packed({"doc.kml": b"<kml/>", "files/a.png": b"\x89PNG\r\n\x1a\n"})
BESIDE = {
    "Begründung.pdf": files.PDF,
    "anlagen/Karte.docx": packed(files.WORD),
    "alt.doc": files.OLE,
    "Übersicht.pgw": b"1\n0\n0\n-1\n0\n0\n",
}


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return an archive with a plan of 100 m² and what lies beside it."""
    drawn = geojson(tmp_path_factory.mktemp("plan") / "a.geojson", [rectangle(0, 0, 10, 10)])
    return packed({"plan.geojson": drawn.read_bytes(), **BESIDE})


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with closing(Reader()) as found:
        yield found


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    """Write what somebody sends."""

    def write(content: bytes) -> Path:
        (path := tmp_path / "arrived").write_bytes(content)
        return path

    return write


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where temporary files lie as long as the test lasts."""
    (folder := tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def of(deed: str, **limits: int) -> Reader:
    """Return a reader that was taken over."""
    where = "tests.service.plans.forging" if not limits else "tests.layers.apart.deeds"
    return Reader(Limits(**limits), work=f"{where}:{deed}")


# --- as it would be here -------------------------------------------------------------------


def test_a_document_is_what_it_would_be_here(reader: Reader, sent: Sent) -> None:
    for content, media_type in TAKEN:
        assert reader.papers.recognised(sent(content)) == media_type


def test_refusals_are_the_same_as_here(reader: Reader, sent: Sent) -> None:
    for content, code in NOT_TAKEN:
        with pytest.raises(Refusal) as here:
            recognised(sent(content))
        with pytest.raises(Refusal) as there:
            reader.papers.recognised(sent(content))
        assert (there.value.code, there.value.text) == (code, here.value.text)


def test_this_process_opens_no_archive_and_parses_nothing(
    reader: Reader, plan: bytes, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(*_: Any) -> Any:
        raise AssertionError

    reader.isolation()  # what it reads with was imported before
    word = packed(files.WORD)
    monkeypatch.setattr(zipfile, "ZipFile", here)
    monkeypatch.setattr(expat, "ParserCreate", here)
    assert reader.papers.recognised(sent(word)).endswith("document")
    assert reader.papers.recognised(sent(b"<a/>")) == "application/xml"
    with reader.papers.beside(sent(plan)) as papers:
        assert len(papers) == len(BESIDE)
    assert reader.read(sent(plan), intake()).geometry.footprint.area == 100.0


def test_what_lies_beside_a_plan_lies_there_as_it_was_packed(
    reader: Reader, plan: bytes, sent: Sent
) -> None:
    with reader.papers.beside(sent(plan)) as papers:
        refused = {one.name: one.refused for one, _ in papers}
        kept = {one.name: copy.read_bytes() for one, copy in papers if one.media_type}
        places = [copy.parent for _, copy in papers]
    assert refused == {**dict.fromkeys(BESIDE), "alt.doc": "document-old-office"}
    assert kept == {name: BESIDE[name] for name, code in refused.items() if code is None}
    assert not any(place.exists() for place in places)


def test_a_plan_alone_has_nothing_beside_it(reader: Reader, sent: Sent, tmp_path: Path) -> None:
    for path in (sent(KMZ), geojson(tmp_path / "plan.geojson", [rectangle(0, 0, 9, 9)])):
        with reader.papers.beside(path) as papers:
            assert papers == []


def test_a_damaged_archive_is_refused_as_such(reader: Reader, sent: Sent) -> None:
    damaged = files.misnamed(packed({"plan.gml": b"<a/>", "a.pdf": files.PDF}), "a.pdf")
    with pytest.raises(Refusal) as caught, reader.papers.beside(sent(damaged)):
        pytest.fail("it was opened")
    assert caught.value.code == "archive-corrupt"


def test_nothing_is_left_of_what_was_refused(
    reader: Reader, plan: bytes, sent: Sent, scratch: Path
) -> None:
    reader.isolation()
    before = open_files()
    for content in (files.misnamed(plan, "alt.doc"), packed({"a.exe": b"MZ", "a.gml": b"<a/>"})):
        with pytest.raises(Refusal):
            reader.papers.recognised(sent(content))
        with pytest.raises(Refusal), reader.papers.beside(sent(content)):
            pytest.fail("it was taken")
    assert not list(scratch.iterdir())
    assert open_files() == before


# --- too much ------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", ["hunger", "loop", "nonsense", "fall", "err", "echo"])
def test_what_takes_too_much_or_answers_anything_is_refused(
    plan: bytes, sent: Sent, deed: str
) -> None:
    with closing(of(deed, memory_mb=64, cpu_s=1)) as reader:
        with pytest.raises(Refusal) as caught:
            reader.papers.recognised(sent(b"<a/>"))
        assert caught.value.code == "document-unread"
        with pytest.raises(Refusal) as caught, reader.papers.beside(sent(plan)):
            pytest.fail("it was believed")
        assert caught.value.code == "document-unread"


def test_large_documents_are_looked_through_in_time(reader: Reader, sent: Sent) -> None:
    many = b"<a>" + b"<b/>" * 20_000_000 + b"</a>"
    assert reader.papers.recognised(sent(many)) == "application/xml"
    assert reader.papers.recognised(sent(b"3 ha\n" * 10_000_000)) == "text/plain"


def test_more_than_may_be_read_is_not_half_looked_at(
    reader: Reader, plan: bytes, sent: Sent
) -> None:
    with (path := sent(plan)).open("r+b") as file:
        file.truncate(UPLOAD.most_bytes + 10)
    with pytest.raises(Refusal) as caught, reader.papers.beside(path):
        pytest.fail("it was unpacked")
    assert caught.value.code == "plan-too-large"


@pytest.mark.usefixtures("scratch")
def test_a_disk_without_room_is_no_fault_of_the_file(
    reader: Reader, plan: bytes, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(UnavailableError):
        copied(sent(plan), Path("/dev/full"))
    monkeypatch.setattr("service.plans.handing.TemporaryDirectory", full)
    with pytest.raises(UnavailableError):
        reader.papers.recognised(sent(b"<a/>"))
    with pytest.raises(UnavailableError), reader.papers.beside(sent(plan)):
        pytest.fail("it was unpacked")
    with pytest.raises(UnavailableError):
        reader.read(sent(b"{}"), intake())


def test_a_second_try_begins_where_the_first_was_ended(plan: bytes, tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(plan)
    assert unpack(Unpack("sent"), tmp_path) == unpack(Unpack("sent"), tmp_path)


# --- taken over ----------------------------------------------------------------------------

LEFT, ANSWERED = "other documents than it says", "looking through documents broke off: ValueError"
LEAVES = {
    "link": LEFT, "nothing": LEFT, "folder": LEFT, "secret": LEFT, "riddle": LEFT,
    "sea": "more than an archive may hold",
    "script": ANSWERED, "bell": ANSWERED, "neither": ANSWERED, "crowd": ANSWERED, "odd": ANSWERED,
}  # fmt: skip


@pytest.mark.parametrize("deed", LEAVES)
def test_what_a_child_leaves_is_looked_at(
    plan: bytes, sent: Sent, deed: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(of(deed)) as reader:
        with pytest.raises(Refusal) as caught, reader.papers.beside(sent(plan)):
            pytest.fail("it was believed")
        assert caught.value.code == "document-unread"
    assert LEAVES[deed] in caplog.text


@pytest.mark.parametrize("deed", ["page", "picture"])
def test_a_type_that_it_cannot_be_is_not_believed(sent: Sent, deed: str) -> None:
    with closing(of(deed)) as reader, pytest.raises(Refusal) as caught:
        reader.papers.recognised(sent(b"<a/>"))
    assert caught.value.code == "document-unread"


def test_a_code_that_is_none_is_not_passed_on(sent: Sent) -> None:
    with closing(of("header")) as reader, pytest.raises(Refusal) as caught:
        reader.papers.recognised(sent(b"<a/>"))
    assert caught.value.code == "document-unread"


@pytest.mark.parametrize("deed", ["shut", "gone"])
def test_a_folder_in_disorder_harms_nobody(
    plan: bytes, sent: Sent, deed: str, scratch: Path
) -> None:
    with closing(of(deed)) as reader, reader.papers.beside(sent(plan)) as papers:
        ((paper, copy),) = papers
        with opened(copy) as file:
            assert file.read() == b"a"
        copy.unlink()
        assert paper.name == "a.txt"
    assert not list(scratch.iterdir())


def test_a_pipe_or_a_link_is_no_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "of another").write_bytes(b"a")
    os.mkfifo(tmp_path / "0")
    (tmp_path / "1").hardlink_to(tmp_path / "of another")
    before = open_files()
    for number in "01":
        with pytest.raises(OSError, match="of its own"):
            opened(tmp_path / number)
    assert open_files() == before
