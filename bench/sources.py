"""What is wanted of a hostile file that is the source of a layer, and what came of it.

The list says what a plan must be answered with. A layer is held against the same list, with what a
layer does otherwise on purpose: nobody can be asked, its objects may be points and many, and what
is drawn invalidly waits for a person. Whatever else differs is a failure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bench.corpus import Sample
from bench.handing import Answer, Deviation, Tally

# Wanted codes of a plan that are bounds of plans only, or name what a layer mends by itself.
PUBLISHABLE = frozenset({"plan-too-large", "too-many-fields", "field-too-long", "text-control"})
# Codes a plan is accepted with that count against a layer: above one in a hundred a person looks.
REPAIRED = frozenset({"geometry-invalid", "geometry-null-dropped"})
INVALID = "refresh-invalid"
# What a refresh calls the same: objects without a shape are left out, and none may be left; what a
# plan is asked about its coordinates is told of a layer by where its objects would lie instead.
EMPTY = ("refresh-empty",)
ELSEWHERE = ("crs-mislabelled", "coords-out-of-range")
CALLED: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("no-features", "no-geometry", "geometry-empty", "geometry-zero-area"), EMPTY),
    "geometry-nonfinite": EMPTY,
    "gpkg-geometry": ("gpkg-corrupt", *EMPTY),
    "format-not-allowed": ("format-mismatch",),  # allowed for layers, and then it is none
    **dict.fromkeys(("axis-swapped", "crs-missing", "crs-legacy-gk4"), ELSEWHERE),
    "crs-zone-prefix": ELSEWHERE,
}
POINTS = "points are objects of a layer as well as areas"
DEVIATIONS: Mapping[str, Deviation] = {
    "gj_points_only": Deviation("accept", "", POINTS),
    "gpkg_blob_points": Deviation("accept", "", POINTS),
    "gpx_as_gml": Deviation("accept", "", f"GPX is read since the list was made; {POINTS}"),
    "gj_sliver": Deviation("accept", "", "an object may be narrow; only a plan may not"),
    "shp_utf8_no_cpg": Deviation("accept", "", "nobody can be asked: read as UTF-8, which it is"),
    "wkt_7": Deviation("reject", "crs-mislabelled", "it lies at 0, 0, in nobody's district"),
    "gpkg_blob_order": Deviation("accept", "", "GDAL takes a strange byte order for the usual one"),
    "gpkg_blob_empty_flag": Deviation("accept", "", "GDAL believes the shape, not its flag"),
}  # fmt: skip


def wanted(sample: Sample) -> Sample:
    """Return a file with what is wanted of it as the source of a layer."""
    wants = {"reject" if want == "ask" else want for want in sample.wants}
    codes = {*sample.codes, *(also for code in sample.codes for also in CALLED.get(code, ()))}
    if PUBLISHABLE.intersection(sample.codes):
        wants.add("accept")
    if "accept" in wants and REPAIRED.intersection(sample.codes):
        codes = {*(codes if "reject" in wants else ()), INVALID}
        wants.add("reject")
    return replace(sample, wants=tuple(sorted(wants)), codes=tuple(sorted(codes)))


def answer_of(sample: Sample, told: Mapping[str, Any]) -> Answer:
    """Return what `belang layers refresh` told of a layer as an answer.

    Of what is published it tells no codes; those wanted are taken for given.
    """
    match told.get("event"):
        case "published":
            return "accept", set(sample.codes), b""
        case "refused" if told.get("code"):
            return "reject", {str(told["code"])}, b""
    return f"event {told.get('event')} {told.get('code')}", set(), b""


def tallied(files: Sequence[Sample], rows: Sequence[Mapping[str, Any]]) -> Tally:
    """Hold what was told of each layer, `l0` and so on, against what is wanted of its file.

    The time is that of reading the source.
    """
    told = {row.get("layer"): row for row in rows}
    tally = Tally(deviations=DEVIATIONS)
    for number, sample in enumerate(files):
        want, row = wanted(sample), told.get(f"l{number}", {})
        seconds = (row.get("protocol") or {}).get("seconds", 0.0)
        tally.add(want, answer_of(want, row), seconds)
    return tally
