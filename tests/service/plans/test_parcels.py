"""Lists of parcels become outlines, or say which line and what to do."""

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.problem import Problem, Question, Refusal
from layers.catalogue import Catalogue, read_catalogue
from layers.parcel import number_of
from layers.store import Store
from service.plans.answer import answered
from service.plans.intake import Intake, read_plan
from service.plans.kinds import vocabulary_of
from service.plans.parcel_list import MOST, asked
from service.plans.parcels import outline_of
from tests.builders import CRS25833, catalogue, layer, rectangle

NAMES = {"layer": "alkis", "gemarkung": "gmk", "flur": "flur", "number": "nr", "key": "kz"}


def row(number: int, gemarkung: str, flur: str | None, name: str, key: str) -> Any:
    shape = rectangle(number * 20, 0, number * 20 + 20, 40)
    return shape, {"gmk": gemarkung, "flur": flur, "nr": name, "kz": key, "owner": "Erika Muster"}


ROWS = [
    row(0, "Borna", "3", "124/5", "14000100300124000500"),
    row(1, "Borna", "003", "124/6", "14000100300124000600"),
    row(2, "Borna", "4", "124/5", "14000100400124000500"),
    row(3, "Großpösna", None, "12", "140002___00012______"),
    row(4, "Großpösna", "", "12a", "a.1"),
    row(5, "Borna", "3", "7", "140001-003-00007"),
]
Opened = tuple[Catalogue, Store]


def opened(folder: Path, rows: Any = ROWS, named: Any = NAMES, **more: Any) -> Opened:
    entry = layer(folder, "alkis", rows, title={"de": "Flurstücke", "en": "Parcels"}, **more)
    read = read_catalogue(catalogue(folder, [entry], **({"parcels": named} if named else {})))
    return read, Store(folder / "store", read.crs)


def names(text: str) -> list[tuple[str, str | None, str]]:
    return [(one.gemarkung, one.flur, one.number) for one in asked(text)]


