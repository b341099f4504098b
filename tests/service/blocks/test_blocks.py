"""The file of text blocks: shipped ones are whole, and a mistake is told with its name and line."""

import re
from pathlib import Path

import pytest

from layers.catalogue import read_catalogue
from layers.document import CatalogueError
from service.blocks import read_blocks
from service.blocks.reading import beside
from service.blocks.template import PLACEHOLDERS, LackingError, Template, wrongs
from service.cases.answering.labels import KINDS

HEAD = """blocks:
  - code: eins
    rules: [N1]
    kind: hinweis
    text: |
      Die erste Zeile.
"""


def faults(folder: Path, text: str) -> list[str]:
    path = folder / "blocks.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_blocks(path, {"N1"}, {"UNB"})
    return [f"{fault.line}: {fault.key}: {fault.message}" for fault in caught.value.faults]


def test_the_shipped_blocks_speak_of_rules_and_offices_that_there_are(sample: Path) -> None:
    catalogue = read_catalogue(sample / "catalogue.yaml")
    rules = {str(entry.data["code"]) for entry in catalogue.rules}
    offices = {office.code for office in catalogue.offices}
    found = read_blocks(beside(catalogue.path), rules, offices)
    assert len(found.blocks) > 20
    assert [vision.name for vision in found.visions] == [
        "Starker Wirtschaftsstandort", "L(i)ebenswerte Orte", "Nachhaltiger Lebensraum",
    ]  # fmt: skip
    topics = {block.says.get("topic") for block in found.blocks} | {"kek"}
    assert topics >= {"economy", "kek", "climate", "broadband", "tourism", "own_plans"}
    filled = dict.fromkeys(PLACEHOLDERS, "x")
    for block in found.blocks:
        assert block.says["kind"] in KINDS
        assert block.text.filled(filled)


def test_an_unknown_placeholder_is_told_with_its_name_and_line(tmp_path: Path) -> None:
    [found] = faults(tmp_path, HEAD + "      Fläche {{ flaeche }}.\n")
    assert found.startswith("7: blocks[0].text: unknown placeholder 'flaeche'; known are objects")
    [found] = faults(tmp_path, HEAD.replace("|\n      Die erste Zeile.", "'{{ x }}'"))
    assert found.startswith("5: blocks[0].text: unknown placeholder 'x'")


@pytest.mark.parametrize(
    "source",
    ["{{ area.__class__ }}", "{{ area() }}", "{{ area | upper }}",
     "{% for x in area %}a{% endfor %}", "{% set area = 1 %}", "{{ 7 * 7 }}",
     "{% include 'x' %}", "{{ [area] }}", "{{ 'x' }}",
     "{% if area == '1' %}{% endif %}", "{% macro m() %}{% endmacro %}"],
)  # fmt: skip
def test_nothing_but_names_may_stand_in_a_template(source: str) -> None:
    assert list(wrongs(source))


def test_what_is_no_template_is_told_with_its_line(tmp_path: Path) -> None:
    [found] = faults(tmp_path, HEAD + "      {% if area %} ohne Ende\n")
    assert found.startswith("7: blocks[0].text: is no template")


def test_other_mistakes_are_told(tmp_path: Path) -> None:
    twice = HEAD + HEAD.removeprefix("blocks:\n")
    assert faults(tmp_path, twice) == ["7: blocks[1].code: stands here twice"]
    assert "is not in the catalogue" in faults(tmp_path, HEAD.replace("N1", "N9"))[0]
    assert "must be one of" in faults(tmp_path, HEAD.replace("hinweis", "auflage"))[0]
    assert "planned_for" in faults(tmp_path, HEAD.replace("hinweis", "eigene_planung"))[0]


def test_a_figure_that_does_not_apply_is_no_empty_word() -> None:
    template = Template("{% if area %}{{ area }}{% else %}ohne{% endif %}")
    assert template.filled({"area": None}) == "ohne"
    assert template.filled({"area": "3 m²"}) == "3 m²"
    with pytest.raises(LackingError):
        Template("{{ area }}").filled({})
    assert Template("{{ plan }}").filled({"plan": "{{ 7 * 7 }}"}) == "{{ 7 * 7 }}"


def test_the_example_in_the_documentation_can_be_used(tmp_path: Path) -> None:
    page = Path(__file__).parent.parent.parent.parent / "docs" / "answers.md"
    text = page.read_text(encoding="utf-8")
    [example] = re.findall(r"^```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    path = tmp_path / "blocks.yaml"
    path.write_text(example, encoding="utf-8")
    found = read_blocks(path, {"N01", "R04w"}, {"UNB", "KE"})
    assert (len(found.blocks), len(found.visions)) == (1, 1)
    assert all(f"{{{{ {name} }}}}" in text for name in PLACEHOLDERS)
