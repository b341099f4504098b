import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from gis.problem import Text
from layers import sources
from layers.catalogue import Catalogue, read_catalogue, schema
from layers.document import CatalogueError
from layers.layer import Quality, Source
from layers.parcel import Parcels

# As the architecture page and the README show it.
MINIMAL = """\
offices:
  - {code: UNB, name: {de: Untere Naturschutzbehörde}}
layers:
  - code: nsg
    title: {de: Naturschutzgebiete}
    keeper: UNB
    source: {type: file, path: nsg.gpkg, layer: nsg}
    id: nummer
    name: name
    accuracy_m: 1
    visibility: public
    coverage: {path: district.gpkg}
rules:
  - {code: N01, layer: nsg, when: overlaps, offices: [UNB], effect: prohibition,
     basis: "§ 23 BNatSchG", origin: statute}
  - {code: N01u, layer: nsg, when: {within: 300}, offices: [UNB], effect: note,
     basis: "§ 23 BNatSchG", origin: internal}
"""


def read(folder: Path, text: str, **others: str) -> Catalogue:
    for name, content in {"catalogue": text, **others}.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return read_catalogue(folder / "catalogue.yaml")


def faults(folder: Path, text: str, **others: str) -> list[str]:
    """Return the faults as they are printed, without the folder: fatal, or of single layers."""
    try:
        found = read(folder, text, **others).faults
    except CatalogueError as error:
        found = error.faults
    assert found
    return [str(f).replace(f"{folder}/", "") for f in found]


def changed(path: str, value: Any = None) -> str:
    """Return the minimal catalogue with one value replaced, or removed where it is None."""
    data = yaml.safe_load(MINIMAL)
    *above, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    place = data
    for step in above:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def test_the_minimal_catalogue_is_one(tmp_path: Path) -> None:
    catalogue = read(tmp_path, MINIMAL)
    (layer,) = catalogue.layers
    assert catalogue.crs.to_epsg() == 25833
    assert layer.source.path == tmp_path / "nsg.gpkg"
    assert (layer.source.type, layer.source.layer) == ("file", "nsg")
    assert layer.coverage is not None
    assert layer.coverage.path == tmp_path / "district.gpkg"
    assert layer.title == Text("Naturschutzgebiete", "Naturschutzgebiete")
    assert (layer.accuracy_m, layer.visibility, layer.declaratory) == (1.0, "public", False)
    assert [r.data["code"] for r in catalogue.rules] == ["N01", "N01u"]
    assert catalogue.layer("nsg") is layer
    assert catalogue.area is None


def test_everything_a_layer_may_say(tmp_path: Path) -> None:
    more = {
        "theme": "natur", "half_width": {"attribute": "breite"}, "register": "declaratory",
        "linear_reference": {"section": "abschnitt", "from": "von", "to": "bis"},
        "data_date": "2026-01-31", "licence": "dl-de/by-2-0", "attribution": "LfULG",
        "note": {"de": "Hinweis", "en": "note"}, "visibility": "restricted",
    }  # fmt: skip
    text = changed("layers.0", {**yaml.safe_load(MINIMAL)["layers"][0], **more})
    (layer,) = read(tmp_path, text).layers
    assert layer.half_width is not None
    assert layer.half_width.attribute == "breite"
    assert layer.linear_reference is not None
    assert layer.linear_reference.section == "abschnitt"
    assert layer.declaratory
    assert layer.note == Text("Hinweis", "note")
    assert layer.data_date == "2026-01-31"


def test_a_date_may_be_written_as_yaml_has_it(tmp_path: Path) -> None:
    for written in ("2026-01-31", "'2026-01-31'"):
        text = MINIMAL.replace("accuracy_m: 1", f"data_date: {written}")
        assert read(tmp_path, text).layers[0].data_date == "2026-01-31"


