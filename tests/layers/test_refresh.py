import json
import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis.problem import Refusal
from layers.layer import Layer, Source
from layers.refresh import accept, refresh
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from layers.verification import verified
from tests.layers.steward import CRS, Clock, layer, refreshed, rows, source, square, store


@pytest.fixture
def nsg(tmp_path: Path) -> Layer:
    return layer(source(tmp_path / "nsg.geojson", rows(20)))


def in_force(there: Store, wanted: Layer) -> int:
    assert not list(verified(there))
    return there.version(wanted).count


def test_published_refreshed_and_found_unchanged(tmp_path: Path, nsg: Layer) -> None:
    there, clock = store(tmp_path), Clock()
    first = refreshed(there, nsg, now=clock)
    assert (first.event, first.count, first.previous, first.kept) == ("published", 20, None, False)
    assert first.protocol is not None
    assert first.protocol["received"] == 20
    since = there.published(nsg).state().since
    again = refreshed(there, nsg, now=clock)
    assert (again.event, again.version) == ("unchanged", first.version)
    state = there.published(nsg).state()
    assert state.since == since < (state.refreshed or "")
    source(nsg.source.path, rows(21))
    third = refreshed(there, nsg, now=clock)
    assert (third.event, third.count, third.previous) == ("published", 21, first.version)
    events = there.published(nsg).events()
    assert [e["event"] for e in events] == ["published", "unchanged", "published"]
    assert {e["who"] for e in events} == {"steward"}
    facts = there.version(nsg).facts["published"]
    assert facts["since"] == there.published(nsg).state().since
    assert facts["stale_since"] is None


