import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis.crs import crs_from
from gis.problem import Text
from gis.transform import transform
from layers import reading, sources
from layers.layer import HalfWidth, Layer, Source
from layers.reading.ogr import engine
from layers.store import LayerUnavailableError, Store, default_root

ROOT = Path(__file__).parents[2]
CRS = crs_from("EPSG:25833")
RINGS = [
    [[330000, 5670000], [330100, 5670000], [330100, 5670100], [330000, 5670000]],
    [[331000, 5670000], [331100, 5670000], [331100, 5670100], [331000, 5670000]],
]


def layer(path: Path, **more: Any) -> Layer:
    given: dict[str, Any] = {
        "code": "nsg", "title": Text("Naturschutzgebiete", "reserves"), "theme": "natur",
        "keeper": "UNB", "source": Source("file", path, more.pop("layer", None)), "id": "nr",
        "name": None, "accuracy_m": 1.0, "half_width": None, "linear_reference": None,
        "visibility": "public", "declaratory": False, "coverage": None, "data_date": None,
        "licence": "", "attribution": "", "note": None,
    }  # fmt: skip
    return Layer(**{**given, **more})


def geojson(path: Path, rings: list[Any] = RINGS, **properties: Any) -> Path:
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "EPSG:25833"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"nr": f"N{i}", "name": f"Größe {i}", "ha": i + 0.5, **properties},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
            for i, ring in enumerate(rings)
        ],
    }
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def written(path: Path, driver: str) -> Path:
    """Return a file with the same features as `geojson` in another format."""
    engine().raw.write(
        path,
        geometry=shapely.to_wkb(np.array([shapely.Polygon(r) for r in RINGS])),
        field_data=[
            np.array(["N0", "N1"], dtype=object),
            np.array(["Größe 0", "Größe 1"], dtype=object),
            np.array([0.5, 1.5]),
        ],
        fields=["nr", "name", "ha"],
        geometry_type="Polygon",
        crs="EPSG:25833",
        driver=driver,
    )
    return path


class Loads(list[str]):
    """The names of the sources that were read."""

    def store(self, folder: Path) -> Store:
        return Store(folder, CRS, loading=self.append)


def reason(store: Store, wanted: Layer) -> str:
    with pytest.raises(LayerUnavailableError) as caught:
        store.version(wanted)
    assert caught.value.text.en
    return caught.value.text.de


def test_a_source_is_read_once(tmp_path: Path) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()
    first = loads.store(tmp_path / "data").version(nsg)
    again = loads.store(tmp_path / "data").version(nsg)
    assert loads == ["Naturschutzgebiete"]
    assert again.folder == first.folder
    assert again.facts == first.facts
    assert again.everything().ids == ("N0", "N1")


def test_a_source_that_changed_is_read_again(tmp_path: Path) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()
    store = loads.store(tmp_path / "data")
    first = store.version(nsg)
    geojson(nsg.source.path, RINGS[:1])
    assert store.version(nsg).count == 1
    os.utime(nsg.source.path, ns=(1, 1))
    assert store.version(nsg).count == 1
    assert len(loads) == 3
    assert first.everything().ids == ("N0", "N1")  # old versions stay


def test_what_the_catalogue_makes_of_a_source_counts_too(tmp_path: Path) -> None:
    path, loads = geojson(tmp_path / "nsg.geojson"), Loads()
    store = loads.store(tmp_path / "data")
    assert store.version(layer(path)).everything().ids == ("N0", "N1")
    assert store.version(layer(path, id=None)).everything().ids == ("1", "2")
    other = Store(tmp_path / "data", crs_from("EPSG:25832"))
    assert other.version(layer(path)).sha256 != store.version(layer(path)).sha256
    assert len(loads) == 2


