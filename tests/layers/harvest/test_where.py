"""One filter, decided here and written for three kinds of source."""

import pytest
from lxml import etree

from gis.problem import Refusal
from layers.harvest.fes import filter_of
from layers.harvest.sql import sql_of, written
from layers.harvest.where import where_from

ROWS = [
    {"a": 1, "s": "x", "t": True},
    {"a": 2.5, "s": "it's", "t": False},
    {"a": None, "s": "ü", "t": None},
    {"s": "x"},
]


@pytest.mark.parametrize(
    ("text", "hits", "simple"),
    [
        ("a = 1", [0], True),
        ("a <> 1", [1], True),
        ("NOT (a = 1)", [1], True),
        ("a >= 1 AND s = 'it''s'", [1], True),
        ("a < 2 OR s = 'x'", [0, 3], True),
        ("a IS NULL", [2, 3], True),
        ("a IS NOT NULL AND a BETWEEN 2 AND 3", [1], True),
        ("s IN ('x', 'ü')", [0, 2, 3], True),
        ("t = TRUE", [0], True),
        ("s LIKE 'i%'", [1], False),
        ("s = 1", [], True),
        ("casei(s) = 'X'", [], False),
    ],
)
def test_matches(text: str, hits: list[int], simple: bool) -> None:
    where = where_from(text)

    assert [i for i, row in enumerate(ROWS) if where.matches(row)] == hits
    assert where.simple == simple


@pytest.mark.parametrize("text", ["", "a =", "a = 1; DROP TABLE x", "1 OR", "'unclosed"])
def test_what_is_not_cql2_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        where_from(text)
    assert caught.value.code == "source-filter"


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("a = 1", "a = 1"),
        ("s = 'it''s'", "s = 'it''s'"),
        ("a > 1.5 AND NOT (s IN ('x','y') OR a IS NULL)",
         "(a > 1.5 AND NOT ((s IN ('x', 'y') OR a IS NULL)))"),
        ("a BETWEEN 1 AND 2", "a BETWEEN 1 AND 2"),
        ("t = TRUE", "t = 1"),
    ],
)  # fmt: skip
def test_as_sql(text: str, sql: str) -> None:
    assert sql_of(where_from(text).tree, str, written) == sql


@pytest.mark.parametrize("version", ["2.0.0", "1.1.0"])
def test_as_an_ogc_filter(version: str) -> None:
    where = where_from("a > 1 AND NOT (s = '<&>' OR a BETWEEN 2 AND 3) AND s IS NULL")
    text = filter_of(where.tree, version=version, box=("EPSG:25833", "0 1", "2 3"))
    root = etree.fromstring(text)
    names = [etree.QName(e).localname for e in root.iter()]

    assert names[:4] == ["Filter", "And", "BBOX", "Envelope"]
    assert names.count("ValueReference" if version == "2.0.0" else "PropertyName") == 4
    assert "<&>" in "".join(root.itertext())
    expected = "fes/2.0" if version == "2.0.0" else "ogc"
    assert etree.QName(root).namespace.endswith(expected)
