import os
import time
from pathlib import Path

import pytest

from layers import copying
from layers.collect import DAY_S, collect, garbage
from layers.folder import ASIDE
from layers.layer import Layer
from layers.references import References
from layers.store import Store
from layers.verification import verified
from tests.layers.steward import layer, refreshed, rows, source, store


def aged(there: Store, days: float) -> None:
    """Make everything in a store look as if nobody had used it for so long."""
    then = time.time() - days * DAY_S
    for path in there.root.rglob("*"):
        os.utime(path, (then, then))


def versions(there: Store) -> set[str]:
    return {path.name for path in there.root.glob("**/versions/*")}


@pytest.fixture
def nsg(tmp_path: Path) -> Layer:
    return layer(source(tmp_path / "nsg.geojson", rows(20)))


def three(there: Store, nsg: Layer) -> list[str]:
    """Publish three versions one after the other, and stage a fourth."""
    names = []
    for count in (20, 21, 22, 2):
        source(nsg.source.path, rows(count))
        names.append(str(refreshed(there, nsg).version))
    return names


def test_only_what_nothing_refers_to_goes(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    first, second, current, staged = three(there, nsg)
    References(there.root / "refs").put("case-1", [f"sha256:{first}"])
    assert not garbage(there, 90).paths  # all of it is young
    aged(there, 91)
    found = garbage(there, 90)
    assert [path.name for path in found.paths] == [second]
    assert found.bytes > 1_000
    assert versions(there) == {first, second, current, staged}
    collect(found)
    assert versions(there) == {first, current, staged}
    assert not list(verified(there))
    References(there.root / "refs").drop("case-1")
    collect(garbage(there, 90))
    assert versions(there) == {current, staged}
    assert there.version(nsg).count == 22


def test_who_reads_a_version_that_goes_keeps_it(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    opened = there.version(nsg)
    source(nsg.source.path, rows(21))
    refreshed(there, nsg)
    aged(there, 9)
    collect(garbage(there, 1))
    assert not opened.folder.exists()
    assert len(opened.everything().ids) == 20


def test_files_in_use_keep_their_versions(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    hidden = layer(nsg.source.path, "secret", visibility="restricted")
    used, unused = there.version(nsg).folder, there.version(hidden).folder
    aged(there, 30)
    there.version(nsg)  # looked at again
    found = garbage(there, 20)
    assert used not in found.paths
    assert unused in found.paths
    collect(found)
    assert there.version(hidden).count == 20  # read again from its file


def test_nothing_goes_while_references_cannot_be_read(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    three(there, nsg)
    aged(there, 99)
    (there.root / "refs").mkdir()
    (there.root / "refs" / "case-1.json").write_text("{")
    with pytest.raises(ValueError, match="case-1"):
        garbage(there, 1)
    assert list(verified(there))


def test_what_killed_writers_left_goes_after_a_day(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    left = there.root / "versions" / f"{ASIDE}x"
    left.mkdir()
    part = there.published(nsg).folder / ".current.json.ab.part"
    part.touch()
    assert not garbage(there, 0).paths
    for path in (left, part):
        os.utime(path, (1, 1))
    assert set(garbage(there, 90).paths) == {left, part}


@pytest.mark.parametrize("name", ["", "a/b", "../x", ".hidden", "x" * 101])
def test_names_that_no_file_may_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot name"):
        References(tmp_path).put(name, [])


def test_a_result_refers_to_a_version_that_is_gone(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    References(there.root / "refs").put("case-1", ["0" * 64])
    (damage,) = verified(there)
    assert "000000000000" in damage.reason


def test_a_copy_is_a_store(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    hidden = layer(nsg.source.path, "secret", visibility="restricted")
    three(there, nsg)
    there.version(hidden)
    first = copying.copy(there, copying.target(str(tmp_path / "copy")))
    other = Store(tmp_path / "copy", there.crs)
    assert first.sent > 9
    assert not list(verified(other))
    assert other.version(nsg).sha256 == there.version(nsg).sha256
    assert other.published(nsg).events() == there.published(nsg).events()
    assert not (tmp_path / "copy" / "restricted").exists()
    again = copying.copy(there, copying.target(str(tmp_path / "copy")), restricted=True)
    assert again.there == 4 * 4
    assert (tmp_path / "copy" / "restricted").stat().st_mode & 0o777 == 0o700
    assert other.version(hidden).sha256 == there.version(hidden).sha256


def test_an_object_store_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(copying.MissingLibraryError, match=r"belang\[remote\]"):
        copying.target("s3://bucket/store")


def test_an_object_store(tmp_path: Path, nsg: Layer) -> None:
    pytest.importorskip("fsspec")
    there = store(tmp_path)
    refreshed(there, nsg)
    done = copying.copy(there, copying.target("memory://bucket/store"))
    again = copying.copy(there, copying.target("memory://bucket/store"))
    assert (done.sent, again.there) == (6, 4)