def test_a_published_layer_does_not_follow_its_file(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    source(nsg.source.path, rows(30))
    assert in_force(there, nsg) == 20
    nsg.source.path.unlink()
    assert in_force(there, nsg) == 20


def test_what_is_refreshed_is_never_there_by_itself(tmp_path: Path) -> None:
    from layers.layer import Source

    wanted = layer(tmp_path, code="lsg", source=Source("wfs", None, "lsg", '{"url":"http://x/"}'))
    with pytest.raises(LayerUnavailableError) as caught:
        store(tmp_path).version(wanted)
    assert "belang layers refresh lsg" in caught.value.text.de
    assert "belang layers refresh lsg" in caught.value.text.en


BOW_TIE = shapely.Polygon([(3e5, 5.6e6), (3.1e5, 5.6e6), (3e5, 5.61e6), (3.1e5, 5.61e6)])
OTHERS: dict[str, tuple[list[Any], str]] = {
    "fewer than 80 %": (rows(15), "refresh-fewer"),
    "none at all": ([], "refresh-empty"),
    "less than 90 % of the area": (rows(20, side=94), "refresh-area"),
    "more than 30 % of ids new": (rows(20, start=7), "refresh-new-ids"),
    "another kind of geometry": (
        [*rows(19), (shapely.Point(square(19).centroid), {"nr": "N0019", "name": "x"})],
        "refresh-kinds",
    ),
    "an attribute lost": (
        [(g, {"nr": r["nr"]}) for g, r in rows(20)],
        "refresh-schema",
    ),
    "an id twice": ([*rows(20), *rows(1)], "refresh-ids"),
    "drawn invalidly": (
        [*rows(19), (BOW_TIE, {"nr": "N0019", "name": "x"})],
        "refresh-invalid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_what_looks_suspicious_waits_for_a_person(tmp_path: Path, nsg: Layer, name: str) -> None:
    there, clock = store(tmp_path), Clock()
    first = refreshed(there, nsg, now=clock)
    changed, code = OTHERS[name]
    source(nsg.source.path, changed)
    outcome = refreshed(there, nsg, now=clock)
    assert (outcome.event, outcome.code, outcome.kept) == ("refused", code, True)
    assert outcome.reason is not None
    assert outcome.reason.de != outcome.reason.en
    assert in_force(there, nsg) == 20
    state = there.published(nsg).state()
    assert (state.version, state.staged, state.code) == (first.version, outcome.version, code)
    assert there.version(nsg).facts["published"]["reason"]["de"] == outcome.reason.de
    stale_since = state.stale_since
    refreshed(there, nsg, now=clock)
    assert there.published(nsg).state().stale_since == stale_since

    accepted = accept(there, nsg, who="Frau Amt", reason="so gewollt", now=clock)
    assert (accepted.event, accepted.version) == ("accepted", outcome.version)
    assert in_force(there, nsg) == outcome.count
    state = there.published(nsg).state()
    assert (state.stale_since, state.staged, state.reason) == (None, None, None)
    last = there.published(nsg).events()[-1]
    assert (last["who"], last["because"]) == ("Frau Amt", "so gewollt")
    assert refreshed(there, nsg).event == "unchanged"  # accepted once is accepted


def test_a_little_less_is_no_reason(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    source(nsg.source.path, [*rows(15, start=2), *rows(5, start=40, side=97, more="neu")])
    assert refreshed(there, nsg).event == "published"


def test_a_first_version_must_be_plausible_as_well(tmp_path: Path) -> None:
    there = store(tmp_path)
    few = layer(source(tmp_path / "a.geojson", rows(3)), minimum=5)
    outcome = refreshed(there, few)
    assert (outcome.event, outcome.code) == ("refused", "refresh-minimum")
    with pytest.raises(LayerUnavailableError):
        there.version(few)
    assert accept(there, few, who="a", reason="b").event == "accepted"
    assert there.version(few).count == 3


@pytest.mark.parametrize(
    "content", ["", "{", '{"type": "FeatureCollection", "features": [', "<a/>"]
)
def test_a_broken_source_changes_nothing(tmp_path: Path, nsg: Layer, content: str) -> None:
    there, clock = store(tmp_path), Clock()
    refreshed(there, nsg, now=clock)
    nsg.source.path.write_text(content)
    outcome = refreshed(there, nsg, now=clock)
    assert (outcome.event, outcome.version) == ("refused", None)
    assert outcome.reason is not None
    assert in_force(there, nsg) == 20
    with pytest.raises(Refusal) as caught:
        accept(there, nsg, who="a", reason="b")
    assert caught.value.code == "nothing-staged"
    source(nsg.source.path, rows(20))
    assert refreshed(there, nsg, now=clock).event == "unchanged"
    assert there.published(nsg).state().stale_since is None


def test_a_bug_is_a_refusal_too(
    tmp_path: Path, nsg: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)

    def failing(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("oops")

    with monkeypatch.context() as patch:
        patch.setattr("layers.importing.ready", failing)
        outcome = refreshed(there, nsg)
    assert (outcome.event, outcome.code) == ("refused", "source-unusable")
    assert "ZeroDivisionError" in str(outcome.reason)
    assert in_force(there, nsg) == 20


def test_nothing_is_published_that_cannot_be_compared_with_the_area(
    tmp_path: Path, nsg: Layer
) -> None:
    there = store(tmp_path)
    before = refreshed(there, nsg)
    source(tmp_path / "nsg.geojson", rows(21))
    gone = Source("file", tmp_path / "kreis.gpkg")
    after = refreshed(replace(there, area=gone), nsg)
    assert (after.event, after.code, after.previous) == (
        "refused", "source-unusable", before.version,
    )  # fmt: skip
    assert after.reason is not None
    assert "Gebiet der Zuständigkeit" in after.reason.de
    assert in_force(there, nsg) == 20


def test_a_dry_run_publishes_nothing(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    assert refreshed(there, nsg, dry_run=True).event == "published"
    assert not there.published(nsg).exists()
    refreshed(there, nsg)
    source(nsg.source.path, [])
    assert refreshed(there, nsg, dry_run=True).event == "refused"
    assert there.published(nsg).state().stale_since is None
    assert len(there.published(nsg).events()) == 1


def test_one_refresh_at_a_time(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    with there.published(nsg).refreshing():
        context = multiprocessing.get_context("spawn")
        with context.Pool(1) as pool:
            outcome = pool.apply(refresh, (there_of(tmp_path), nsg), {"who": "other"})
    assert (outcome.event, outcome.code) == ("refused", "refresh-running")
    assert not there.published(nsg).events()


def there_of(tmp_path: Path) -> Store:
    return Store(tmp_path / "store", CRS, loading=print)


def test_a_check_keeps_the_version_it_has_opened(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    refreshed(there, nsg)
    pinned = there.pinned()
    assert pinned.version(nsg).count == 20
    source(nsg.source.path, rows(25))
    refreshed(there, nsg)
    assert pinned.version(nsg).everything().ids == tuple(f"N{n:04}" for n in range(20))
    assert pinned.pinned().version(nsg).count == 20
    assert there.version(nsg).count == 25


@pytest.mark.parametrize("name", ["current.json", "stale.json"])
def test_a_damaged_pointer_is_noticed_and_mended(tmp_path: Path, nsg: Layer, name: str) -> None:
    there, clock = store(tmp_path), Clock()
    refreshed(there, nsg, now=clock)
    source(nsg.source.path, rows(4))
    refreshed(there, nsg, now=clock)
    path = there.published(nsg).folder / name
    content = path.read_bytes()
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 2]) + content[at + 1 :])
        assert list(verified(there)), at
    with pytest.raises(LayerUnavailableError, match="belang layers refresh nsg"):
        there.version(nsg)
    outcome = refreshed(there, nsg, now=clock)
    assert outcome.code == "refresh-fewer"  # what was in force is known from the history
    source(nsg.source.path, rows(20))
    assert refreshed(there, nsg, now=clock).event in ("unchanged", "published")
    assert in_force(there, nsg) == 20


def test_a_damaged_version_is_built_anew(tmp_path: Path, nsg: Layer) -> None:
    there = store(tmp_path)
    folder = there.root / "versions" / str(refreshed(there, nsg).version)
    (folder / "index.bin").write_bytes(b"")
    with pytest.raises(LayerUnavailableError, match="belang layers refresh nsg"):
        there.version(nsg)
    assert refreshed(there, nsg).event == "published"
    assert in_force(there, nsg) == 20


def test_restricted_layers_lie_where_nobody_else_can_look(tmp_path: Path) -> None:
    there = store(tmp_path)
    path = source(tmp_path / "a.geojson", rows(5))
    hidden, seen = layer(path, "secret", visibility="restricted"), layer(path, "seen")
    for wanted in (hidden, seen):
        refreshed(there, wanted)
    assert there.version(hidden).folder.is_relative_to(there.root / "restricted")
    assert not there.version(seen).folder.is_relative_to(there.root / "restricted")
    assert (there.root / "restricted").stat().st_mode & 0o777 == 0o700
    loaded = layer(source(tmp_path / "b.geojson", rows(6)), "b", visibility="restricted")
    assert there.version(loaded).folder.is_relative_to(there.root / "restricted")
    assert not list(verified(there))


def test_a_line_of_history_that_was_cut_off(tmp_path: Path, nsg: Layer) -> None:
    there, clock = store(tmp_path), Clock()
    refreshed(there, nsg, now=clock)
    path = there.published(nsg).history.path
    path.write_bytes(path.read_bytes()[:-20])
    assert [e["event"] for e in there.published(nsg).events()] == ["published"]
    refreshed(there, nsg, now=clock)
    assert [e["event"] for e in there.published(nsg).events()] == ["published", "unchanged"]
    assert not list(verified(there))
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], b"rubbish}", *lines[1:]]) + b"\n")
    assert list(verified(there))
    assert json.loads(lines[-1])["event"] == "unchanged"
