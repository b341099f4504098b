"""Two layers at a time give what one after the other does, each at its place."""

from pathlib import Path

from layers.loaded import loaded
from layers.store import LayerUnavailableError, Store
from layers.version import LayerVersion
from tests.layers.test_store import CRS, RINGS, geojson, layer


def test_each_layer_has_its_own_answer(tmp_path: Path) -> None:
    whole, part = geojson(tmp_path / "a.geojson"), geojson(tmp_path / "b.geojson", RINGS[:1])
    layers = [
        layer(whole, code="first"), layer(tmp_path / "gone.geojson", code="gone"),
        layer(part, code="part"), layer(whole, code="again"),
    ]  # fmt: skip
    found = loaded(Store(tmp_path / "together", CRS), layers)
    alone = Store(tmp_path / "alone", CRS)
    assert isinstance(found[1], LayerUnavailableError)
    for i in (0, 2, 3):
        one = found[i]
        assert isinstance(one, LayerVersion)
        assert one.sha256 == alone.version(layers[i]).sha256
    names = [p.name for p in (tmp_path / "together" / "versions").iterdir()]
    assert sorted(names) == sorted({v.folder.name for v in found if isinstance(v, LayerVersion)})
