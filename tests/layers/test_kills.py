from pathlib import Path

import pytest

from bench import kills


def test_a_kill_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    """Fifteen of the two hundred of `make goal`, at other moments."""
    seen = kills.run(tmp_path, 15, seed=7)
    assert (seen["failures"], seen["tries"]) == ([], 15)
    assert sum(seen["killed"].values()) == 15
    assert not [path for pattern in kills.LEFT for path in (tmp_path / "store").glob(pattern)]


def test_tries_are_those_until_a_promise_was_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(folder: Path) -> str:
        raise AssertionError("damaged: a")

    monkeypatch.setattr(kills, "kill_once", lambda folder, moment_s: None)
    monkeypatch.setattr(kills, "state_after", damaged)
    seen = kills.run(tmp_path, 15, seed=7)
    assert (seen["tries"], seen["failures"]) == (1, ["damaged: a"])


def test_what_a_killed_refresher_has_left_is_collected_and_nothing_else(tmp_path: Path) -> None:
    versions, layer = tmp_path / "store" / "versions", tmp_path / "store" / "published" / "parcels"
    for folder in (versions / ".writing-1", versions / "whole", layer):
        folder.mkdir(parents=True)
    (layer / ".current.json.1.part").touch()
    assert kills.collected(tmp_path) == 2
    assert [path.name for path in sorted(versions.iterdir())] == ["whole"]
    assert list(layer.iterdir()) == []
