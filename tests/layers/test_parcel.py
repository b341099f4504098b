"""How parcels are called: numbers, Flure, official keys."""

import pytest

from layers.parcel import Parcel, Parcels, alike, flur_of, number_of, parcel_from, place_of


@pytest.mark.parametrize(
    ("written", "number"),
    [("124", "124"), ("00124", "124"), ("124/5", "124/5"), ("0124/0005", "124/5"), ("124/0", "124"),
     (" 124 / 5 ", "124/5"), ("124a", "124a"), ("124 A", "124a"), ("124/a", "124/a"), ("0", None),
     ("", None), ("a", None), ("124/", None), ("1/2/3", None), ("123456", None), ("-5", None)],
)  # fmt: skip
def test_numbers(written: str, number: str | None) -> None:
    assert number_of(written) == number


def test_a_flur_of_zeros_or_underscores_is_none() -> None:
    assert [flur_of(t) for t in ("003", "10", "000", "___", "", None)] == ["3", "10", *4 * [None]]


@pytest.mark.parametrize(
    ("key", "place"),
    [("14123400300124000500", ("141234", "3", "124/5")), ("14123400300124", ("141234", "3", "124")),
     ("141234___00124____  ", ("141234", None, "124")), ("141234___00124000____", None),
     ("141234-003-00124/5", ("141234", "3", "124/5")),
     ("141234-000-00124", ("141234", None, "124")),
     ("14123400300000000000", None), ("K1", None), ("", None)],
)  # fmt: skip
def test_official_keys(key: str, place: tuple[str, str | None, str] | None) -> None:
    assert place_of(key) == place


def test_names_are_compared_whatever_their_spelling() -> None:
    assert alike(" GROẞPÖSNA ") == alike("Großpo\u0308sna")
    assert alike("Bad  Lausick") == alike("bad lausick") != alike("Badlausick")


def test_numbers_from_columns_with_gaps() -> None:
    named = Parcels("alkis", "g", ("z", "n"), "f")
    assert parcel_from("7", {"g": "Borna", "z": 124.0, "n": None, "f": 3, "o": "x"}, named) == (
        Parcel("Borna", "3", "124", "7")
    )


def test_a_number_in_no_known_form_stays_as_it_is() -> None:
    assert (
        parcel_from("7", {"g": "B", "z": "124/5/6"}, Parcels("a", "g", ("z",))).number == "124/5/6"
    )
