"""The key of the links in mails: safe on disk before it is used, and never replaced unasked."""

from pathlib import Path
from uuid import uuid4

import pytest

from service import seal
from service.errors import UnavailableError


def test_a_seal_opens_here_and_nowhere_else(tmp_path: Path) -> None:
    number = uuid4()
    word = seal.sealed(tmp_path, number)
    assert len(word) == seal.LENGTH
    assert seal.opened(tmp_path, word) == number
    assert seal.opened(tmp_path / "elsewhere", word) is None
    assert seal.opened(tmp_path, "ä" * seal.LENGTH) is None
    assert seal.opened(tmp_path, word[:-4]) is None


def test_the_key_is_on_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, steps = tmp_path / seal.KEY, list[tuple[bool, bool]]()

    def synced(path: Path) -> None:
        written = path.is_file() and path.stat().st_size == seal.BYTES
        steps.append((written or path in (key.parent, tmp_path), key.exists()))

    monkeypatch.setattr(seal, "synced", synced)
    seal.sealed(tmp_path, uuid4())
    assert steps == [(True, False), (True, True), (True, True)]
    assert key.stat().st_mode & 0o077 == 0
    assert list(key.parent.iterdir()) == [key]


@pytest.mark.parametrize("length", [0, 1, seal.BYTES - 1, seal.BYTES + 1])
def test_a_key_that_is_not_whole_is_told_and_left(tmp_path: Path, length: int) -> None:
    word = seal.sealed(tmp_path, uuid4())
    key = tmp_path / seal.KEY
    torn = (key.read_bytes() + b"x")[:length]
    key.write_bytes(torn)
    for tried in (lambda: seal.sealed(tmp_path, uuid4()), lambda: seal.opened(tmp_path, word)):
        with pytest.raises(UnavailableError, match=r"audit/seal\.key") as told:
            tried()
        assert told.value.code == "seal-key-damaged"
    assert key.read_bytes() == torn
