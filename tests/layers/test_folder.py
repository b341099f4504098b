import os
import time
from pathlib import Path

import pytest

from gis.problem import Refusal
from layers.folder import ASIDE, publish, published


def fill(final: Path, text: str) -> None:
    with published(final) as aside:
        (aside / "inner").mkdir()
        (aside / "inner" / "a.txt").write_text(text)


def test_a_folder_appears_when_it_is_whole(tmp_path: Path) -> None:
    final = tmp_path / "below" / "final"
    with published(final) as aside:
        assert not final.exists()
        (aside / "a.txt").write_text("x")
    assert (final / "a.txt").read_text() == "x"
    assert [p.name for p in final.parent.iterdir()] == ["final"]


def test_it_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    fill(tmp_path / "final", "old")
    with (tmp_path / "final" / "inner" / "a.txt").open() as reader:
        fill(tmp_path / "final", "new")
        assert reader.read() == "old"
    assert (tmp_path / "final" / "inner" / "a.txt").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["final"]


def half_filled(final: Path) -> None:
    with published(final) as aside:
        (aside / "a.txt").write_text("half")
        raise KeyboardInterrupt


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    fill(tmp_path / "final", "old")
    with pytest.raises(KeyboardInterrupt):
        half_filled(tmp_path / "final")
    assert (tmp_path / "final" / "inner" / "a.txt").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["final"]


def test_another_process_may_be_first(tmp_path: Path) -> None:
    with published(tmp_path / "final") as aside:
        (aside / "a.txt").write_text("mine")
        fill(tmp_path / "final", "theirs")
    assert (tmp_path / "final").is_dir()
    assert [p.name for p in tmp_path.iterdir()] == ["final"]


def mine(folder: Path) -> Path:
    aside = folder / f"{ASIDE}mine"
    aside.mkdir()
    (aside / "a.txt").write_text("mine")
    return aside


def test_what_is_whole_stays_where_it_is(tmp_path: Path) -> None:
    final = tmp_path / "final"
    fill(final, "theirs")
    there = final.stat().st_ino
    publish(mine(tmp_path), final, whole=lambda folder: (folder / "inner" / "a.txt").exists())
    assert final.stat().st_ino == there


def test_what_is_damaged_is_replaced(tmp_path: Path) -> None:
    final = tmp_path / "final"
    fill(final, "theirs")
    publish(mine(tmp_path), final, whole=lambda folder: False)
    assert (final / "a.txt").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["final"]


def test_what_a_killed_writer_left_goes_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / f"{ASIDE}old", tmp_path / f"{ASIDE}young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (time.time() - 90_000,) * 2)
    fill(tmp_path / "final", "x")
    assert (old.exists(), young.exists()) == (False, True)


def test_a_place_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Refusal) as caught, published(tmp_path / "file" / "final"):
        pytest.fail("there is nothing to fill")
    assert caught.value.code == "data-folder"
    assert str(tmp_path / "file") in caught.value.text.de
    assert "--data" in caught.value.text.de


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(Refusal) as caught, published(tmp_path / "final"):
        pytest.fail("there is nothing to fill")
    assert caught.value.code == "data-folder"
