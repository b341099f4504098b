import json
from pathlib import Path

import pytest
import shapely

from gis.problem import Question, Refusal
from layers import reading

VERSIONS = {
    "5.4": ("http://www.xplanung.de/xplangml/5/4", "http://www.opengis.net/gml/3.2"),
    "6.0": ("http://www.xplanung.de/xplangml/6/0", "http://www.opengis.net/gml/3.2"),
}
OUTLINE = "330000 5670000 330100 5670000 330100 5670100 330000 5670100 330000 5670000"
INSIDE = "330010 5670010 330020 5670010 330020 5670020 330010 5670010"


def polygon(ring: str) -> str:
    return (
        '<gml:Polygon srsName="EPSG:25833"><gml:exterior><gml:LinearRing><gml:posList>'
        f"{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
    )


def member(name: str, geometry: str) -> str:
    return (
        f'<gml:featureMember><xplan:{name} gml:id="x{abs(hash((name, geometry)))}">'
        f"<xplan:position>{geometry}</xplan:position></xplan:{name}></gml:featureMember>"
    )


def document(*members: str, version: str = "6.0", kind: str = "BP_Plan", outline: str = "") -> str:
    xplan, gml = VERSIONS[version]
    scope = outline or (
        f"<xplan:raeumlicherGeltungsbereich>{polygon(OUTLINE)}</xplan:raeumlicherGeltungsbereich>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><xplan:XPlanAuszug xmlns:xplan="{xplan}" '
        f'xmlns:gml="{gml}"><gml:featureMember><xplan:{kind} gml:id="plan">'
        "<xplan:name>Am  Hainer\nSee</xplan:name><xplan:nummer>7</xplan:nummer>"
        "<xplan:gemeinde><xplan:XP_Gemeinde><xplan:ags>14729050</xplan:ags>"
        "<xplan:gemeindeName>Borna</xplan:gemeindeName></xplan:XP_Gemeinde></xplan:gemeinde>"
        f"<xplan:verfahren>1000</xplan:verfahren>{scope}</xplan:{kind}></gml:featureMember>"
        f"{''.join(members)}</xplan:XPlanAuszug>"
    )


def read(tmp_path: Path, text: str, layer: str | None = None) -> reading.Features:
    path = tmp_path / "plan.gml"
    path.write_text(text, encoding="utf-8")
    return reading.read(path, layer=layer)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("kind", "means"), [("BP_Plan", "bebauungsplan"), ("FP_Plan", "flaechennutzungsplan")]
)
def test_the_outline_and_what_the_plan_says(
    tmp_path: Path, version: str, kind: str, means: str
) -> None:
    found = read(tmp_path, document(version=version, kind=kind))
    assert (found.format, found.crs, found.layer) == ("xplangml", "EPSG:25833", kind)
    assert shapely.equals(found.geometries[0], shapely.box(330_000, 5_670_000, 330_100, 5_670_100))
    assert found.document["name"] == "Am Hainer See"
    assert found.document["kind"] == means
    assert found.document["ags"] == ("14729050",)
    assert found.document["gemeinden"] == ("Borna",)
    assert found.document["verfahren"] == "1000"


def test_parts_have_roles(tmp_path: Path) -> None:
    text = document(
        member("BP_UeberbaubareGrundstuecksFlaeche", polygon(INSIDE)),
        member("BP_StrassenVerkehrsFlaeche", polygon(INSIDE)),
        member("BP_GruenFlaeche", polygon(INSIDE)),
        member("BP_BaugebietsTeilFlaeche", polygon(INSIDE)),
    )
    found = read(tmp_path, text)
    assert [(role, shape.area) for role, _, shape in found.document["parts"]] == [
        ("building", 50),
        ("traffic", 50),
        ("green", 50),
    ]
    assert not found.notices


def test_where_one_building_area_cannot_be_read_none_counts(tmp_path: Path) -> None:
    """Distances from some of the buildings must not pass for distances from all of them."""
    text = document(
        member("BP_UeberbaubareGrundstuecksFlaeche", polygon(INSIDE)),
        member("BP_UeberbaubareGrundstuecksFlaeche", polygon("1 2 3 4")),
        member("BP_GruenFlaeche", polygon(INSIDE)),
    )
    found = read(tmp_path, text)
    assert [role for role, _, _ in found.document["parts"]] == ["green"]
    assert [n.code for n in found.notices] == ["parts-unreadable"]


def test_parts_are_turned_with_the_outline(tmp_path: Path) -> None:
    ring = "51.2 12.5 51.2 12.6 51.3 12.6 51.2 12.5"
    text = document(member("BP_GruenFlaeche", polygon(ring))).replace(OUTLINE, ring)
    found = read(tmp_path, text.replace("EPSG:25833", "urn:ogc:def:crs:EPSG::4258"))
    ((_, _, part),) = found.document["parts"]
    assert part.bounds == found.geometries[0].bounds == (12.5, 51.2, 12.6, 51.3)