def test_files_included_are_joined(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    rules = {"rules": yaml.safe_load(MINIMAL)["rules"]}
    (tmp_path / "sub" / "rules.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True))
    main = changed("rules") + "include: [sub/rules.yaml, offices.yaml]\n"
    catalogue = read(tmp_path, main, offices="offices: [{code: A, name: B}]\n")
    assert [r.data["code"] for r in catalogue.rules] == ["N01", "N01u"]
    assert [o.code for o in catalogue.offices] == ["UNB", "A"]


def test_paths_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    layers = {"layers": yaml.safe_load(MINIMAL)["layers"]}
    (tmp_path / "sub" / "layers.yaml").write_text(yaml.safe_dump(layers))
    catalogue = read(tmp_path, changed("layers") + "include: [sub/layers.yaml]\n")
    assert catalogue.layers[0].source.path == tmp_path / "sub" / "nsg.gpkg"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("layers.0.keeper", None, "layers[0].keeper: is missing"),
        ("layers.0.source.type", None, "layers[0].source.type: is missing"),
        ("layers.0.source.path", None, "layers[0].source.path: is missing"),
        ("offices.0.name.de", None, "offices[0].name: must be a text, or {de: …}"),
        ("rules.1.basis", None, "rules[1].basis: is missing"),
        ("layers.0.colour", "red", "layers[0].colour: is not known here; known are code, title,"),
        ("layer", [], "layer: is not known here; known are title, crs, include,"),
        ("layers.0.code", "9 x", "layers[0].code: must be letters, digits and _, a letter first"),
        ("layers.0.title", 7, "layers[0].title: must be a text, or {de: …}"),
        ("layers.0.title", "", "layers[0].title: must be a text, or {de: …}"),
        ("layers.0.accuracy_m", -1, "layers[0].accuracy_m: -1 is less than the minimum of 0"),
        ("layers.0.accuracy_m", "viel", "layers[0].accuracy_m: must be a number"),
        ("layers.0.visibility", "secret", "visibility: must be one of public, offices, restricted"),
        ("layers.0.source.type", "ftp", "layers[0].source.type: must be one of file, folder, url"),
        ("layers.0.half_width", {}, "half_width: must not be empty; known are metres, attribute"),
        ("layers.0.data_date", "2026-02-40", "data_date: must be a date such as 2026-01-31"),
        ("layers.0.data_date", "heute", "data_date: must be a date such as 2026-01-31"),
        ("layers", "nsg", "layers: must be a list"),
        ("layers.0", "nsg", "layers[0]: must be a group of keys"),
        ("rules.0.offices", [], "rules[0].offices: must not be empty"),
        ("rules.0.offices", "UNB", "rules[0].offices: must be a list"),
        ("rules.0.effect", "bad", "rules[0].effect: must be one of prohibition, consent, assessm"),
        ("rules.0.when", "touches", "rules[0].when: must be one of overlaps, borders, crosses, c"),
        ("rules.0.when", {"near": 5}, ", or {within: …}, or {farther: …}, or {overlaps: …}"),
        ("rules.0.when", {"within": "x"}, "rules[0].when.within: must be a number"),
        ("rules.0.when", {"within": -5}, "rules[0].when.within: must be a number, or {times: …"),
        ("rules.0.when", {"overlaps": {"m2": 1}}, "when.overlaps.m2: is not known here; known are"),
        ("rules.0.when", {"alongside": {"within": 5}}, "rules[0].when.alongside.over: is missing"),
        ("rules.0.valid", {"from": "x"}, "valid.from: must be a date such as 2026-01-31, or null"),
        ("layers.0.keeper", "XYZ", "layers[0].keeper: no office XYZ is declared"),
        ("rules.0.layer", "lsg", "rules[0].layer: no layer lsg is declared"),
        ("rules.0.offices", ["UNB", "X"], "rules[0].offices: no such body is declared under offi"),
        ("rules.0.external", ["BVVG"], "rules[0].external: no such body is declared under exter"),
        ("rules.0.context", {"layer": "od", "holds": "inside"}, "context: no layer od is declared"),
        ("rules.0.when", "always", "rules[0].when: “always” goes without a layer"),
        ("rules.0.layer", None, "rules[0].when: “always” goes without a layer"),
        ("municipalities", {"layer": "x", "key": "a", "name": "b"}, "no such layer is declared"),
        ("parcels", {"layer": "x", "gemarkung": "a", "number": "b"}, "parcels.layer: no such"),
        ("parcels", {"layer": "nsg"}, "parcels.gemarkung: is missing"),
        ("crs", "EPSG:1", "crs: EPSG:1 is no coordinate reference system"),
        ("crs", "EPSG:4326", "crs: EPSG:4326 is not projected in metres"),
        ("crs", "EPSG:2263", "crs: EPSG:2263 is not projected in metres"),
        ("include", [{"a": "b"}], "include[0]: must be a text"),
        ("include", "rules.yaml", "include: must be a list"),
        ("include", ["missing.yaml"], "include[0]: no such file: missing.yaml"),
        ("include", ["catalogue.yaml"], "include[0]: includes itself"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_key(tmp_path: Path, path: str, value: Any, said: str) -> None:
    text = changed(path, value)
    found = faults(tmp_path, text)
    (fault,) = [f for f in found if said in f]
    file, line, _ = fault.split(":", 2)
    assert file == "catalogue.yaml"
    assert 1 <= int(line) <= len(text.splitlines())


SOURCES: tuple[dict[str, Any], ...] = (
    {"type": "file", "path": "a.gpkg", "layer": "a", "crs": "EPSG:31468", "encoding": "cp1252"},
    {"type": "folder", "path": "a", "pattern": "*.gpkg"},
    {"type": "url", "url": "https://a.example/a.zip", "sha256": 64 * "a"},
    {"type": "wfs", "url": "https://a.example/wfs?map=x", "layer": "ns:a", "version": "1.1.0",
     "crs": "EPSG:25833", "axes": "swapped", "bbox": [11, 50, 13, 52], "page": 500, "sort": "id",
     "where": "a = 1", "alternatives": [{"url": "https://b.example"}, {"layer": "b"}]},
    {"type": "ogcapi", "url": "http://127.0.0.1:8080/a", "layer": "a"},
    {"type": "arcgis", "url": "https://a.example/FeatureServer", "layer": 4},
    {"type": "postgis", "dsn_env": "A_DSN", "table": "s.t", "id": "gid", "geometry": "g"},
    {"type": "postgis", "dsn_env": "A_DSN", "query": "SELECT * FROM t"},
    {"type": "osm", "path": "a.osm.pbf", "layer": "lines", "tags": {"railway": ["rail"], "x": "*"}},
    {"type": "manual", "viewer": "https://a.example/karte", "inquiry": {"de": "Auskunft"}},
)  # fmt: skip
MAPPING = {
    "rename": {"neu": "alt"}, "constant": {"art": "x", "leer": None},
    "classes": {"klasse": {"attribute": "a", "values": {"1": "A", "2": 7}, "other": None}},
    "widths": {"breite_m": {"attribute": "breite_cm", "factor": 0.01}}, "keep": ["neu", "art"],
}  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s["type"])
def test_every_type_of_source(tmp_path: Path, source: dict[str, Any]) -> None:
    catalogue = read(tmp_path, changed("layers.0.source", source))
    assert catalogue.faults == ()
    (layer,) = catalogue.layers
    assert layer.fault is None
    assert layer.source.type == source["type"]
    kept = {k: v for k, v in source.items() if k not in ("type", "path", "layer")}
    assert layer.source.options == kept


@pytest.mark.parametrize("source", [s for s in SOURCES if s["type"] != "manual"])
def test_attributes_are_mapped_whatever_the_source(tmp_path: Path, source: dict[str, Any]) -> None:
    text = changed("layers.0.source", {**source, "attributes": MAPPING})
    assert read(tmp_path, text).layers[0].source.options["attributes"] == MAPPING


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"type": "wfs", "url": "https://a.example"}, "source.layer: is missing"),
        ({"type": "wfs", "layer": "a"}, "source.url: is missing"),
        ({**SOURCES[3], "pages": 5}, "source.pages: is not known here; known are type, url, lay"),
        ({**SOURCES[3], "url": "ftp://a.example"}, "source.url: must be an address with https://"),
        ({**SOURCES[3], "url": "https://u:p@a.example"}, "without user and password"),
        ({**SOURCES[3], "version": "3.0"}, "source.version: must be one of 2.0.0, 1.1.0"),
        ({**SOURCES[3], "bbox": [13, 50, 11, 52]}, "source.bbox: must be west, south, east, nor"),
        ({**SOURCES[3], "bbox": [1, 2, 3]}, "source.bbox: "),
        ({**SOURCES[3], "where": "a = = 1"}, "source.where: is not CQL2: a = = 1"),
        ({**SOURCES[3], "crs": "EPSG:0"}, "source.crs: EPSG:0 is no coordinate reference system"),
        ({**SOURCES[3], "page": 0}, "source.page: "),
        ({**SOURCES[3], "axes": "yx"}, "source.axes: must be one of as_stated, swapped"),
        ({**SOURCES[2], "sha256": "abc"}, "source.sha256: must be 64 hexadecimal digits"),
        ({"type": "folder", "path": "a"}, "source.pattern: is missing"),
        ({**SOURCES[1], "pattern": "../*"}, "source.pattern: must be which files, such as *.gpkg"),
        ({"type": "postgis", "dsn_env": "A"}, "source.table: one of table and query is needed"),
        ({**SOURCES[6], "query": "SELECT 1"}, "source.table: one of table and query is needed"),
        ({**SOURCES[6], "dsn_env": "host=x password=y"}, "must be the name of an environment var"),
        ({**SOURCES[6], "dsn": "host=x"}, "source.dsn: is not known here"),
        ({**SOURCES[8], "layer": "roads"}, "source.layer: must be one of points, lines, multil"),
        ({**SOURCES[8], "tags": {"a": "b"}}, "source.tags.a: must be a list, or one of *"),
        ({"type": "manual"}, "source.viewer: is missing"),
        ({**SOURCES[0], "attributes": {"widths": {"b": {"factor": 2}}}}, "widths.b.attribute: is"),
        ({**SOURCES[0], "attributes": {"renamed": {}}}, "known are rename, constant, classes,"),
        ([], "layers[1].source: must be a group of keys"),
    ],
)  # fmt: skip
def test_a_fault_in_a_source_is_told_and_leaves_the_others(
    tmp_path: Path, source: Any, said: str
) -> None:
    """Only the layer itself cannot be checked then."""
    data = yaml.safe_load(MINIMAL)
    data["layers"].append({**data["layers"][0], "code": "lsg", "source": source})
    catalogue = read(tmp_path, yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    assert any(said in str(fault) for fault in catalogue.faults), catalogue.faults
    assert all(str(f).startswith(f"{tmp_path}/catalogue.yaml:") for f in catalogue.faults)
    good, bad = catalogue.layers
    assert good.fault is None
    assert good.source.path == tmp_path / "nsg.gpkg"
    assert bad.fault is not None
    assert "catalogue.yaml:" in bad.fault.de
    assert str(tmp_path) not in bad.fault.de


@pytest.mark.parametrize(
    ("key", "value"),
    [("title", None), ("accuracy_m", "viel"), ("half_width", {}), ("colour", "red"),
     ("register", "perhaps"), ("coverage", "everywhere"), ("refresh_days", 0), ("quality", {}),
     ("data_date", "heute"), ("verified", True), ("minimum", -1)],
)  # fmt: skip
def test_any_other_fault_of_a_layer_is_its_own_too(tmp_path: Path, key: str, value: Any) -> None:
    catalogue = read(tmp_path, changed(f"layers.0.{key}", value) if value is not None
                     else changed(f"layers.0.{key}"))  # fmt: skip
    (layer,) = catalogue.layers
    assert layer.fault is not None
    assert f"layers[0].{key}" in layer.fault.de


@pytest.mark.parametrize(
    ("key", "value"), [("code", 5), ("keeper", "NOBODY"), ("visibility", "secret"), ("code", None)]
)
def test_who_answers_and_who_may_see_must_be_clear(tmp_path: Path, key: str, value: Any) -> None:
    """Nothing of a layer can be told where these are in doubt, so nothing is."""
    with pytest.raises(CatalogueError):
        read(tmp_path, changed(f"layers.0.{key}", value))


def test_a_fault_of_the_whole_is_told_with_those_of_layers(tmp_path: Path) -> None:
    text = changed("layers.0.accuracy_m", -1).replace("effect: note", "effect: nichts")
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, text)
    assert {f.key for f in caught.value.faults} == {"layers[0].accuracy_m", "rules[1].effect"}


