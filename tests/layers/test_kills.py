from pathlib import Path

from bench import kills


def test_a_kill_at_any_moment_leaves_the_old_state_or_the_new_one(tmp_path: Path) -> None:
    """Fifteen of the two hundred of `make goal`, at other moments."""
    seen = kills.run(tmp_path, 15, seed=7)
    assert seen["verified"] == 15
    assert sum(seen["killed"].values()) == 15
