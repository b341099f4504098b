"""Answers by hand: the last one counts, an expired one brings nothing back, none is lost."""

import json
import os
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gis.problem import Refusal
from layers.answers import Answer, answers, counting, record

PLAN, OTHER = "sha256:" + 64 * "1", "sha256:" + 64 * "2"
TODAY = date(2026, 6, 15)


def answer(outcome: Any = "clear", **more: Any) -> Answer:
    said = {"by": "OA", "on": "2026-06-01", "basis": "Auskunft", "plan": PLAN, **more}
    return Answer(outcome=outcome, **said)


def test_what_was_recorded_is_read_again_in_order(tmp_path: Path) -> None:
    given = [
        answer(),
        answer("affected", until="2026-12-31"),
        answer(plan=None, until="2027-01-01"),
    ]
    for one in given:
        path = record(tmp_path, "kampfmittel", one)
    assert answers(tmp_path, "kampfmittel") == tuple(given)
    assert path == tmp_path / "manual" / "kampfmittel.json"
    assert answers(tmp_path, "andere") == ()


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([], None),
        ([answer(plan=OTHER)], None),
        ([answer(basis="alt"), answer(basis="neu")], "neu"),
        ([answer(basis="fest", plan=None, until="2026-12-31")], "fest"),
        ([answer(basis="eigene"), answer(basis="fest", plan=None, until="2026-12-31")], "eigene"),
        ([answer(basis="heute", until="2026-06-15")], "heute"),
        ([answer(until="2026-06-14")], None),
        ([answer(basis="alt"), answer(until="2026-06-14")], None),
        ([answer(plan=None, until="2026-06-14")], None),
        ([answer(basis="fest", plan=None, until="2026-12-31"), answer(until="2026-06-14")], None),
    ],
    ids=["none", "another plan", "the last", "standing", "the plan's own first", "its last day",
         "expired", "what it replaced stays away", "standing expired", "own expired: open again"],
)  # fmt: skip
def test_which_answer_counts(found: list[Answer], counts: str | None) -> None:
    chosen = counting(found, PLAN, TODAY)
    assert (chosen and chosen.basis) == counts


@pytest.mark.parametrize(
    "content",
    ["", "{", "5", "[5]", '[{"outcome": "clear"}]', '[{"x": 1}]',
     '[{"outcome": "maybe", "by": "a", "on": "2026-01-01", "basis": "b"}]',
     '[{"outcome": "clear", "by": "a", "on": "gestern", "basis": "b"}]',
     '[{"outcome": "clear", "by": "a", "on": "2026-01-01", "basis": "b", "until": "bald"}]'],
)  # fmt: skip
def test_a_damaged_file_is_no_file_without_answers(tmp_path: Path, content: str) -> None:
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "a.json").write_text(content)
    with pytest.raises(Refusal) as caught:
        answers(tmp_path, "a")
    assert caught.value.code == "answers-unreadable"
    with pytest.raises(Refusal):
        record(tmp_path, "a", answer())
    assert (tmp_path / "manual" / "a.json").read_text() == content


def test_two_at_the_same_moment_lose_nothing(tmp_path: Path) -> None:
    def add(number: int) -> None:
        record(tmp_path, "a", answer(basis=str(number)))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.basis for a in answers(tmp_path, "a")} == {str(n) for n in range(12)}
    assert sorted(p.name for p in (tmp_path / "manual").iterdir()) == ["a.json", "a.lock"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(Refusal) as caught:
        record(tmp_path, "a", answer())
    assert caught.value.code == "data-folder"


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "manual").write_text("")
    with pytest.raises(Refusal) as caught:
        record(tmp_path, "a", answer())
    assert caught.value.code == "data-folder"


def test_the_file_is_for_people_too(tmp_path: Path) -> None:
    path = record(tmp_path, "a", answer(by="Stadt Böhlen"))
    assert "Stadt Böhlen" in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))[0]["until"] is None