def test_where_a_layer_has_data(tmp_path: Path) -> None:
    towns = "municipalities: {layer: nsg, key: nummer, name: name}\narea: {path: district.gpkg}\n"

    def coverage(value: Any) -> Source | None:
        (layer,) = read(tmp_path, changed("layers.0.coverage", value) + towns).layers
        assert layer.fault is None
        return layer.coverage

    assert coverage({"path": "a.gpkg"}) == Source("file", tmp_path / "a.gpkg")
    assert coverage("district") == Source("district")
    named = coverage({"municipalities": ["14729*", "14713000"]})
    assert named is not None
    assert (named.type, named.options["municipalities"]) == (
        "municipalities", ["14729*", "14713000"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        ("district", "the catalogue declares no area of competence (area)"),
        ("served", "only wfs, ogcapi, arcgis say what they serve"),
        ({"municipalities": ["1"]}, "does not say which layer holds the municipalities"),
        ({"municipalities": ["*"]}, "must be the key of a municipality, or its beginning and *"),
    ],
)
def test_coverage_that_leads_nowhere(tmp_path: Path, coverage: Any, said: str) -> None:
    (fault,) = faults(tmp_path, changed("layers.0.coverage", coverage))
    assert said in fault
    assert "layers[0].coverage" in fault


def test_the_area_of_competence_may_be_made_of_municipalities(tmp_path: Path) -> None:
    towns = "municipalities: {layer: nsg, key: nummer, name: name}\n"
    area = "area: {municipalities: ['14729*'], beside_m: 5000}\n"
    catalogue = read(tmp_path, MINIMAL + towns + area)
    assert catalogue.area is not None
    assert (catalogue.area.type, catalogue.beside_m) == ("municipalities", 5000)
    assert faults(tmp_path, MINIMAL + area)[0].endswith("which layer holds the municipalities")
    (fault,) = faults(tmp_path, MINIMAL + "area: {beside_m: 5}\n")
    assert fault.endswith("area: needs path, or municipalities")


