"""How a district says how it works, and what it is told where that is wrong."""

import re
from pathlib import Path

import pytest

from layers.catalogue import read_catalogue
from layers.document import CatalogueError, read_document
from service.config import Settings
from service.house import open_house
from service.house.reading import house_schema
from service.plans.kinds import vocabulary_of

LETTERHEAD = """letterhead:
  name: Landratsamt
  unit: Stabsstelle
  address: [Straße 1, 04552 Borna]
  place: Borna
  mailbox: a@landkreis.example
"""


def _house(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "house.yaml").write_text(LETTERHEAD + text, encoding="utf-8")
    return Settings(data=tmp_path, house=tmp_path / "house.yaml")


def test_the_sample_names_every_office_of_the_sample_region(sample: Path, tmp_path: Path) -> None:
    house = open_house(Settings(data=tmp_path))
    offices = {office.code for office in read_catalogue(sample / "catalogue.yaml").offices}
    assert set(house.offices) == offices
    named = {p for s in house.sign_off for p in s.procedures} | house.committee.procedures  # type: ignore[union-attr]
    assert named <= set(vocabulary_of().procedures)
    assert [s.code for s in house.signers("par4-2")] == ["staff-unit"]
    assert [s.code for s in house.signers("planfeststellung")] == ["staff-unit", "law", "landrat"]
    assert house.committee_for("par4-2") is None
    assert house.committee_for("raumordnungsplan") is house.committee
    assert house.office("UNB").head_releases
    assert house.coordinates("KE")
    assert (house.lead_days_of("KE").answering, house.lead_days_of("UNB").answering) == (7, 5)
    assert set(house.texts) == set(house_schema()["properties"]["texts"]["properties"])


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    house = open_house(_house(tmp_path, "offices: {UNB: {mailbox: unb@landkreis.example}}\n"))
    assert (house.lead_days.sending, house.reminders.before) == (2, (3, 1))
    assert house.office("SVA").mailbox == "a@landkreis.example"
    assert house.text("closing").de == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("colour: red\n", "house.yaml:7: colour: is not known here"),
        ("offices:\n  UNX: {mailbox: b@landkreis.example}\n", "house.yaml:8: offices.UNX: is no"),
        ("offices:\n  UNB: {mailbox: Frau Muster}\n", "house.yaml:8: offices.UNB.mailbox: must be"),
        ("committee:\n  name: Ausschuss\n  lead_days: 5\n  sittings: ['2027-02-30']\n",
         "house.yaml:10: committee.sittings[0]: there is no such day"),
        ("staff_unit: [KX]\n", "house.yaml:7: staff_unit[0]: is no office"),
        ("template: fehlt.docx\n", "house.yaml:7: template: no such file"),
        ("offices:\n  UNB: {mailbox: b@c.example, head_releases: true}\n", "needs `head`"),
        ("calendar: {closed: ['02-30']}\n", "no such day"),
        ("lead_days: {sending: -1}\n", "house.yaml:7: lead_days.sending"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(CatalogueError, match=r"house\.yaml") as caught:
        open_house(_house(tmp_path, text), {"UNB"})
    assert told in str(caught.value)


def test_a_template_lies_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_bytes(b"")
    assert open_house(_house(tmp_path, "template: own.docx\n")).template == tmp_path / "own.docx"
    assert read_document(tmp_path / "house.yaml").lines["template",] == 7


def test_the_page_explains_every_key_and_its_example_can_be_used(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "house.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "house.yaml").write_text(example, encoding="utf-8")
    house = open_house(Settings(data=tmp_path, house=tmp_path / "house.yaml"), {"UNB", "KE"})
    assert house.office("UNB").sign_off[0].code == "umweltamt"
    table = page.partition("| key |")[2]
    schema = house_schema()
    named = {*schema["properties"]}
    for one in (*schema["properties"].values(), *schema["$defs"].values()):
        named |= set(one.get("properties", {})) - {"de", "en"}
    assert {name for name in named if f"`{name}`" not in table} == set()
