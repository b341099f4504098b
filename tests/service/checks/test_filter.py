from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.checks.filter import filter_from

Answer = bool | None
# One comparison for every answer: `t = 1` is yes, `f = 1` is no, `u = 1` cannot be said.
ATTRIBUTES = {"t": 1, "f": 0}
ANSWERS: dict[str, Answer] = {"t = 1": True, "f = 1": False, "u = 1": None}


def answer(text: str) -> Answer:
    return filter_from(text).matches(ATTRIBUTES)


def kleene_and(*sides: Answer) -> Answer:
    return False if False in sides else None if None in sides else True


def kleene_or(*sides: Answer) -> Answer:
    return True if True in sides else None if None in sides else False


def kleene_not(side: Answer) -> Answer:
    return None if side is None else not side


def test_every_table_of_kleene() -> None:
    for (a, x), (b, y) in product(ANSWERS.items(), repeat=2):
        assert answer(f"{a} AND {b}") is kleene_and(x, y)
        assert answer(f"{a} OR {b}") is kleene_or(x, y)
        assert answer(f"NOT ({a})") is kleene_not(x)


expressions = st.recursive(
    st.sampled_from(sorted(ANSWERS)).map(lambda text: (text, ANSWERS[text])),
    lambda inner: st.one_of(
        inner.map(lambda e: (f"NOT ({e[0]})", kleene_not(e[1]))),
        st.tuples(inner, inner).map(
            lambda p: (f"({p[0][0]}) AND ({p[1][0]})", kleene_and(p[0][1], p[1][1]))
        ),
        st.tuples(inner, inner).map(
            lambda p: (f"({p[0][0]}) OR ({p[1][0]})", kleene_or(p[0][1], p[1][1]))
        ),
    ),
    max_leaves=8,
)


@given(expressions)
def test_nested_expressions_follow_strong_logic(expression: tuple[str, Answer]) -> None:
    text, expected = expression
    assert answer(text) is expected


@given(expressions, expressions)
def test_the_laws_of_de_morgan(first: tuple[str, Answer], second: tuple[str, Answer]) -> None:
    a, b = first[0], second[0]
    assert answer(f"NOT (({a}) AND ({b}))") is answer(f"(NOT ({a})) OR (NOT ({b}))")
    assert answer(f"NOT (({a}) OR ({b}))") is answer(f"(NOT ({a})) AND (NOT ({b}))")


@given(expressions, st.sampled_from([0, 1]))
def test_learning_more_never_turns_an_answer_round(
    expression: tuple[str, Answer], value: int
) -> None:
    before = answer(expression[0])
    after = filter_from(expression[0]).matches({**ATTRIBUTES, "u": value})
    assert after is not None
    assert before is None or before is after


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("k = 12", 12, True),
        ("k = 12", 12.0, True),
        ("k = 12", "12", None),
        ("k > 5", "sieben", None),
        ("k = 'A'", "A", True),
        ("k = 'A'", "a", False),
        ("k = 'A'", 5, None),
        ("k = ''", "", True),
        ("k = TRUE", True, True),
        ("k = TRUE", False, False),
        ("k = TRUE", "ja", None),
        ("k = TRUE", 1, None),
        ("k IN (1, 2)", 2, True),
        ("k IN (1, 2)", 3, False),
        ("k IN (1, 2)", "2", None),
        ("k NOT IN (1, 2)", "2", None),
        ("k BETWEEN 1 AND 5", 5, True),
        ("k BETWEEN 1 AND 5", 6, False),
        ("k BETWEEN 1 AND 5", "3", None),
        ("k NOT BETWEEN 1 AND 5", 6, True),
        ("k LIKE 'Bundes%'", "Bundesstraße", True),
        ("k LIKE 'Bundes%'", "Kreisstraße", False),
        ("k LIKE 'Bundes%'", 4, None),
        ("CASEI(k) = CASEI('WALD')", "Wald", True),
        ("k * 2 > 10", 6, True),
        ("k = 1", float("nan"), None),
    ],
)
def test_a_value_of_another_kind_is_unknown(text: str, value: object, expected: Answer) -> None:
    assert filter_from(text).matches({"k": value}) is expected


def test_null_is_missing_and_may_be_asked_for() -> None:
    assert filter_from("k = 1").matches({"k": None}) is None
    assert filter_from("k = 1").matches({}) is None
    assert filter_from("k IS NULL").matches({"k": None}) is True
    assert filter_from("k IS NULL").matches({}) is True
    assert filter_from("k IS NOT NULL").matches({"k": 0}) is True


def test_one_side_can_settle_what_the_other_leaves_open() -> None:
    assert filter_from("k = 1 OR j = 1").matches({"k": 1}) is True
    assert filter_from("k = 1 AND j = 1").matches({"k": 0}) is False
    assert filter_from("k = 1 AND j = 1").matches({"k": 1}) is None


def test_names_of_all_attributes_are_known() -> None:
    found = filter_from("a = 1 AND (b IN (1, 2) OR NOT c BETWEEN d AND 5) OR e IS NULL")
    assert found.attributes == {"a", "b", "c", "d", "e"}


@pytest.mark.parametrize("text", ["", "k =", "k = 'a", "SELECT 1", "k ~~ 1"])
def test_what_is_no_filter_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not CQL2"):
        filter_from(text)
