"""How proofs judge what they have seen: what is missing, late, left out or known is told."""

import io
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Timer
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_STORED

import httpx2
import pytest

from bench import (
    brought,
    crashes,
    deeds,
    figure,
    flips,
    goal,
    hostile,
    leavings,
    points,
    promises,
    sources,
    suite,
)
from bench.awkward_archives import packed
from bench.clients import Clients, Promise
from bench.corpus import Sample, samples
from bench.figure import NOTHING
from bench.handing import DEVIATIONS, EXACT, Tally, problem, tallied
from bench.strikes import KILL, Point, Struck
from bench.variants import variants
from gis.problem import Refusal
from layers.reading.document import recognised
from service.blobs import Blobs

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
    ("arrived", "twice", "kills", "told"),
    [
        (9, 3, 3, []),
        (9, 3, 2, ["3 mails came twice, more than there were kills (2)"]),
        (0, 0, 1_000, ["no mail arrived between 1000 kills"]),
        (0, 0, 2, []),  # too few for one to come late enough
        (1, 0, 1_000, []),
    ],
)
def test_mails_that_come_twice_are_bounded_and_none_at_all_proves_nothing(
    arrived: int, twice: int, kills: int, told: list[str]
) -> None:
    mails = {"arrived": arrived, "different": arrived, "twice": twice}
    assert crashes.mails_wrong(mails, kills) == told


def test_what_is_broken_between_kills_is_told_with_their_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen, clients = crashes.Seen(kills=20), Clients("http://127.0.0.1:9", 1)
    monkeypatch.setattr(crashes, "head_at", lambda data: {7: "ab"})
    monkeypatch.setattr(crashes, "amiss_at", lambda data, promised, arrived: ["a is torn"])
    crashes.look(tmp_path, clients, [], seen)
    assert (seen.wrong, seen.heads, seen.looks) == (["after 20 kills: a is torn"], {7: "ab"}, 1)


class Half(deeds.Deed):
    """Something that never comes to what it should."""

    whole = "done"

    def prepare(self) -> None: ...

    def do(self) -> str:
        return "running"

    def wrong(self, told: str | None) -> list[str]:
        return []


def of_nothing(monkeypatch: pytest.MonkeyPatch, status: int) -> deeds.Deed:
    """Return a deed without a place; whatever strikes it, its process ends with that status."""

    def struck(deed: Any, folder: Path, at: Point | None = None, how: str = KILL) -> Struck:
        return Struck(deed(), status if at else 0, {"write": 2}, "")

    place: Any = SimpleNamespace(quiet=lambda: None)
    monkeypatch.setattr(deeds, "struck", struck)
    monkeypatch.setattr(points, "struck", struck)
    return Half(place)


def test_a_deed_that_stays_half_done_when_nobody_disturbs_has_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    half = of_nothing(monkeypatch, 0)
    first = Struck(None, -9, {}, "")
    assert half.settle(tmp_path, first) == ["undisturbed it is running, not done"]
    monkeypatch.setattr(half, "do", lambda: "done")
    assert half.settle(tmp_path, first) == []


@pytest.mark.parametrize(
    ("status", "how", "killed", "told"),
    [(-9, KILL, 2, []), (0, KILL, 0, ["Half: no strike has ended it"]), (0, points.FULL, 0, [])],
)
def test_a_deed_that_no_kill_has_ended_was_not_tried(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, how: str, killed: int,
    told: list[str],
) -> None:  # fmt: skip
    half = of_nothing(monkeypatch, status)
    monkeypatch.setattr(Half, "whole", None)
    found = points.run(half.place, tmp_path, deeds=(Half,), warm=False, how=how)["Half"]
    assert (found["struck"], found["killed"], found["wrong"]) == (2, killed, told)


def test_a_layer_that_is_not_refreshed_when_nobody_disturbs_has_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of_nothing(monkeypatch, 0)
    place: Any = SimpleNamespace(data=tmp_path, number=lambda: 1)
    refreshed = deeds.Refreshed(place)
    refreshed.prepare()
    monkeypatch.setattr(refreshed, "do", lambda: "kept for refresh-shrunk")
    told = refreshed.settle(tmp_path, Struck(None, -9, {}, ""))
    assert told == ["afterwards it cannot be refreshed: kept for refresh-shrunk"]
    monkeypatch.setattr(refreshed, "do", lambda: "published")  # and the version is not there
    told = refreshed.settle(tmp_path, Struck(None, -9, {}, ""))
    assert told == ["0 objects are in force after published"]


