"""Two editions: what is meant for the house is in none of the files that leave it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import shapely.geometry

from service.statements import handover
from service.statements.content import Point, Voice
from service.statements.edition import LeakError, Result, cut, outward
from service.statements.leaks import leaks, names
from tests.service.statements import sample as made
from tests.service.statements.reading import texts

# Planted in the sample: a note, a restricted object, one of the offices' own layer, a reason, the
# journal; besides, what the check itself found on layers that are not public.
PLANTED = ("CANARY-VERMERK", "CANARY-GRAB", "CANARY-FUNK", "CANARY-AKTE", "CANARY-JOURNAL")
FOUND = ("Richtfunkstrecke", "3.749")


def everything(sample: Path, edition: str) -> dict[str, str]:
    """Return all texts in all files of an edition and in its package, by where they stand."""
    files = made.files(sample, edition)  # type: ignore[arg-type]
    content = made.ready(sample, edition).content  # type: ignore[arg-type]
    return dict(texts("package.zip", handover.package(content, files)))


def test_nothing_of_the_house_is_in_any_file_that_leaves_it(sample: Path) -> None:
    written = everything(sample, "outward")
    assert len(written) > 60  # pages, parts, attachments: it did look inside
    for secret in (*PLANTED, *FOUND, *_ids(sample)):
        where = [name for name, text in written.items() if secret.casefold() in text.casefold()]
        assert where == [], secret


def _ids(sample: Path) -> set[str]:
    inner, outer = made.result(sample, "internal").report, made.result(sample, "planner").report
    return set(names(inner, public=False) - names(outer, public=True))


def test_the_same_search_finds_all_of_it_in_the_inner_edition(sample: Path) -> None:
    written = everything(sample, "inner")
    assert _ids(sample)
    for secret in (*PLANTED, *FOUND):
        assert any(secret in text for text in written.values()), secret
    pages = " ".join(t for n, t in written.items() if "stellungnahme.pdf/page" in n)
    assert "CANARY-GRAB" in pages  # the text of pages can be read by this test


def test_restricted_points_keep_their_number_and_the_released_sentence_alone(sample: Path) -> None:
    shown = {p.number: p for p in made.copy(sample, "outward").content.points}
    assert shown["UDB-2"] == Point(
        "UDB-2", "UDB", "forderung",
        "Vor Beginn von Erdarbeiten ist die untere Denkmalschutzbehörde zu beteiligen.",
    )  # fmt: skip
    assert shown["BB-1"].text == "Belange der Telekommunikation sind abzustimmen."
    assert "UNB-5" not in shown


def test_no_place_of_theirs_is_drawn_or_attached(sample: Path) -> None:
    secret = shapely.geometry.shape(
        next(p.place for p in made.content(sample).points if p.number == "UDB-2") or {}
    )
    inner, outer = made.ready(sample, "inner"), made.ready(sample, "outward")

    def placed(ready: handover.Prepared) -> bool:
        return any(
            hit.geometry is not None and hit.geometry.equals(secret)
            for overlay in handover.pictured(ready.copy).overlays
            for hit in overlay.hits
        )

    assert placed(inner)
    assert not placed(outer)
    layers = {o.code for o in outer.copy.picture.overlays}
    assert "richtfunk" in {o.code for o in inner.copy.picture.overlays} - layers
    told = {f["layer"] for f in json.loads(outer.data["report.json"])["findings"]}
    assert "archaeologie" not in told


def test_without_a_released_sentence_a_point_is_not_there_and_its_office_is_told_of(
    sample: Path,
) -> None:
    whole = made.content(sample)
    silent = Voice(
        "UDB", "Denkmalschutz", (Point("UDB-9", "UDB", "hinweis", "x", restricted=True),)
    )
    shown = outward(replace(whole, voices=(silent,)), made.result(sample, "planner").checked)
    assert shown.voices == ()
    assert "UDB" in {one.office for one in shown.checked.withheld}
    assert all(one.office != "UDB" for one in shown.no_objection)


def test_reasons_of_the_house_and_its_signatures_stay_there(sample: Path) -> None:
    inner, outer = made.content(sample), made.copy(sample, "outward").content
    assert any(one.reason for one in inner.not_concerned)
    assert not any(one.reason for one in (*outer.not_concerned, *outer.no_objection))
    assert inner.cosigned
    assert not outer.cosigned
    quiet = replace(inner, resolutions=(replace(inner.resolutions[0], outward=False),))
    assert outward(quiet, made.result(sample, "planner").checked).resolutions == ()


def test_gaps_on_hidden_layers_are_not_told(sample: Path) -> None:
    whole = made.content(sample)
    gap = replace(whole.gaps[0], kind="layer", subject="richtfunk")
    shown = outward(replace(whole, gaps=(gap, *whole.gaps)), made.result(sample, "planner").checked)
    assert shown.gaps == whole.gaps


def test_a_result_that_is_not_the_planners_is_refused(sample: Path) -> None:
    inner, outer = made.result(sample, "internal"), made.result(sample, "planner")
    for mixed in (
        inner,
        Result(outer.report, inner.picture, outer.checked),
        Result(outer.report, outer.picture, inner.checked),
    ):
        with pytest.raises(LeakError, match="richtfunk"):
            cut(made.content(sample), inner, mixed, "outward")


def test_the_journal_goes_into_no_outward_package(sample: Path) -> None:
    with pytest.raises(LeakError):
        handover.files(made.ready(sample, "outward"), audit=b"{}")


def test_names_of_secret_objects_in_free_texts_are_found(sample: Path) -> None:
    inner, outer = made.result(sample, "internal").report, made.result(sample, "planner").report
    shown = made.copy(sample, "outward").content
    assert leaks(shown, inner, outer) == ()
    told = replace(
        shown, assessment=replace(shown.assessment, text="Die RICHTFUNKSTRECKE 1 quert.")
    )
    assert [leak.where for leak in leaks(told, inner, outer)] == ["assessment.text"]
