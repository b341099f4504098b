"""What a later version says it changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from service.statements.content import Content, Point, Silent
from service.statements.difference import changes
from tests.service.statements import sample as made


def with_points(whole: Content, *points: Point) -> Content:
    return replace(whole, voices=(replace(whole.voices[0], points=points),))


def test_nothing_changed_is_nothing_said(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    assert changes(whole, whole) == ()


def test_points_are_told_by_their_numbers(sample: Path) -> None:
    whole = made.copy(sample, "outward").content
    stays, moved, said, gone = (Point(f"KE-{n}", "KE", "hinweis", f"Text {n}") for n in range(1, 5))
    before = with_points(whole, stays, moved, said, gone)
    after = with_points(
        whole,
        replace(stays, same_as=("UNB-1",)),
        replace(moved, kind="forderung", basis="§ 1 BauGB"),
        replace(said, text="Anders"),
        Point("KE-5", "KE", "hinweis", "Wort " * 40),
    )
    assert changes(before, after) == (
        "KE-2: Art, Rechtsgrundlage oder Verbindlichkeit geändert",
        "KE-3 neu gefasst",
        f"KE-5 neu: {('Wort ' * 18).strip()} …",
        "KE-4 entfällt",
    )


def test_what_came_since_is_told(sample: Path) -> None:
    before = made.copy(sample, "outward").content
    after = replace(
        before,
        language="en",
        no_answer=(Silent("SVA", "Traffic"),),
        gaps=(),
        assessment=replace(before.assessment, text="x"),
    )
    assert changes(before, after) == (
        "Overall assessment changed",
        "Untere Abfall- und Bodenschutzbehörde has answered since",
        "Supplied since: Bodenschutz und Altlasten",
    )


def test_editions_are_never_compared_with_each_other(sample: Path) -> None:
    with pytest.raises(ValueError, match="editions differ"):
        changes(made.content(sample), made.copy(sample, "outward").content)