def test_the_collection_is_held_to_its_codes_by_itself_and_each_outcome_counts() -> None:
    listed = replace(WKT, name="a", wants=("reject",), codes=("xml-dtd",), listed=True)
    exact, other = ("reject", {"xml-dtd"}, b""), ("reject", {"xml-malformed"}, b"")

    def tally(others: int) -> Tally:
        found = Tally()
        for number in range(200):
            sample = replace(listed, listed=number < 20)
            found.add(sample, other if number < others else exact, 0.1)
        return found

    two = tally(2)
    assert (len(two.other_code), two.other_code_listed, two.listed) == (2, 2, 20)
    assert len(two.other_code) < (1 - EXACT) * two.files
    assert two.wrong == ["2 of 20 of the collection have another code"]
    one = tally(1)
    assert one.wrong == []
    one.add(listed, ("accept", {"xml-dtd"}, b""), 0.1)
    assert one.wrong == ["another outcome: a: accept xml-dtd"]


def test_the_collection_is_told_from_its_variants() -> None:
    assert all(sample.listed for sample in samples())
    assert not any(sample.listed for sample in variants())


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


@pytest.mark.parametrize(
    ("wants", "codes", "event", "code", "fits", "exact"),
    [
        (("accept",), ("z-dropped",), "published", None, True, True),
        (("accept",), (), "refused", "format-mismatch", False, True),
        (("ask",), ("crs-missing",), "refused", "crs-missing", True, True),
        (("ask",), ("axis-swapped",), "refused", "crs-mislabelled", True, True),
        (("ask",), ("layer-multiple",), "published", None, False, True),
        (("reject",), ("xml-dtd",), "refused", "xml-dtd", True, True),
        (("reject",), ("xml-dtd",), "refused", "xml-malformed", True, False),
        (("reject",), ("xml-dtd",), "published", None, False, True),
        (("reject",), ("geometry-empty",), "refused", "refresh-empty", True, True),
        (("reject",), ("plan-too-large",), "published", None, True, True),
        (("accept",), ("geometry-invalid",), "refused", "refresh-invalid", True, True),
        (("accept",), ("geometry-invalid",), "refused", "format-mismatch", True, False),
        (("accept", "reject", "ask"), (), None, None, False, True),
    ],
)
def test_a_layer_is_held_against_the_list_as_far_as_layers_have_it(
    wants: tuple[str, ...], codes: tuple[str, ...], event: str | None, code: str | None,
    fits: bool, exact: bool,
) -> None:  # fmt: skip
    row = {"layer": "l0", "event": event, "code": code, "protocol": None}
    tally = sources.tallied([Sample("a", "a.gml", b"", wants, codes)], [row])
    assert (tally.other_outcome == [], tally.other_code == []) == (fits, exact)


def test_a_layer_without_an_outcome_has_another_one_than_is_wanted() -> None:
    every = [Sample(name, name, b"", ("accept", "reject", "ask")) for name in ("a", "b")]
    row = {"layer": "l1", "event": "refused", "code": "xml-dtd", "protocol": {"seconds": 1.5}}
    tally = sources.tallied(every, [row])
    assert (tally.other_outcome, tally.longest_s) == (["a: event None None "], 1.5)


def test_every_way_has_the_deviations_that_it_has() -> None:
    told = {"known_deviations": ["a"], "checks": {"known_deviations": ["b"]}, "wrong": []}
    assert hostile.known_deviations(told) == ["a", "b"]


def test_without_the_collection_the_proof_of_hostile_files_has_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hostile, "samples", tuple)
    monkeypatch.setattr(sys, "argv", ["hostile"])
    with pytest.raises(SystemExit) as ended:
        hostile.main()
    told = json.loads(capsys.readouterr().out)
    assert (ended.value.code, told["tries"], told["failures"]) == (1, 0, [hostile.NO_FILES])


def test_changed_files_are_the_same_again_and_spread_over_all_routes() -> None:
    whole = Sample("a", "a.txt", bytes(range(256)), ("reject",))
    tries = list(flips.flipped([whole], 50, 3))
    assert tries == list(flips.flipped([whole], 50, 3))
    assert sum(one.content != whole.content for one in tries) > 45
    assert flips.spread(10_003, 5) == [2001, 2001, 2001, 2000, 2000]
    mixed = [one.name for one in flips.mixed([whole], [replace(whole, name=n) for n in "bcd"])]
    assert mixed == ["a", "b", "a", "c", "a", "d"]


