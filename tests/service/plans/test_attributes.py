import time
from typing import Any

import pytest

from service.plans.attributes import KNOWN, declared, first, length_m, value_from, values, words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12.0), ("12,5", 12.5), ("12.5", 12.5), ("-3", -3.0), ("0", 0.0), (7, 7),
        ("ja", True), ("Nein", False), ("TRUE", True), (False, False),
        # One comma or one dot is a number; everything else is text, nothing is guessed.
        ("1.234,5", "1.234,5"), ("1e999", "1e999"), ("1e3", "1e3"), ("inf", "inf"),
        ("-inf", "-inf"), ("nan", "nan"), ("1_000", "1_000"), ("0x10", "0x10"), ("", ""),
        (float("inf"), "inf"), (10**400, "1" + "0" * 400), (2**70, 2**70),
        ("12 m", "12 m"), ("٣", "٣"), (" hoch ", "hoch"), ("--", "--"), ("9" * 400, "9" * 400),
    ],
)  # fmt: skip
def test_values_as_written(text: Any, value: Any) -> None:
    found = value_from(text)
    assert found == value
    assert type(found) is type(value)


def test_the_first_name_of_a_row_counts_and_empty_is_nothing() -> None:
    rows = [{"titel": ""}, {"name": "B", "titel": "A"}, {"titel": "C"}, {"name": "A"}]
    assert values(rows, ("title", "titel", "name")) == ["A", "C"]
    assert first(rows, ("titel", "name")) == "A"
    assert first(rows, ("art",)) is None


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, ()), ("wohnen", ("wohnen",)), ("wohnen, sport;wald", ("wohnen", "sport", "wald")),
        (["wohnen", " sport "], ("wohnen", "sport")), ('["wohnen", "wald"]', ("wohnen", "wald")),
        ("", ()), (" , ;", ()),
    ],
)  # fmt: skip
def test_words_of_a_list_or_a_text(value: Any, found: tuple[str, ...]) -> None:
    assert words(value) == found


def test_what_is_stated_counts_before_the_file_and_the_difference_is_told() -> None:
    found, notices = declared({"hoehe_m": "12", "farbe": "rot"}, [{"hoehe_m": 15}])
    assert found == {"hoehe_m": 12.0, "farbe": "rot"}
    assert [n.code for n in notices] == ["attribute-conflict"]
    assert "15" in notices[0].text.de
    assert "12" in notices[0].text.de


def test_the_same_said_twice_is_no_conflict() -> None:
    assert declared({"hoehe_m": "12,0"}, [{"hoehe_m": 12}, {"hoehe_m": "12"}])[1] == []


def test_only_known_names_of_a_file_become_attributes() -> None:
    assert declared({}, [{"hoehe_m": 9, "OBJECTID": 4, "erdarbeiten": "ja"}])[0] == {
        "hoehe_m": 9, "erdarbeiten": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "counts", "word"),
    [
        ([9, 30, 12], 30, "30"),
        (["nein", "ja"], True, "ja"),
        (["hoch", 30], "hoch", "hoch"),
        ([False, 3], False, "nein"),
    ],
)
def test_features_that_differ_count_by_the_gravest_and_say_so(
    said: list[Any], counts: Any, word: str
) -> None:
    found, notices = declared({}, [{"hoehe_m": value} for value in said])
    assert found["hoehe_m"] == counts
    assert type(found["hoehe_m"]) is type(counts)
    assert [n.code for n in notices] == ["attribute-conflict"]
    assert word in notices[0].text.de


def test_many_different_values_take_no_longer_for_each_of_them() -> None:
    rows = [dict.fromkeys(sorted(KNOWN), i + 0.5) for i in range(50_000)]
    begin = time.process_time()
    found, _ = declared({}, rows)
    assert found["hoehe_m"] == 49_999.5
    assert time.process_time() - begin < 10  # comparing each with each takes an hour


def test_many_different_values_are_listed_in_part() -> None:
    _, notices = declared({"hoehe_m": "5"}, [{"hoehe_m": i} for i in range(40)])
    assert "…" in notices[0].text.de


@pytest.mark.parametrize(
    ("stated", "rows", "width", "told"),
    [
        (3.0, [{"breite_m": 9}], 3.0, 0),
        (0.0, [{"breite_m": 9}], 0.0, 0),
        (None, [], None, 0),
        (None, [{"width_m": "2,5"}], 2.5, 0),
        (None, [{"breite_m": 2}, {"breite_m": 6}, {"breite_m": 4}], 6.0, 1),
        (None, [{"breite_m": -2}], None, 0),
        (None, [{"breite_m": 99_999}], None, 0),
        (None, [{"breite_m": "breit"}], None, 0),
        (None, [{"breite_m": True}], None, 0),
        (None, [{"breite_m": float("nan")}], None, 0),
        (None, [{"breite_m": 10**400}, {"breite_m": 3}], 3.0, 0),
    ],
)
def test_the_width_of_a_route(
    stated: float | None, rows: list[dict[str, Any]], width: float | None, told: int
) -> None:
    found, notices = length_m(stated, rows, ("width_m", "breite_m"))
    assert found == width
    assert len(notices) == told
