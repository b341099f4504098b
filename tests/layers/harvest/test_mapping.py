import pytest

from gis.problem import Refusal
from layers.harvest.mapping import Classes, Mapped, Width, check, row

ROAD = {"gml_id": "r1", "klasse": "K", "breite_dm": "65,5", "spur": 2, "name": "K 7931"}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (Mapped(), ROAD),
        (Mapped(rename={"nr": "name"}, keep=("nr",)), {"nr": "K 7931"}),
        (Mapped(rename={"name": "klasse", "klasse": "name"}, keep=("name", "klasse")),
         {"name": "K", "klasse": "K 7931"}),
        (Mapped(constant={"land": "SN"}, keep=("land", "fehlt")), {"land": "SN", "fehlt": None}),
        (Mapped(classes={"art": Classes("klasse", {"K": "Kreisstraße"})}, keep=("art",)),
         {"art": "Kreisstraße"}),
        (Mapped(classes={"art": Classes("spur", {"2": "zweispurig"})}, keep=("art",)),
         {"art": "zweispurig"}),
        (Mapped(classes={"art": Classes("name", {"K": 1}, other="sonst")}, keep=("art",)),
         {"art": "sonst"}),
        (Mapped(widths={"breite": Width("breite_dm", 0.1)}, keep=("breite",)),
         {"breite": pytest.approx(6.55)}),
        (Mapped(rename={"b": "breite_dm"}, widths={"breite": Width("b", 0.1)}, keep=("breite",)),
         {"breite": pytest.approx(6.55)}),
        (Mapped(widths={"breite": Width("fehlt")}, keep=("breite",)), {"breite": None}),
    ],
)  # fmt: skip
def test_attributes_are_renamed_then_made_then_kept(
    mapping: Mapped, expected: dict[str, object]
) -> None:
    before = dict(ROAD)

    assert row(ROAD, mapping) == expected
    assert before == ROAD


@pytest.mark.parametrize("value", ["breit", "6 m", "50 cm", -1, True, "nan", "inf", 1e9])
def test_a_width_that_is_no_number_of_metres_is_refused(value: object) -> None:
    with pytest.raises(Refusal) as caught:
        row({"b": value}, Mapped(widths={"breite": Width("b")}))  # type: ignore[dict-item]
    assert caught.value.code == "source-attribute"


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (3.0, "3"), (None, ""), (2.5, "2.5")])
def test_a_class_is_found_by_the_value_as_a_catalogue_writes_it(value: object, text: str) -> None:
    mapping = Mapped(classes={"c": Classes("a", {text: "hit"})}, keep=("c",))

    assert row({"a": value}, mapping) == {"c": "hit"}  # type: ignore[dict-item]


def test_attributes_that_no_object_has_are_named() -> None:
    mapping = Mapped(
        rename={"nr": "nummer"},
        classes={"art": Classes("nr", {}), "x": Classes("klasse", {})},
        widths={"breite": Width("b")},
    )

    assert mapping.needs == {"nummer", "klasse", "b"}
    check(mapping, frozenset({"nummer", "klasse", "b", "mehr"}))
    with pytest.raises(Refusal) as caught:
        check(mapping, frozenset({"klasse"}))
    assert "b, nummer" in caught.value.text.de