@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile"), ("a.fgb", "FlatGeobuf")],
)
def test_the_same_features_are_the_same_version_in_every_format(
    tmp_path: Path, name: str, driver: str
) -> None:
    store = Store(tmp_path / "data", CRS)
    wanted = store.version(layer(geojson(tmp_path / "a.geojson")))
    found = store.version(layer(written(tmp_path / name, driver)))
    assert found.everything().attributes == wanted.everything().attributes
    assert found.folder == wanted.folder


def test_every_file_of_a_shapefile_counts(tmp_path: Path) -> None:
    path, loads = written(tmp_path / "[a].shp", "ESRI Shapefile"), Loads()
    store = loads.store(tmp_path / "data")
    store.version(layer(path))
    os.utime(path.with_suffix(".dbf"), ns=(1, 1))
    store.version(layer(path))
    (tmp_path / "[a].txt").write_text("no part of it")
    store.version(layer(path))
    assert len(loads) == 2


def test_a_way_that_costs_accuracy_is_not_that_of_another_source(tmp_path: Path) -> None:
    """Two sources may lead to the same features; how they got there is told of each."""
    old = geojson(tmp_path / "old.geojson", [[[4530000, 5670000], [4530100, 5670000],
                                              [4530100, 5670100], [4530000, 5670000]]])  # fmt: skip
    old.write_text(old.read_text().replace("EPSG:25833", "EPSG:31468"))
    store = Store(tmp_path / "data", CRS)
    first = store.version(layer(old))
    exact = [shapely.get_coordinates(first.everything().geometries[0]).tolist()]
    second = store.version(layer(geojson(tmp_path / "new.geojson", exact)))
    assert second.folder == first.folder
    for _ in range(2):
        assert store.version(layer(old)).transformation_accuracy_m >= 1
        assert store.version(layer(tmp_path / "new.geojson")).transformation_accuracy_m == 0


@pytest.mark.parametrize("name", ["index.bin", "version.json", "damaged"])
def test_damage_is_healed_from_the_source(tmp_path: Path, name: str) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()
    store = loads.store(tmp_path / "data")
    folder = store.version(nsg).folder
    (folder / name).write_bytes(b"")
    assert store.version(nsg).everything().ids == ("N0", "N1")
    assert len(loads) == 2
    assert store.version(nsg).count == 2
    assert len(loads) == 2


def test_a_flipped_byte_is_never_a_finding_and_healed_next_time(tmp_path: Path) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()
    store = loads.store(tmp_path / "data")
    index = store.version(nsg).folder / "index.bin"
    content = bytearray(index.read_bytes())
    content[20] ^= 1
    index.write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        store.version(nsg).everything()
    assert store.version(nsg).everything().ids == ("N0", "N1")
    assert len(loads) == 2


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"version": 5}', '{"version": "x"}'])
def test_a_damaged_pointer_is_written_again(tmp_path: Path, content: str) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()
    store = loads.store(tmp_path / "data")
    store.version(nsg)
    (pointer,) = (tmp_path / "data" / "sources").iterdir()
    pointer.write_text(content)
    assert store.version(nsg).count == 2
    assert len(loads) == 2
    assert list((tmp_path / "data" / "sources").iterdir()) == [pointer]


def test_a_layer_without_objects_is_a_version_that_says_so(tmp_path: Path) -> None:
    version = Store(tmp_path / "data", CRS).version(layer(geojson(tmp_path / "a.geojson", [])))
    assert (version.count, version.broken) == (0, ())
    assert version.notes == ("Die Quelle enthält keine Objekte.",)
    assert version.everything().ids == ()


def test_why_a_layer_cannot_be_had(tmp_path: Path) -> None:
    store = Store(tmp_path / "data", CRS)
    assert "nsg.gpkg fehlt" in reason(store, layer(tmp_path / "nsg.gpkg"))
    broken = tmp_path / "broken.geojson"
    broken.write_text('{"type": "FeatureCollection", "features": [')
    assert "unvollständig" in reason(store, layer(broken))
    assert "keine Ebene „lsg“" in reason(
        store, layer(written(tmp_path / "a.gpkg", "GPKG"), layer="lsg")
    )
    bare = geojson(tmp_path / "bare.geojson")
    bare.write_text(bare.read_text().replace('"crs"', '"xcrs"'))
    assert "Koordinatensystem" in reason(store, layer(bare))
    assert "format" in reason(store, layer(tmp_path)).lower()