def test_the_area_and_a_coverage_of_the_same_file_are_one(tmp_path: Path) -> None:
    """They are read once, and the area is never compared with itself."""
    catalogue = read(tmp_path, MINIMAL + "area: {path: district.gpkg, beside_m: 5}\n")
    assert catalogue.layers[0].coverage == catalogue.area


def test_how_far_data_can_be_trusted(tmp_path: Path) -> None:
    more = {
        "refresh_days": 90, "minimum": 5, "verified": "2026-01-31",
        "quality": {"scale": 25000, "completeness": "alle", "next_refresh": "2026-12-31"},
    }  # fmt: skip
    (layer,) = read(
        tmp_path, changed("layers.0", {**yaml.safe_load(MINIMAL)["layers"][0], **more})
    ).layers
    assert (layer.refresh_days, layer.minimum, layer.verified) == (90, 5, "2026-01-31")
    assert layer.quality == Quality(25000, Text("alle", "alle"), "2026-12-31")
    (layer,) = read(tmp_path, changed("layers.0.verified", False)).layers
    assert layer.verified is None


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    text = MINIMAL.replace("visibility: public", "visibility: secret")
    number = next(n for n, line in enumerate(text.splitlines(), 1) if "secret" in line)
    (fault,) = faults(tmp_path, text)
    assert fault.startswith(f"catalogue.yaml:{number}: layers[0].visibility: ")