def test_of_an_archive_what_it_says_of_its_entries_is_changed_as_often_as_the_rest() -> None:
    archive = packed(("a" * 30, b"x" * 5_000), method=ZIP_STORED)
    whole, length = Sample("a", "a.zip", archive, ("reject",)), len(archive)
    tries = [one.content for one in flips.flipped([whole], 400, 1) if len(one.content) == length]
    assert len(tries) > 150
    heads = [*range(4, 64), *range(length - 98, length)]  # of 5,200 bytes
    touched = sum(any(one[at] != archive[at] for at in heads) for one in tries)
    assert touched > 0.4 * len(tries)


@pytest.mark.parametrize(
    ("status", "code", "broken"),
    [(500, "internal", True), (503, "storage-full", True), (409, "documents-full", True),
     (422, "archive-corrupt", False)],
)  # fmt: skip
def test_only_an_answer_that_speaks_of_the_file_will_do(
    status: int, code: str, broken: bool
) -> None:
    body = {"code": code, "type": f"urn:belang:problem:{code}"}
    headers = {"content-type": "application/problem+json"}
    answer = problem(httpx2.Response(status, json=body, headers=headers))
    tally = tallied(flips.flipped([WKT], 1, 1), lambda _: answer)
    assert flips.broke([("cases", tally)]) == (
        [f"flipped, cases: wkt_7#0: answer {status} {code} {code}"] if broken else []
    )


def test_an_error_in_no_form_is_told_too() -> None:
    answer = problem(httpx2.Response(500, text="Internal Server Error"))
    tally = tallied(flips.flipped([WKT], 1, 1), lambda _: answer)
    assert flips.broke([("rasters", tally)]) == ["flipped, rasters: wkt_7#0: answer 500 "]


def test_every_kind_of_document_is_one_that_is_taken(tmp_path: Path) -> None:
    found = {}
    for paper in brought.papers():
        (path := tmp_path / "paper").write_bytes(paper.content)
        try:
            found[paper.name] = recognised(path)
        except Refusal as error:
            found[paper.name] = error.code
    refused = {name: what for name, what in found.items() if "/" not in what}
    assert refused == {"plan_with_report.zip": "document-type", "place.kmz": "document-type"}


def test_rows_of_what_was_not_acknowledged_are_left_and_others_are_not() -> None:
    known = leavings.Acknowledged()
    known.add("case", ("accept", set(), b'{"id": "1"}'))
    known.add("case", ("reject", set(), b'{"code": "xml-dtd"}'))
    known.add("case", ("answer 500", set(), b"oh"))
    assert known.names == {"case 1"}
    assert leavings.strays("journal", ["case 1", "case 2", "None"], known.names) == [
        "a row in journal of None", "a row in journal of case 2",
    ]  # fmt: skip


def test_a_table_without_a_rule_may_not_change() -> None:
    before = {"cases": 1, "attempts": 1, "tasks": 4, "mails": 0, "new": 2}
    after = {"cases": 9, "attempts": 99, "tasks": 5, "mails": 0, "parties": 1, "new": 1}
    assert leavings.changed(before, after) == [
        "-1 rows in new", "+1 rows in parties", "+1 rows in tasks",
    ]  # fmt: skip


def test_bytes_without_a_row_and_rows_without_a_use_are_left(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    kept = [blobs.store(io.BytesIO(content), most=10).sha256 for content in (b"a", b"b", b"c")]
    blobs.path(kept[2]).write_bytes(b"d")
    (tmp_path / "spool" / "x.part").write_bytes(b"e")
    found = leavings.unowned(
        {kept[0], kept[2]}, {*kept[:1], kept[2], "f"}, leavings.stored(tmp_path)
    )
    assert {one.replace(kept[1], "B").replace(kept[2], "C") for one in found} == {
        "blob f has a row and no bytes", "blob f has a row and nothing refers to it",
        "file B has no row", "file C holds other bytes", "file spool/x.part has no row",
        "file spool/x.part holds other bytes",
    }  # fmt: skip


def test_versions_that_no_refresh_told_of_and_parts_are_left(tmp_path: Path) -> None:
    versions = tmp_path / "versions"
    for name in ("there", "told", ".writing-1"):
        (versions / name).mkdir(parents=True)
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / ".current.part").touch()
    rows = [{"version": "told"}, {"version": None}]
    assert hostile.unpublished(tmp_path, {versions / "there"}, rows) == [
        "file .current.part", "version .writing-1",
    ]  # fmt: skip