@pytest.mark.parametrize(
    "ring",
    [[[12, 51], [13, 51], [13, 52], [12, 51]], [[5e6, 3e5], [5e6, 4e5], [6e6, 4e5], [5e6, 3e5]]],
)
def test_a_layer_that_lies_nowhere_near_its_crs(tmp_path: Path, ring: list[Any]) -> None:
    """It would clear every plan."""
    said = reason(Store(tmp_path / "data", CRS), layer(geojson(tmp_path / "a.geojson", [ring])))
    assert "Gültigkeitsbereich" in said


KREIS = [
    [320000, 5660000],
    [340000, 5660000],
    [340000, 5680000],
    [320000, 5680000],
    [320000, 5660000],
]


def labelled(path: Path, crs: str, there: str = "EPSG:25833") -> Path:
    """Return a file whose coordinates are of one CRS and whose label names another."""
    moved, _ = transform(shapely.polygons(RINGS), CRS, crs_from(there))
    rings = [shapely.get_coordinates(shape).tolist() for shape in moved]
    geojson(path, rings)
    path.write_text(path.read_text().replace("EPSG:25833", crs))
    return path


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("EPSG:25832", "EPSG:25833"),
        ("EPSG:25833", "EPSG:25832"),
        ("EPSG:31469", "EPSG:31468"),
        ("EPSG:25832", "EPSG:31468"),
    ],
)
def test_a_wrong_label_is_noticed_where_the_area_is_known(
    tmp_path: Path, named: str, meant: str
) -> None:
    kreis = Source("file", geojson(tmp_path / "kreis.geojson", [KREIS]))
    store = Store(tmp_path / "data", CRS, area=kreis)
    assert store.version(layer(labelled(tmp_path / "good.geojson", meant, meant))).count == 2
    said = reason(store, layer(labelled(tmp_path / "a.geojson", named, meant)))
    assert f"als {meant}" in said


def test_a_layer_that_lies_elsewhere_is_left_alone(tmp_path: Path) -> None:
    """A national park on the other side of the country is what it is."""
    kreis = Source("file", geojson(tmp_path / "kreis.geojson", [KREIS]))
    store = Store(tmp_path / "data", CRS, area=kreis)
    far = [[[x + 110_000, y - 40_000] for x, y in ring] for ring in RINGS]
    assert store.version(layer(geojson(tmp_path / "a.geojson", far))).count == 2


def test_a_layer_is_not_kept_that_could_not_be_compared_with_the_area(tmp_path: Path) -> None:
    """Else a wrong label would stay unnoticed once the area can be read again."""
    kreis = tmp_path / "kreis.geojson"
    store = Store(tmp_path / "data", CRS, area=Source("file", kreis))
    mislabelled = layer(labelled(tmp_path / "a.geojson", "EPSG:25832", "EPSG:25833"))
    said = reason(store, mislabelled)
    assert "Gebiet der Zuständigkeit" in said
    assert "kreis.geojson" in said
    geojson(kreis, [KREIS])
    assert "als EPSG:25833" in reason(store, mislabelled)
    assert store.version(layer(geojson(tmp_path / "b.geojson"))).count == 2


def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    store, path = Store(tmp_path / "data", CRS), tmp_path / "nsg.geojson"
    reason(store, layer(path))
    assert store.version(layer(geojson(path))).count == 2
    path.unlink()
    assert "fehlt" in reason(store, layer(path))


