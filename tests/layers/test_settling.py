"""A layer that becomes restricted leaves nothing where everybody can read."""

from dataclasses import replace
from pathlib import Path

import pytest

from layers import answers
from layers.answers import Answer
from layers.layer import Layer
from layers.settling import settle
from layers.store import RESTRICTED, Store
from layers.tiles import FOLDER as TILES
from tests.layers.steward import layer, refreshed, rows, source, store


@pytest.fixture
def open_layer(tmp_path: Path) -> Layer:
    return layer(source(tmp_path / "nsg.geojson", rows(20)))


def lying(root: Path) -> set[str]:
    """Return what of layers lies in a root itself, restricted ones left out."""
    kinds = ("versions", "published", "sources", "manual", TILES)
    found = (path.relative_to(root) for kind in kinds for path in (root / kind).rglob("*"))
    return {str(path) for path in found if not path.name.endswith(".lock")}


def published(there: Store, nsg: Layer) -> list[str]:
    first = refreshed(there, nsg).version
    source(nsg.source.path, rows(21))
    return [str(first), str(refreshed(there, nsg).version)]


def test_what_becomes_restricted_moves_and_comes_back(tmp_path: Path, open_layer: Layer) -> None:
    there = store(tmp_path)
    names = published(there, open_layer)
    (there.root / TILES / names[0]).mkdir(parents=True)
    said = Answer("affected", "UNB", "2026-01-02", "Akte 4")
    answers.record(there.root, "nsg", said)
    shut = replace(open_layer, visibility="restricted")

    assert settle(there, [shut]) == ["nsg"]
    assert lying(there.root) - {"versions", "published", "sources", "manual", TILES} == set()
    assert there.version(shut).count == 21
    assert there.answers(shut) == (said,)
    assert {p.name for p in (there.root / RESTRICTED / "versions").iterdir()} == set(names)
    assert (there.root / RESTRICTED).stat().st_mode & 0o777 == 0o700
    assert settle(there, [shut]) == []

    assert settle(there, [open_layer]) == ["nsg"]
    assert there.version(open_layer).count == 21
    assert not list((there.root / RESTRICTED / "versions").iterdir())


def test_a_file_that_was_only_read_moves_as_well(tmp_path: Path, open_layer: Layer) -> None:
    there = store(tmp_path)
    there.version(open_layer)
    shut = replace(open_layer, visibility="restricted")
    assert settle(there, [shut]) == ["nsg"]
    assert not lying(there.root)
    assert there.version(shut).count == 20


def test_a_version_another_layer_has_too_stays_for_it(tmp_path: Path, open_layer: Layer) -> None:
    there = store(tmp_path)
    (name,) = {str(refreshed(there, open_layer).version)}
    other = replace(open_layer, code="lsg")
    assert str(refreshed(there, other).version) == name
    shut = replace(open_layer, visibility="restricted")
    assert settle(there, [shut, other]) == ["nsg"]
    assert there.version(shut).count == there.version(other).count == 20


def test_a_crash_in_between_is_made_good_by_the_next_call(
    tmp_path: Path, open_layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = store(tmp_path)
    published(there, open_layer)
    shut = replace(open_layer, visibility="restricted")

    def crash(path: Path, to: Path) -> None:
        raise OSError("power is gone")

    with monkeypatch.context() as patched:
        patched.setattr("layers.settling._moved", crash)
        with pytest.raises(OSError, match="power"):
            settle(there, [shut])
    assert settle(there, [shut]) == ["nsg"]
    assert there.version(shut).count == 21
    assert not list((there.root / "versions").iterdir())
