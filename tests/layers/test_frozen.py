"""What a store has given out can be had again, and nothing else."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from layers.answers import Answer, record
from layers.catalogue import read_catalogue
from layers.frozen import Frozen, frozen_from
from layers.layer import Source
from layers.store import LayerUnavailableError, Store
from tests.builders import CRS25833, catalogue, geojson, layer, rectangle

MANUAL = {"type": "manual", "viewer": "https://karte.example.org/x"}
ANSWER = Answer("clear", "Stadt", "2026-01-02", "Auskunft")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    entries = [
        layer(tmp_path, "a", [rectangle(0, 0, 9, 9)]),
        layer(tmp_path, "gone", Path("gone.geojson")),
        layer(tmp_path, "secret", [rectangle(0, 0, 5, 5)], visibility="restricted"),
        {"code": "hand", "title": "H", "keeper": "AMT", "source": MANUAL},
    ]
    return catalogue(tmp_path, entries, include=[])


def passed_on(frozen: Frozen) -> Frozen:
    """Return it as it comes back from where it was kept."""
    return frozen_from(json.loads(json.dumps(frozen.to_json())))


def test_versions_failures_and_answers_are_given_out_again(tmp_path: Path, path: Path) -> None:
    read = read_catalogue(path)
    a, gone, secret, hand = read.layers
    store = Store(tmp_path / "data", CRS25833)
    record(store.base(hand), "hand", ANSWER)
    pinned = store.pinned()
    version, hidden = pinned.version(a), pinned.version(secret)
    with pytest.raises(LayerUnavailableError) as before:
        pinned.version(gone)
    assert pinned.answers(hand) == (ANSWER,)
    kept = passed_on(pinned.frozen())
    assert kept == pinned.frozen()
    assert set(kept.versions()) == {"a", "secret"}

    geojson(tmp_path / "a.geojson", [rectangle(0, 0, 1, 1)])
    geojson(tmp_path / "gone.geojson", [rectangle(0, 0, 1, 1)])
    record(store.base(hand), "hand", replace(ANSWER, outcome="affected"))
    then = Store(tmp_path / "data", CRS25833).at(kept)
    assert then.version(a).facts == version.facts
    assert then.version(secret).sha256 == hidden.sha256
    assert then.answers(hand) == (ANSWER,)
    with pytest.raises(LayerUnavailableError) as after:
        then.version(gone)
    assert after.value.text == before.value.text
    assert store.version(a).sha256 != version.sha256
    assert store.version(gone).count == 1


def test_what_was_not_opened_then_is_not_to_be_had(tmp_path: Path, path: Path) -> None:
    a, _, _, hand = read_catalogue(path).layers
    then = Store(tmp_path / "data", CRS25833).at(Frozen())
    for opening in (then.version, then.answers):
        with pytest.raises(LayerUnavailableError, match="not at hand"):
            opening(a if opening == then.version else hand)
    with pytest.raises(LayerUnavailableError, match="not at hand"):
        then.polygon(Source("file", tmp_path / "a.geojson"))


def test_coverages_are_those_of_then(tmp_path: Path, path: Path) -> None:
    source = Source("file", tmp_path / "a.geojson")
    store = Store(tmp_path / "data", CRS25833)
    pinned = store.pinned()
    assert pinned.polygon(source).area == 81
    geojson(tmp_path / "a.geojson", [rectangle(0, 0, 1, 1)])
    assert pinned.polygon(source).area == 81  # one check sees one state
    assert store.polygon(source).area == 1  # the next the new one
    assert store.at(passed_on(pinned.frozen())).polygon(source).area == 81


def test_an_unreadable_file_of_answers_stays_unreadable(tmp_path: Path, path: Path) -> None:
    hand = read_catalogue(path).layers[-1]
    store = Store(tmp_path / "data", CRS25833)
    file = record(store.base(hand), "hand", ANSWER)
    whole = file.read_bytes()
    file.write_text("[", encoding="utf-8")
    pinned = store.pinned()
    with pytest.raises(LayerUnavailableError) as before:
        pinned.answers(hand)
    kept = passed_on(pinned.frozen())
    file.write_bytes(whole)
    with pytest.raises(LayerUnavailableError) as after:
        store.at(kept).answers(hand)
    assert before.value.text == after.value.text


def test_a_catalogue_is_read_again_from_what_was_kept_of_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    catalogue(tmp_path / "inner", [layer(tmp_path / "inner", "b", [])], offices=())
    path = catalogue(tmp_path, [layer(tmp_path, "a", [])], include=["inner/catalogue.yaml"])
    read = read_catalogue(path)
    kept = dict(read.files)
    assert list(kept) == [path, tmp_path / "inner" / "catalogue.yaml"]
    path.unlink()
    (tmp_path / "inner" / "catalogue.yaml").unlink()
    assert read_catalogue(path, kept) == read