def test_a_width_that_no_object_has_is_no_width_of_nought(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson")
    store = Store(tmp_path / "data", CRS)
    wrong = layer(path, half_width=HalfWidth(attribute="breite"))
    assert "„breite“" in reason(store, wrong)
    assert store.version(layer(path, half_width=HalfWidth(attribute="ha"))).count == 2
    empty = geojson(tmp_path / "b.geojson", [])
    assert store.version(layer(empty, half_width=HalfWidth(attribute="ha"))).count == 0


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nsg, loads = layer(geojson(tmp_path / "nsg.geojson")), Loads()

    def slowly(source: Source) -> Iterator[reading.Features]:
        yield from sources.file.batches(source)
        geojson(source.path, RINGS[:1])

    with monkeypatch.context() as patch:
        patch.setitem(sources.READERS, "file", slowly)  # type: ignore[arg-type]
        assert "verändert" in reason(loads.store(tmp_path / "data"), nsg)
    assert loads.store(tmp_path / "data").version(nsg).count == 1


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = Store(tmp_path / "file", CRS)
    said = reason(store, layer(geojson(tmp_path / "nsg.geojson")))
    assert "Datenordner" in said
    assert str(tmp_path / "file") in said
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sources").write_text("in the way")
    said = reason(Store(tmp_path / "data", CRS), layer(tmp_path / "nsg.geojson"))
    assert "nicht gespeichert" in said


def test_names_in_any_script(tmp_path: Path) -> None:
    folder = tmp_path / "Fläche 中 ' \""
    folder.mkdir()
    path = geojson(folder / "Größe;a!b?.geojson", ИМЯ="имя 名前 🌳")
    version = Store(folder / "data", CRS).version(layer(path))
    assert version.everything().attributes[0]["ИМЯ"] == "имя 名前 🌳"


def test_writers_at_the_same_time_do_not_harm_each_other(tmp_path: Path) -> None:
    path = geojson(tmp_path / "nsg.geojson", RINGS * 200)
    script = (
        "import sys; from pathlib import Path; from gis.crs import crs_from\n"
        "from layers.store import Store; from layers.layer import Source\n"
        "for _ in range(5):\n"
        "    store = Store(Path(sys.argv[1]), crs_from('EPSG:25833'))\n"
        "    print(store.polygon(Source('file', Path(sys.argv[2]))).area)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "data"), str(path)]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert said == ["10000.0\n" * 5] * 3
    assert len(list((tmp_path / "data" / "versions").iterdir())) == 1
    assert len(list((tmp_path / "data" / "sources").iterdir())) == 1


def test_an_area_is_the_union_and_read_once(tmp_path: Path) -> None:
    loads = Loads()
    store = loads.store(tmp_path / "data")
    source = Source("file", geojson(tmp_path / "kreis.geojson", [RINGS[0], RINGS[0], RINGS[1]]))
    assert store.polygon(source).area == 10_000
    assert store.polygon(source) is store.polygon(source)
    assert loads == ["kreis.geojson"]


def test_an_area_that_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "data", CRS)
    line = tmp_path / "line.wkt"
    line.write_text("LINESTRING (330000 5670000, 330100 5670000)")
    for path in (line, geojson(tmp_path / "empty.geojson", [])):
        with pytest.raises(LayerUnavailableError, match="holds no area"):
            store.polygon(Source("file", path))
    with pytest.raises(LayerUnavailableError, match="missing"):
        store.polygon(Source("file", tmp_path / "missing.gpkg"))


def test_an_area_whose_version_is_damaged(tmp_path: Path) -> None:
    source = Source("file", geojson(tmp_path / "kreis.geojson"))
    Store(tmp_path / "data", CRS).polygon(source)
    (version,) = (tmp_path / "data" / "versions").iterdir()
    content = bytearray((version / "index.bin").read_bytes())
    content[20] ^= 1
    (version / "index.bin").write_bytes(content)
    with pytest.raises(LayerUnavailableError, match="damaged"):
        Store(tmp_path / "data", CRS).polygon(source)
    assert Store(tmp_path / "data", CRS).polygon(source).area == 10_000


def test_where_the_data_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path))
    assert default_root() == tmp_path
    monkeypatch.delenv("BELANG_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_root() == tmp_path / "belang"
