import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from service.blobs import Blobs
from service.errors import TooLargeError, UnavailableError

CONTENT = b"plan" * 1_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_bytes_lie_under_their_hash(tmp_path: Path) -> None:
    stored = Blobs(tmp_path).store(io.BytesIO(CONTENT), most=10_000)
    assert (stored.sha256, stored.size) == (SHA256, len(CONTENT))
    assert files(tmp_path) == [tmp_path / SHA256[:2] / SHA256]
    assert stored.path.read_bytes() == CONTENT


def test_the_limit_counts_what_arrives_and_nothing_stays(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError) as error:
        Blobs(tmp_path).store(io.BytesIO(CONTENT), most=len(CONTENT) - 1)
    assert error.value.more == {"limit_bytes": len(CONTENT) - 1}
    assert files(tmp_path) == []
    assert Blobs(tmp_path).store(io.BytesIO(CONTENT), most=len(CONTENT)).size == len(CONTENT)


def test_what_arrives_is_gone_unless_it_is_kept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    with blobs.arriving(io.BytesIO(CONTENT), most=10_000) as arrived:
        assert arrived.path.read_bytes() == CONTENT
    assert files(tmp_path) == []
    with (
        pytest.raises(ValueError, match="refused"),
        blobs.arriving(io.BytesIO(CONTENT), most=10_000) as arrived,
    ):
        raise ValueError("refused")
    assert files(tmp_path) == []


def test_the_same_bytes_twice_are_one_file(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    first, second = (blobs.store(io.BytesIO(CONTENT), most=10_000) for _ in range(2))
    assert first.path == second.path
    assert len(files(tmp_path)) == 1


def test_a_refused_upload_does_not_take_the_same_bytes_from_another(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    with blobs.arriving(io.BytesIO(CONTENT), most=10_000):
        kept = blobs.store(io.BytesIO(CONTENT), most=10_000)
    assert kept.path.read_bytes() == CONTENT


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError) as error:
        Blobs(tmp_path).store(io.BytesIO(CONTENT), most=10_000)
    assert error.value.code == "storage-full"


def test_the_sweep_takes_only_what_is_old_and_unknown(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    known, stray, young = (blobs.store(io.BytesIO(c), most=9) for c in (b"a", b"b", b"c"))
    torn = tmp_path / "spool" / "x.part"
    torn.write_bytes(b"half")
    yesterday = time.time() - 90_000
    for path in (known.path, stray.path, torn):
        os.utime(path, (yesterday, yesterday))
    assert blobs.sweep(frozenset({known.sha256})) == 2
    assert sorted(p.name for p in files(tmp_path)) == sorted([known.sha256, young.sha256])
