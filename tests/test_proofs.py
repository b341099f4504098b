"""How proofs judge what they have seen: what is missing, late, left out or known is told."""

import subprocess
import time
from pathlib import Path
from threading import Timer
from typing import Any
from xml.etree import ElementTree

import pytest

from bench import figure, goal, promises, suite
from bench.clients import Clients, Promise
from bench.corpus import Sample
from bench.figure import NOTHING
from bench.handing import DEVIATIONS, Tally

WKT = Sample("wkt_7", "wkt_7.wkt", b"POLYGON Z EMPTY", ("accept",), ("z-dropped",))


def made(tries: int = 1, *failures: str, **more: Any) -> dict[str, Any]:
    return figure.figure("a", tries=tries, failures=failures, seed=None, begun=0.0, **more)


def cases(inside: str) -> list[suite.Case]:
    return list(ElementTree.fromstring(f"<all>{inside}</all>"))  # noqa: S314 - our own


def test_a_proof_that_tried_nothing_has_failed() -> None:
    assert made(0)["failures"] == [NOTHING]
    assert made(0, "it broke")["failures"] == ["it broke"]
    assert made(1)["failures"] == []
    assert figure.untried("a", "no strace")["failures"] == ["no strace"]


def test_a_table_takes_no_figure_without_tries_for_a_success() -> None:
    assert goal.failures({"tries": 0, "failures": []}, 0) == [NOTHING]
    assert goal.failures({"tries": 0, "failures": ["none there"]}, 1) == ["none there"]
    assert goal.failures({"tries": 3, "failures": []}, 2) == ["ended with 2"]
    assert goal.failures({"tries": 3, "failures": []}, 0) == []


def test_the_table_shows_what_was_left_out_and_what_is_known() -> None:
    found = made(5, left_out=["a: no clamd", "b: root"], known_deviations=["c: asked"])
    row = dict(zip(goal.COLUMNS, goal.row(found), strict=True))
    assert (row["tries"], row["left out"], row["known"], row["failures"]) == ("5", "2", "1", "0")


def test_a_test_that_was_left_out_is_a_failure_unless_it_is_excused() -> None:
    excused = next(iter(suite.EXCUSED))
    judged = suite.judge(cases(
        '<testcase classname="t" name="a"/>'
        f'<testcase classname="t" name="b"><skipped message="{excused}"/></testcase>'
        '<testcase classname="t" name="c"><skipped message="no `chromium`"/></testcase>'
        '<testcase classname="t" name="d"><failure/></testcase>'
    ))  # fmt: skip
    assert judged["tries"] == 2
    assert judged["failures"] == ["t.d", "left out: t.c: no `chromium`"]
    assert judged["left_out"] == [f"t.b: {excused}", "t.c: no `chromium`"]


def test_every_excuse_is_one_that_a_test_gives() -> None:
    tests = Path(__file__).parent
    told = "".join(path.read_text(encoding="utf-8") for path in tests.rglob("test_*.py")
                   if path != Path(__file__))  # fmt: skip
    assert [why for why in suite.EXCUSED if f'"{why}"' not in told] == []


def test_a_figure_names_the_commit_and_whether_files_differ(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        subprocess.run(["git", "-C", tmp_path, *who, *arguments], check=True, capture_output=True)

    assert figure.commit(tmp_path) is None
    git("init")
    assert figure.commit(tmp_path) is None  # nothing is committed yet
    (tmp_path / "a").write_text("a")
    git("add", "a")
    git("commit", "-m", "a")
    number = figure.commit(tmp_path)
    assert number is not None
    assert number.isalnum()
    (tmp_path / "a").write_text("b")
    assert figure.commit(tmp_path) == f"{number}+"
    (inner := tmp_path / "inner").mkdir()
    assert figure.commit(inner) is None


def test_what_is_ready_again_too_late_is_counted_in_one_sentence() -> None:
    assert promises.late([0.1, 5.0]) == []
    assert promises.late([]) == []
    told = ["ready again only after more than 5 s in 2 of 3 times"]
    assert promises.late([4.9, 5.01, 60.0]) == told


def test_only_a_plan_handed_in_afterwards_shows_that_plans_are_taken_again() -> None:
    clients = Clients("http://127.0.0.1:9", 1)

    def acknowledged(asked: float) -> None:
        clients.promised.append(Promise("1", "a", "0", asked))

    earlier = time.monotonic()
    Timer(0.05, acknowledged, [earlier]).start()  # was under way
    assert clients.taken_s(0.15) is None
    Timer(0.05, acknowledged, [time.monotonic() + 60]).start()
    assert clients.taken_s(5.0) is not None


def test_a_mail_that_comes_twice_is_told_and_one_in_two_wordings_is_not_the_same() -> None:
    arrived = [("<1>", b"a"), ("<1>", b"a"), ("<1>", b"a"), ("<2>", b"b"), ("<3>", b"c"),
               ("<3>", b"d")]  # fmt: skip
    assert promises.mails_told(arrived) == {"arrived": 6, "different": 3, "twice": 1}


@pytest.mark.parametrize(
    ("outcome", "codes", "known", "other"),
    [
        ("ask", {"crs-missing"}, 1, 0),
        ("ask", {"layer-multiple"}, 0, 1),
        ("reject", {"crs-missing"}, 0, 1),
        ("accept", {"z-dropped"}, 0, 0),
    ],
)
def test_only_the_known_deviation_is_one_and_it_is_told_with_its_reason(
    outcome: str, codes: set[str], known: int, other: int
) -> None:
    tally = Tally()
    tally.add(WKT, (outcome, codes, b""), 0.1)
    assert (len(tally.known_deviations), len(tally.other_outcome)) == (known, other)
    assert all(DEVIATIONS["wkt_7"].why in told for told in tally.told()["known_deviations"])
