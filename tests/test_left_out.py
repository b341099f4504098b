"""`make test` ends with the tests that were left out, and why."""

import sys
from pathlib import Path

import pytest

from bench import left_out
from bench.suite import EXCUSED

EXCUSED_ONE = next(iter(EXCUSED))
RUNS = {
    "deciding": '<testcase name="a"/>'
    '<testcase name="b"><skipped message="no `chromium`"/></testcase>',
    "other": '<testcase name="c"><skipped message="no `chromium`"/></testcase>'
    f'<testcase name="d"><skipped message="{EXCUSED_ONE}"/></testcase>',
}


def test_reasons_of_all_runs_are_counted_and_excuses_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, cases in RUNS.items():
        (tmp_path / f"{name}.xml").write_text(f"<testsuites>{cases}</testsuites>")
    monkeypatch.setattr(sys, "argv", ["left_out", str(tmp_path)])
    left_out.main()
    assert capsys.readouterr().out.splitlines() == [
        "tests left out: 3",
        "  2 × no `chromium`",
        f"  1 × {EXCUSED_ONE} ({EXCUSED[EXCUSED_ONE]})",
    ]


def test_both_runs_of_make_test_are_told_of() -> None:
    script = (Path(__file__).parent.parent / ".ci" / "test").read_text(encoding="utf-8")
    assert script.count('--junit-xml="$told/') == 1
    assert script.rstrip().endswith("-m bench.left_out $told")
