"""Of every class of attack the ways that the collection of hostile files does not hold."""

from pathlib import Path

import pytest
import shapely

from bench.corpus import Sample, told_foreign
from bench.variants import variants
from gis.crs import crs_from
from gis.problem import Question, Refusal
from layers import reading
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of

DISTRICT = shapely.box(362_000, 5_789_000, 422_000, 5_849_000)
INTAKE = Intake(crs_from("EPSG:25833"), vocabulary_of(), DISTRICT, 15_000, kind="bebauungsplan")
QUICK = [sample for sample in variants() if len(sample.content) < 150_000]
UNFORESEEN = "Error)"  # how the reader names what no scanner has foreseen


def answer(sample: Sample, folder: Path) -> tuple[str, set[str], str]:
    """Return outcome, codes, and all that was said or kept."""
    path = folder / f"plan{Path(sample.filename).suffix[:9].partition('/')[0]}"
    path.write_bytes(sample.content)
    try:
        plan = read_plan(path, INTAKE)
    except Question as question:
        return "ask", {question.code}, question.text.en
    except Refusal as refusal:
        return "reject", {refusal.code}, refusal.text.en
    return "accept", {notice.code for notice in plan.notices}, repr(plan)


def test_each_is_answered_as_it_should_be(tmp_path: Path) -> None:
    wrong = []
    for sample in QUICK:
        outcome, codes, said = answer(sample, tmp_path)
        good = sample.fits(outcome) and sample.exact(codes)
        if not good or told_foreign(said.encode()) or said.endswith(UNFORESEEN):
            wrong.append((sample.name, outcome, codes, said[-80:]))
    assert wrong == []
    assert len(QUICK) > 500


def test_a_comment_in_the_middle_of_coordinates_hides_none_of_them(tmp_path: Path) -> None:
    """A route that ended at the comment would be cleared of all that lies beyond."""
    path = tmp_path / "route.gml"
    path.write_text(
        '<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"><gml:featureMember><F><g>'
        '<gml:LineString srsName="EPSG:25833"><gml:posList>392000 5819000 392100 5819000'
        "<!-- Stand 3 --> 392100 5819900</gml:posList></gml:LineString></g></F>"
        "</gml:featureMember></gml:FeatureCollection>"
    )
    said = Intake(INTAKE.crs, INTAKE.vocabulary, kind="radweg", width_m=3.0)
    assert read_plan(path, said).geometry.length_m == 1_000


def test_a_layer_that_nests_ends_no_process(tmp_path: Path) -> None:
    """A stream hands on what is stored: GDAL looks at none of it."""
    deep = next(sample for sample in variants() if sample.name == "gpkg_blob_deep")
    path = tmp_path / "layer.gpkg"
    path.write_bytes(deep.content)
    with pytest.raises(Refusal) as refused:
        list(reading.batches(path, profile=reading.SOURCE))
    assert refused.value.code == "gpkg-corrupt"
