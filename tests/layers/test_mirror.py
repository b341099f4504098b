"""Versions of a store elsewhere: brought here once, whole, and compared with their hashes."""

from pathlib import Path

import pytest

from gis.problem import Refusal
from layers.catalogue import read_catalogue
from layers.mirror import mirrored
from layers.store import Store
from layers.version import open_version
from tests.builders import catalogue, rectangle
from tests.builders import layer as entry


@pytest.fixture
def elsewhere(tmp_path: Path) -> tuple[Path, str]:
    """Return the root of a store and the folder of its one version."""
    path = catalogue(tmp_path, [entry(tmp_path, "nsg", [rectangle(0, 0, 9, 9)])])
    read = read_catalogue(path)
    store = Store(tmp_path / "layers", read.crs)
    version = store.version(read.layer("nsg"))
    return store.root, f"versions/{version.folder.name}"


def test_a_version_is_brought_once_and_can_be_opened(
    elsewhere: tuple[Path, str], tmp_path: Path
) -> None:
    root, name = elsewhere
    here = mirrored(f"file://{root}", [name], tmp_path / "cache")
    assert open_version(here / name).count == 1
    assert not (here / name / "features.parquet").exists()  # no check reads it
    before = (here / name / "version.json").stat().st_mtime_ns
    (root / name / "version.json").unlink()  # not asked for again
    assert mirrored(f"file://{root}", [name], tmp_path / "cache") == here
    assert (here / name / "version.json").stat().st_mtime_ns == before


@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_what_is_not_as_it_was_written_is_refused(
    elsewhere: tuple[Path, str], tmp_path: Path, harm: str
) -> None:
    root, name = elsewhere
    index = root / name / "index.bin"
    if harm == "cut":
        index.write_bytes(index.read_bytes()[:-1])
    else:
        index.unlink()
    with pytest.raises(Refusal) as raised:
        mirrored(f"file://{root}", [name], tmp_path / "cache")
    assert raised.value.code == "store-unreachable"
    assert not list((tmp_path / "cache").rglob("version.json"))