def united(content: bytes) -> Any:
    (feature,) = json.loads(content)["features"]
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def problem(text: str, where: Opened, **more: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        outline_of(text, *where, **more)
    return caught.value


# --- what a list says --------------------------------------------------------------------------

ONE = [("Borna", "3", "124/5")]


@pytest.mark.parametrize(
    "text",
    ["Borna 3 124/5", "Gemarkung Borna, Flur 3, Flst. 124/5", "Borna Flur 003 Flurstück 0124/05",
     "Borna;3;124/5", "Borna\t3\t124/5", "Borna,3,124/5", "  Borna  3   124 / 5  ",
     "Gemarkung: Borna, Flur: 3, Flurstücke: 124/5", "Gmk. Borna Flur 3, Flst.-Nr. 124/5",
     "Gemarkung;Flur;Flurstück\nBorna;3;124/5", "Flur,Gemarkung,Zähler,Nenner\n3,Borna,124,5",
     "Gemarkung Borna, Flur 3:\n124/5", "# Liste\n\nBorna 3 124/5\nborna 003 124/5",
     "\ufeffGemarkung\tFlur\tFlst.-Nr.\nBorna\t3\t124/5\n"],
)  # fmt: skip
def test_ways_to_name_a_parcel(text: str) -> None:
    assert names(text) == ONE


@pytest.mark.parametrize("text", ["Borna 124/5", "Borna;124/5", "Borna;;124/5", "Borna, 124/5",
                                  "Gemarkung Borna, Flst. 124/5", "Borna Flur 0 Flst. 124/5",
                                  "Gemarkung;Flurstück\nBorna;124/5"])  # fmt: skip
def test_without_a_flur(text: str) -> None:
    assert names(text) == [("Borna", None, "124/5")]


def test_several_on_a_line() -> None:
    assert names("Borna 3 124/5; 124/6; Zedtlitz 12a; Borna 3 124/5") == [
        ("Borna", "3", "124/5"), ("Borna", "3", "124/6"), ("Zedtlitz", None, "12a"),
    ]  # fmt: skip
    assert [n for *_, n in names("Borna Flur 3, Flst. 1, 2 und 3/4")] == ["1", "2", "3/4"]
    assert [n for *_, n in names("Borna 3 124/1 bis 124/4")] == ["124/1", "124/2", "124/3", "124/4"]


def test_a_heading_counts_until_the_next_one() -> None:
    text = "Gemarkung Borna, Flur 3\n124/5\nFlst. 7, 8\nFlur 4: 9\nGemarkung Zedtlitz\n5"
    assert names(text) == [("Borna", "3", "124/5"), ("Borna", "3", "7"), ("Borna", "3", "8"),
                           ("Borna", "4", "9"), ("Zedtlitz", None, "5")]  # fmt: skip


def test_columns_that_name_no_parcel_are_never_read() -> None:
    text = "Gemarkung;Eigentümer;Flur;Flurstück\nBorna;Erika Muster;3;124/5"
    assert "Muster" not in repr(asked(text))
    assert names(text) == ONE


@pytest.mark.parametrize(
    "text",
    ["14000100300124000500", "140001003001240005", "14 0001 003 00124 0005 00",
     "140001-003-00124/5", "140001-003-00124/0005", "Flurstückskennzeichen: 14000100300124000500",
     "Kennzeichen\n14000100300124000500"],
)  # fmt: skip
def test_official_keys(text: str, tmp_path: Path) -> None:
    assert united(outline_of(text, *opened(tmp_path))).equals(ROWS[0][0])


@pytest.mark.parametrize(
    "line",
    ["foo bar", "Borna", "124/5", "Borna 3, 12", "Borna 12 bis 14", "Borna 124/5 bis 125/9",
     "Borna 124/9 bis 124/5", "Borna 124/1 bis 124/900", "Borna 124/5 tlw.", "Teil von Borna 5",
     "Borna Flst. 0", "Borna 3 124/5 Erika Muster", "Borna; 3; 124/5; 124/6", "Flur 3 Flst. 5",
     "Flst. 5 der Gemarkung Borna", "Borna Flur 3000 Flst. 5", f"{'x' * 81} 5", "x;y;z", "<b>1</b>",
     "1400010030012400050012345"],
)  # fmt: skip
def test_lines_not_understood_are_named_by_number(line: str) -> None:
    with pytest.raises(Refusal) as caught:
        asked(f"Zedtlitz 1\n\n{line}\nZedtlitz 2")
    assert caught.value.code == "parcels-line"
    for text in caught.value.text:
        assert f" 3: „{line[:40].strip()}" in text
    assert "bitte" in caught.value.text.de


def test_every_wrong_line_is_named() -> None:
    with pytest.raises(Refusal) as caught:
        asked("\n".join(f"was ist das {n}?" for n in range(1, 9)))
    assert all(f"{n}: „was" in str(caught.value) for n in range(1, 6))
    assert "; 6, 7, 8;" in str(caught.value)


def test_limits() -> None:
    whole = "\n".join(f"Borna {n}" for n in range(1, MOST + 1))
    assert len(asked(whole)) == MOST
    for text, code in ((whole + "\nBorna 5/1", "parcels-too-many"), (" \n", "file-empty"),
                       ("#\n" * 70_000, "plan-too-large"), ("# das", "parcels-line")):  # fmt: skip
        with pytest.raises(Refusal) as caught:
            asked(text)
        assert caught.value.code == code


WORDS = st.sampled_from(
    ["Borna", "Gemarkung", "Flur", "Flst.", "3", "124/5", "bis", "und", ",", ";", "\t", "\n", ":",
     "-", "Kennzeichen", "14000100300124000500", "/", " ", "0", "a", "٣", "\ud800", '"', "Nenner"]
)  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=4), max_size=12))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_text_is_parcels_or_a_refusal(words: list[str]) -> None:
    try:
        found = asked(" ".join(words))
    except Refusal:
        return
    assert found
    assert len({one.same for one in found}) == len(found)
    for one in found:
        assert one.key or (one.gemarkung and number_of(one.number) == one.number)


# --- the outline -------------------------------------------------------------------------------


def test_neighbours_become_one_outline(tmp_path: Path) -> None:
    whole = united(outline_of("Borna 3 124/5; 124/6", *opened(tmp_path)))
    assert whole.geom_type == "Polygon"
    assert shapely.equals(whole, rectangle(0, 0, 40, 40))
    assert not whole.interiors


def test_seams_of_less_than_a_millimetre_leave_no_gap(tmp_path: Path) -> None:
    near = (shapely.affinity.translate(ROWS[1][0], 0.0004), ROWS[1][1])
    where = opened(tmp_path, [ROWS[0], near])
    assert united(outline_of("Borna 3 124/5; 124/6", *where)).geom_type == "Polygon"


def test_the_same_parcels_give_the_same_bytes(tmp_path: Path) -> None:
    where = opened(tmp_path)
    first = outline_of("Borna 3 124/5; 124/6\nBorna 3 7", *where)
    again = outline_of("BORNA;3;7\nBorna;3;124/6\n14000100300124000500\nBorna 3 7", *where)
    assert first == again
    other = Store(tmp_path / "elsewhere", where[0].crs)
    assert outline_of("Borna 3 124/5; 124/6; 7", where[0], other) == first