SECOND = OUTLINE.replace("33000", "33050").replace("33010", "33060")
AREAS = (
    "<gml:featureMember><xplan:BP_Bereich gml:id='B{n}'><xplan:gehoertZuPlan xlink:href='#{plan}'/>"
    "</xplan:BP_Bereich></gml:featureMember>"
)


def part_of(area: str) -> str:
    text = member("BP_GruenFlaeche", polygon(INSIDE))
    link = f"<xplan:gehoertZuBereich xlink:href='#{area}'/>" if area else ""
    return text.replace("<xplan:position>", link + "<xplan:position>")


def two_plans(*members: str, title: str = "Süd", of_second: str = SECOND) -> str:
    more = document(kind="FP_Plan").replace("gml:id='plan'", "").replace(OUTLINE, of_second)
    more = more[more.index("<gml:featureMember>") : more.rindex("</xplan:XPlanAuszug>")]
    more = more.replace('"plan"', '"P2"').replace("Am  Hainer\nSee", title)
    areas = [AREAS.format(n=1, plan="plan"), AREAS.format(n=2, plan="P2")]
    text = document(more, *areas, *members)
    return text.replace(" xmlns:gml", ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:gml', 1)


def test_which_of_several_plans_is_asked(tmp_path: Path) -> None:
    with pytest.raises(Question) as caught:
        read(tmp_path, two_plans())
    assert caught.value.code == "layer-multiple"
    found = read(tmp_path, two_plans(), layer="Süd")
    assert (found.layer, found.document["name"]) == ("FP_Plan", "Süd")
    assert found.geometries[0].bounds[0] == 330_500
    first = read(tmp_path, two_plans(title="Am Hainer See"), layer="1. Am Hainer See")
    assert first.geometries[0].bounds[0] == 330_000


def test_a_second_plan_without_an_outline_is_no_choice(tmp_path: Path) -> None:
    text = two_plans().replace(SECOND, "").replace(polygon(""), "")
    bare = text.replace("<xplan:raeumlicherGeltungsbereich></xplan:raeumlicherGeltungsbereich>", "")
    assert read(tmp_path, bare).layer == "BP_Plan"


def test_parts_are_those_of_the_plan_that_was_chosen(tmp_path: Path) -> None:
    text = two_plans(part_of("B1"), part_of("B1"), part_of("B2"))
    for name, number in (("Am Hainer See", 2), ("Süd", 1)):
        found = read(tmp_path, text, layer=name)
        assert len(found.document["parts"]) == number
        assert not found.notices
    unsure = read(tmp_path, two_plans(part_of("B1"), part_of("")), layer="Süd")
    assert [n.code for n in unsure.notices] == ["parts-unreadable"]


def test_a_text_of_a_plan_is_no_longer_than_those_of_other_files(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read(tmp_path, document().replace("Am  Hainer", "Hainer " * 2_000))
    assert caught.value.code == "field-too-long"


def test_an_outline_may_be_linked_to(tmp_path: Path) -> None:
    link = "<xplan:raeumlicherGeltungsbereich xlink:href='#u'/>"
    outline = polygon(OUTLINE).replace("<gml:Polygon", "<gml:Polygon gml:id='u'", 1)
    text = document(member("BP_BaugebietsTeilFlaeche", outline), outline=link)
    text = text.replace(" xmlns:gml", ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:gml', 1)
    assert read(tmp_path, text).geometries[0].area == 10_000
    with pytest.raises(Refusal) as caught:
        read(tmp_path, text.replace("'#u'", "'#v'"))
    assert caught.value.code == "xml-xlink-remote"


def test_a_plan_without_an_outline(tmp_path: Path) -> None:
    for outline in ("<xplan:x/>", "<xplan:raeumlicherGeltungsbereich/>"):
        with pytest.raises(Refusal) as caught:
            read(tmp_path, document(outline=outline))
        assert caught.value.code == "no-geometry"


MORE = (
    "<xplan:planArt>3000</xplan:planArt><xplan:rechtsstand>2300</xplan:rechtsstand>"
    "<xplan:beschreibung>Wohnen am See</xplan:beschreibung>"
    "<xplan:erstellungsMassstab>1000</xplan:erstellungsMassstab>"
    "<xplan:aufstellungsbeschlussDatum>2025-03-01</xplan:aufstellungsbeschlussDatum>"
    "<xplan:auslegungsStartDatum>2025-06-02+02:00</xplan:auslegungsStartDatum>"
    "<xplan:auslegungsStartDatum>2026-01-05</xplan:auslegungsStartDatum>"
    "<xplan:satzungsbeschlussDatum>demnächst</xplan:satzungsbeschlussDatum>"
    "<xplan:externeReferenz><xplan:XP_SpezExterneReferenz><xplan:referenzName>Begründung"
    "</xplan:referenzName><xplan:referenzURL>begruendung.pdf</xplan:referenzURL>"
    "<xplan:datum>2025-05-20</xplan:datum><xplan:typ>1010</xplan:typ>"
    "</xplan:XP_SpezExterneReferenz></xplan:externeReferenz>"
)
BESIDE = (
    "<gml:featureMember><xplan:BP_Bereich gml:id='b'><xplan:name>B</xplan:name><xplan:refScan>"
    "<xplan:XP_ExterneReferenz><xplan:georefURL>plan.pgw</xplan:georefURL><xplan:referenzURL>plan.png"
    "</xplan:referenzURL></xplan:XP_ExterneReferenz></xplan:refScan></xplan:BP_Bereich>"
    "</gml:featureMember><gml:featureMember><xplan:BP_TextAbschnitt gml:id='t'>"
    "<xplan:schluessel>1.1</xplan:schluessel><xplan:gesetzlicheGrundlage>§ 9 BauGB"
    "</xplan:gesetzlicheGrundlage><xplan:text>Die  GRZ\nist 0,4.</xplan:text>"
    "</xplan:BP_TextAbschnitt></gml:featureMember>"
)


def with_facts(kind: str = "BP_Plan", more: str = MORE, version: str = "6.0") -> str:
    text = document(BESIDE, kind=kind, version=version)
    return text.replace("<xplan:verfahren>", more + "<xplan:verfahren>")


@pytest.mark.parametrize("version", VERSIONS)
def test_facts_of_a_plan_in_words(tmp_path: Path, version: str) -> None:
    facts = read(tmp_path, with_facts(version=version)).document["facts"]
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["type"], facts["name"], facts["number"]) == ("BP_Plan", "Am Hainer See", "7")
    assert facts["municipalities"] == [{"ags": "14729050", "name": "Borna", "district": ""}]
    assert facts["plan_types"] == [{"code": "3000", "text": "vorhabenbezogener Bebauungsplan"}]
    assert facts["procedure"] == {"code": "1000", "text": "Regelverfahren"}
    assert facts["state"]["text"] == "Beteiligung der Behörden (§ 4 Abs. 2 BauGB)"
    assert facts["dates"] == {
        "aufstellungsbeschlussDatum": ["2025-03-01"],
        "auslegungsStartDatum": ["2025-06-02", "2026-01-05"],
    }
    assert facts["scale"] == 1000
    assert [(r["kind"], r["address"], r["georeference"]) for r in facts["references"]] == [
        ("Begründung", "begruendung.pdf", ""),
        ("Rasterbild des Plans", "plan.png", "plan.pgw"),
    ]
    assert facts["references"][0]["date"] == "2025-05-20"
    assert facts["texts"] == [{"key": "1.1", "basis": "§ 9 BauGB", "text": "Die GRZ ist 0,4."}]


def test_codes_of_another_list_have_no_word(tmp_path: Path) -> None:
    facts = read(tmp_path, with_facts("SO_Plan")).document["facts"]
    assert facts["plan_types"] == [{"code": "3000", "text": None}]
    assert facts["state"] == {"code": "2300", "text": None}


def test_the_same_code_says_something_else_of_another_plan(tmp_path: Path) -> None:
    facts = read(tmp_path, with_facts("RP_Plan")).document["facts"]
    assert facts["plan_types"][0]["text"] == "Braunkohlenplan"


def test_a_document_that_says_little(tmp_path: Path) -> None:
    facts = read(tmp_path, document()).document["facts"]
    assert "state" not in facts
    assert "scale" not in facts
    assert facts["dates"] == {}
    assert facts["references"] == facts["texts"] == facts["plan_types"] == []


def test_endless_texts_are_cut_and_say_so(tmp_path: Path) -> None:
    text = with_facts().replace("ist 0,4.", "x" * 9_000)
    (section,) = read(tmp_path, text).document["facts"]["texts"]
    assert len(section["text"]) == 2_001
    assert section["text"].endswith("…")


@pytest.mark.parametrize("number", [1, 3])
def test_plans_as_a_layer_are_its_objects(tmp_path: Path, number: int) -> None:
    head, opening, rest = document().partition("<gml:featureMember>")
    one, closing, _ = rest.partition("</gml:featureMember>")
    members = "".join(opening + one.replace('"plan"', f'"p{n}"') + closing for n in range(number))
    path = tmp_path / "plan.gml"
    path.write_text(f"{head}{members}</xplan:XPlanAuszug>", encoding="utf-8")
    found = reading.read(path, profile=reading.SOURCE, layer="BP_Plan")
    assert [row["gml_id"] for row in found.attributes] == [f"p{n}" for n in range(number)]
    assert all(shape.area == 10_000 for shape in found.geometries)