def test_a_fault_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    main = MINIMAL + "include: [more.yaml]\n"
    (fault,) = faults(tmp_path, main, more="\nlayers: [{code: x}]\nrules: 5\n")[-1:]
    assert fault == "more.yaml:3: rules: must be a list"


def test_what_only_the_main_file_can_say(tmp_path: Path) -> None:
    """In an included file it would count for nothing, and nobody would notice."""
    more = "crs: EPSG:25832\ntitle: x\n"
    assert faults(tmp_path, MINIMAL + "include: [more.yaml]\n", more=more) == [
        "more.yaml:1: crs: stands in an included file; move it to the main one",
        "more.yaml:2: title: stands in an included file; move it to the main one",
    ]


def test_codes_are_declared_once_wherever_they_stand(tmp_path: Path) -> None:
    (fault,) = faults(
        tmp_path, MINIMAL + "include: [more.yaml]\n", more="offices:\n- {code: UNB, name: x}\n"
    )
    assert fault == "more.yaml:2: offices[0].code: UNB is declared twice"
    rules = MINIMAL.replace("N01u", "N01")
    assert faults(tmp_path, rules)[-1].endswith("rules[1].code: N01 is declared twice")


def test_includes_that_run_in_a_circle(tmp_path: Path) -> None:
    found = faults(
        tmp_path, MINIMAL + "include: [a.yaml]\n", a="include: [b.yaml]\n", b="include:\n- a.yaml\n"
    )
    assert found == ["b.yaml:2: include[0]: includes itself"]


