"""What the findings prepare: figures filled in, never one that does not apply, never decided."""

from typing import Any

from service.blocks import Block, Blocks, Vision
from service.blocks.template import Template
from service.cases.answering.prepared import About, items

ABOUT = About("B-Plan", "Borna", "KE-1", frozenset({"bebauungsplan", "wohnen"}))
SAID = {"supports": "dafür", "neutral": "neutral", "conflicts": "dagegen"}


def reason(rule: str = "N1", layer: str | None = "nsg", **more: Any) -> dict[str, Any]:
    return {
        "rule": rule, "layer": layer, "effect": "prohibition", "basis": "§ 23 BNatSchG",
        "because": {"de": "Der Plan liegt darin.", "en": "inside"},
        "text": {"de": "Es ist verboten.", "en": "forbidden"}, "objects": ["7"], **more,
    }  # fmt: skip


def finding(**figures: Any) -> dict[str, Any]:
    found = {"layer": "nsg", "title": "Naturschutz", "overlap_m2": 12_345.6, "share_of_plan": 0.1,
             "length_m": None, "nearest_m": 0.0, "data_date": "2026-01-31",
             "objects": [{"id": "7", "name": "Eschefeld"}]}  # fmt: skip
    return {**found, **figures}


def block(text: str, **says: Any) -> Blocks:
    said = {"kind": "einwendung", **says}
    return Blocks((Block("b", frozenset({"N1"}), frozenset(), Template(text), said),))


def test_a_block_is_filled_with_the_figures_of_the_finding() -> None:
    text = "{{ area }} ({{ share }}) in {{ objects }}, {{ data_date }}{% if distance %}!{% endif %}"
    [made] = items("UNB", [reason()], {"nsg": finding()}, block(text), ABOUT)
    assert made["text"] == "1,23 ha (10,0 %) in Eschefeld, 31.01.2026"
    assert (made["object"], made["basis"], made["block"]) == ("7", "§ 23 BNatSchG", "b")


def test_a_figure_that_does_not_apply_leaves_the_words_of_the_rule() -> None:
    [made] = items("UNB", [reason()], {"nsg": finding()}, block("{{ length }} daneben"), ABOUT)
    assert (made["text"], made["block"]) == (
        "Es ist verboten. Betroffen – Naturschutz: Eschefeld (1,23 ha).", None,
    )  # fmt: skip


def test_figures_are_of_the_objects_the_rule_speaks_of_and_of_no_other() -> None:
    objects = [{"id": n, "name": f"Zone {n}", "overlap_m2": 100.0 * int(n), "share_of_plan": 0.01,
                "length_m": None, "distance_m": 0.0} for n in ("7", "8", "9")]  # fmt: skip
    found = {"nsg": finding(objects=objects)}
    blocks = block("{% if area %}{{ area }}{% else %}?{% endif %} in {{ objects }}")

    def text(*met: str) -> str:
        [made] = items("UNB", [reason(objects=list(met))], found, blocks, ABOUT)
        return str(made["text"])

    assert text("8") == "800,0 m² in Zone 8"
    assert text("7", "8") == "? in Zone 7, Zone 8"  # they may overlap each other
    assert text("7", "8", "9") == "1,23 ha in Zone 7, Zone 8, Zone 9"


def test_without_a_block_the_effect_says_what_it_is() -> None:
    kinds = {
        effect: items("UNB", [reason(effect=effect)], {}, Blocks(), ABOUT)[0]["kind"]
        for effect in ("prohibition", "consent", "assessment", "consideration", "note", "support")
    }
    assert kinds == {
        "prohibition": "einwendung", "consent": "forderung", "assessment": "forderung",
        "consideration": "bedenken", "note": "hinweis", "support": "hinweis",
    }  # fmt: skip


def test_what_is_restricted_stays_so_and_a_claim_prepares_nothing() -> None:
    secret = reason(visibility="restricted")
    [made] = items("UNB", [secret], {}, Blocks(), ABOUT)
    assert made["restricted"]
    assert items("UNB", [{"claim": True, "because": {"de": "x"}}], {}, Blocks(), ABOUT) == []


def vision(**more: Any) -> Vision:
    empty: frozenset[str] = frozenset()
    said: dict[str, Any] = {
        "code": "orte", "office": "KE", "concept": "KEK", "name": "Orte", "layer": "kek",
        "priority": 2, "supports": empty, "conflicts": empty, "beside": empty, "kinds": empty,
        "texts": SAID, "measure": SAID,
    }  # fmt: skip
    return Vision(**{**said, **more})


def stances(office: str, reasons: list[dict[str, Any]], one: Vision) -> list[str]:
    found = {"kek": finding(layer="kek")}
    return [i["stance"] for i in items(office, reasons, found, Blocks((), (one,)), ABOUT)]


def test_a_vision_is_always_spoken_of_and_a_conflict_goes_before_support() -> None:
    hit, both = frozenset({"R1"}), frozenset({"R2"})
    near = [reason("R1", "kek")]
    assert stances("KE", [], vision()) == ["neutral"]
    assert stances("KE", [], vision(kinds=frozenset({"wohnen"}))) == ["supports"]
    assert stances("KE", near, vision(supports=hit)) == ["supports", "supports"]
    assert stances("KE", near, vision(beside=hit)) == ["neutral", "neutral"]
    harmed = [*near, reason("R2", "grund")]
    assert stances("KE", harmed, vision(supports=hit, conflicts=both)) == ["conflicts", "supports"]
