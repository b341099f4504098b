import pytest

from service import figures


@pytest.mark.parametrize(
    ("value", "digits", "de", "en"),
    [(1234.5, 1, "1.234,5", "1,234.5"), (0.04, 1, "0,0", "0.0"), (1e6, 0, "1.000.000", "1,000,000")],  # noqa: E501
)  # fmt: skip
def test_separators(value: float, digits: int, de: str, en: str) -> None:
    assert figures.number(value, digits) == (de, en)


@pytest.mark.parametrize(
    ("area", "de"), [(0.05, "0,1 m²"), (9_999.9, "9.999,9 m²"), (10_000, "1,00 ha")]
)
def test_areas(area: float, de: str) -> None:
    assert figures.square_metres(area).de == de


@pytest.mark.parametrize(
    ("length", "de"),
    [(0.25, "0,25 m"), (5, "5 m"), (5.25, "5,2 m"), (999.9, "999,9 m"), (1000, "1,000 km"),
     (12_345.6, "12,346 km")],
)  # fmt: skip
def test_lengths(length: float, de: str) -> None:
    assert figures.metres(length).de == de


@pytest.mark.parametrize(
    ("share", "de"), [(0, "0,0 %"), (0.0001, "unter 0,1 %"), (0.125, "12,5 %"), (1, "100,0 %")]
)
def test_shares_are_never_nothing_where_there_is_something(share: float, de: str) -> None:
    assert figures.percent(share).de == de


def test_a_kilometre() -> None:
    assert figures.kilometre(12_345) == ("km 12,345", "km 12.345")