def test_the_same_file_included_by_two_is_no_circle(tmp_path: Path) -> None:
    main = MINIMAL + "include: [a.yaml, b.yaml]\n"
    shared = "offices: []\n"
    read(tmp_path, main, a="include: [c.yaml]\n", b="include: [c.yaml]\n", c=shared)


@pytest.mark.parametrize("text", ["- a\n- b\n", "5\n", "text\n"])
def test_a_catalogue_that_is_no_group_of_keys(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text) == ["catalogue.yaml:1: document: must be a group of keys"]
    included = faults(tmp_path, MINIMAL + "include: [more.yaml]\n", more=text)
    assert included == ["more.yaml:1: document: must be a group of keys"]


def test_an_empty_catalogue_declares_nothing(tmp_path: Path) -> None:
    for text in ("", "layers: []\n"):
        assert read(tmp_path, text).layers == ()


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = changed("layers.0", {"code": 1, "foo": 2})
    assert len(faults(tmp_path, text)) == 5


def test_a_catalogue_may_name_its_parcels(tmp_path: Path) -> None:
    line = "parcels: {layer: nsg, gemarkung: g, flur: f, number: n, key: k}\n"
    catalogue = read(tmp_path, MINIMAL + line)
    assert catalogue.parcels == Parcels("nsg", "g", ("n",), "f", "k")
    of_two = read(tmp_path, MINIMAL + "parcels: {layer: nsg, gemarkung: g, number: [z, n]}\n")
    assert of_two.parcels == Parcels("nsg", "g", ("z", "n"), None, None)
    without = read(tmp_path, MINIMAL)
    assert without.parcels is None
    assert len({c.sha256 for c in (catalogue, of_two, without)}) == 3


def test_every_message_says_what_is_allowed(tmp_path: Path) -> None:
    """None is in the words of the schema language."""
    jargon = ("anyOf", "schemas listed", "is not of type", "required property", "additional")
    for value in (5, "x", [], {}, [5], {"a": 1}, [{"a": 1}], [{"code": 5, "when": {"x": 1}}]):
        for name in (*schema()["properties"], "foo"):
            try:
                read(tmp_path, yaml.safe_dump({name: value}))
            except CatalogueError as error:
                said = str(error)
                assert not [word for word in jargon if word.lower() in said.lower()], said


def test_the_schema_is_json_schema_2020_12_and_strict() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(dict(schema()))
    assert _open_objects(schema(), ()) == []


def _open_objects(part: Any, at: tuple[str, ...]) -> list[str]:
    """Return every object of the schema that would take unknown keys."""
    if isinstance(part, list):
        return [p for i, inner in enumerate(part) for p in _open_objects(inner, (*at, str(i)))]
    if not isinstance(part, dict):
        return []
    own = part.get("type") == "object" and "properties" in part
    found = [".".join(at)] if own and part.get("additionalProperties") is not False else []
    return found + [p for k, inner in part.items() for p in _open_objects(inner, (*at, k))]


def test_the_schema_knows_the_source_types_that_can_be_read() -> None:
    """A further type is a module, a line in READERS and a word in the schema."""
    types = schema()["$defs"]["source"]["allOf"][0]["properties"]["type"]["enum"]
    assert {*sources.READERS, *sources.REFRESHED, "manual"} == set(types)


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    from service.cli import main

    assert main(["catalogue", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def test_the_hash_follows_the_content_and_nothing_else(tmp_path: Path) -> None:
    first = read(tmp_path, MINIMAL)
    same = read(tmp_path, f"# a remark\n{MINIMAL}")
    assert (same.sha256, same.rules_sha256) == (first.sha256, first.rules_sha256)
    layer = read(tmp_path, MINIMAL.replace("accuracy_m: 1", "accuracy_m: 2"))
    assert layer.sha256 != first.sha256
    assert layer.rules_sha256 == first.rules_sha256
    rule = read(tmp_path, MINIMAL.replace("within: 300", "within: 301"))
    assert rule.rules_sha256 != first.rules_sha256


def test_the_sample_catalogue_is_one(sample: Path) -> None:
    catalogue = read_catalogue(sample / "catalogue.yaml")
    assert len(catalogue.layers) >= 40
    assert all(layer.source.path.exists() for layer in catalogue.layers)