def test_the_file_is_read_as_a_plan_where_the_parcels_lie(tmp_path: Path) -> None:
    path = tmp_path / "umriss.geojson"
    path.write_bytes(outline_of("Großpösna 12; 12A", *opened(tmp_path)))
    plan = read_plan(path, Intake(crs=CRS25833, vocabulary=vocabulary_of(), origin="parcels"))
    assert plan.source_crs == "EPSG:25833"
    assert plan.geometry.footprint.equals(rectangle(60, 0, 100, 40))
    assert plan.accuracy_m == 0.5


def test_what_a_parcel_is_called_and_no_more_is_in_the_file(tmp_path: Path) -> None:
    assert b"Muster" not in outline_of("Borna 3 7", *opened(tmp_path))


def test_a_gemarkung_by_its_number_and_in_another_spelling(tmp_path: Path) -> None:
    where = opened(tmp_path)
    for text in ("Gemarkung 140001, Flur 3, Flst. 7", "Gemarkung 0001 Flur 3 Flst. 7", "BORNA 7"):
        assert united(outline_of(text, *where)).equals(ROWS[5][0]), text
    decomposed = "Großpo\u0308sna 12"
    assert united(outline_of(decomposed, *where)).equals(ROWS[3][0])


def test_numerator_and_denominator_of_their_own_and_the_flur_of_the_key(tmp_path: Path) -> None:
    rows = [
        (rectangle(0, 0, 9, 9), {"g": "Borna", "z": 124, "n": 5, "k": "14000100300124000500"}),
        (rectangle(9, 0, 18, 9), {"g": "Borna", "z": 124, "n": None, "k": "14000100400124______"}),
    ]
    named = {"layer": "alkis", "gemarkung": "g", "number": ["z", "n"], "key": "k"}
    where = opened(tmp_path, rows, named)
    assert united(outline_of("Borna 3 124/5", *where)).equals(rows[0][0])
    assert united(outline_of("Borna 4 124", *where)).equals(rows[1][0])
    assert problem("Borna 4 124/5", where).code == "parcels-unknown"


# --- what cannot be found ------------------------------------------------------------------------


def test_unknown_parcels_are_all_named_with_their_lines(tmp_path: Path) -> None:
    found = problem("Borna 3 7\nBorna 3 999\nGroßpössna 12\n140001-009-00001", opened(tmp_path))
    assert (type(found), found.code) == (Refusal, "parcels-unknown")
    for said in ("Borna Flur 3 Flst. 999 (Zeile 2)", "(Zeile 3)", "140001-009-00001 (Zeile 4)",
                 "Gemarkungen Großpösna."):  # fmt: skip
        assert said in found.text.de
    assert "(line 2)" in found.text.en


def test_without_a_flur_several_may_be_meant_and_the_answer_is_a_proposal(tmp_path: Path) -> None:
    where = opened(tmp_path)
    found = problem("Borna 124/5", where)
    assert isinstance(found, Question)
    assert found.code == "parcels-ambiguous"
    assert [p.text.de for p in found.proposals] == [
        "Borna, Flur 3, Flst. 124/5 (14000100300124000500)",
        "Borna, Flur 4, Flst. 124/5 (14000100400124000500)",
    ]
    intake = Intake(crs=CRS25833, vocabulary=vocabulary_of())
    for proposal, (shape, _) in zip(found.proposals, (ROWS[0], ROWS[2]), strict=True):
        said = answered(intake, proposal.option).accept
        assert united(outline_of("Borna 124/5", *where, accept=said)).equals(shape)


def test_without_a_layer_of_parcels_there_is_no_outline(tmp_path: Path) -> None:
    assert problem("Borna 3 7", opened(tmp_path, named=None)).code == "parcels-none"


@pytest.mark.parametrize("visibility", ["offices", "restricted"])
def test_who_may_not_see_the_parcels_gets_no_outline_of_them(
    tmp_path: Path, visibility: str
) -> None:
    where = opened(tmp_path, visibility=visibility)
    assert problem("Borna 3 7", where, visible=("public",)).code == "parcels-none"
    assert problem("Zeile?", where, visible=("public",)).code == "parcels-none"


def test_a_layer_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = problem("Borna 3 7", opened(tmp_path, tmp_path / "fehlt.gpkg"))
    assert found.code == "parcels-unavailable"
    assert "„Flurstücke“" in found.text.de
    assert "“Parcels”" in found.text.en


def test_a_parcel_without_area_is_no_outline(tmp_path: Path) -> None:
    rows = [(rectangle(0, 0, 9, 9).exterior, ROWS[0][1])]
    assert problem("Borna 3 124/5", opened(tmp_path, rows)).code == "parcels-unavailable"
