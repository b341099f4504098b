"""The catalogue of the Landkreis Leipzig: whole, honest about what nobody has seen, and shared."""

import re
from collections import Counter
from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from layers.catalogue import Catalogue, read_catalogue
from layers.layer import Layer
from service.offices.rule import rules_from
from service.plans.kinds import vocabulary_of

# Every server that a public page or public code names; no other may turn up.
HOSTS = frozenset(
    {"luis.sachsen.de", "geodienste.sachsen.de", "geodienste.bfn.de", "sgx.geodatenzentrum.de",
     "geoportal.umwelt.sachsen.de", "oba.sachsen.de", "wasser.sachsen.de", "lds.sachsen.de",
     "denkmalliste.denkmalpflege.sachsen.de", "archaeo-sn.de", "geomis.sachsen.de", "metaver.de",
     "rpv-westsachsen.de", "landkreisleipzig.de"}
)  # fmt: skip
PATH = re.compile(r"/arcgis/(?:rest/)?services/(.+)/(?:FeatureServer|MapServer)")


def catalogue_of(name: str) -> Catalogue:
    with resources.as_file(resources.files("layers") / "catalogues") as folder:
        return read_catalogue(folder / name)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return catalogue_of("landkreis-leipzig.yaml")


def addresses(layer: Layer) -> list[str]:
    options = layer.source.options
    named = [options.get("url"), options.get("viewer")]
    named += [other.get("url") for other in options.get("alternatives", ())]
    return [str(url) for url in named if url is not None]


def test_it_is_without_a_fault_and_complete(catalogue: Catalogue) -> None:
    assert catalogue.faults == ()
    assert len(catalogue.layers) >= 80
    with_data = [layer for layer in catalogue.layers if layer.source.type != "manual"]
    assert len(with_data) >= 40
    types = Counter(layer.source.type for layer in catalogue.layers)
    assert {"arcgis", "wfs", "file", "osm", "manual"} <= set(types)


def test_rules_and_offices_are_those_of_the_sample(catalogue: Catalogue) -> None:
    """Included and not copied: the same files, so the same rules."""
    sample = catalogue_of("sample.yaml")
    shared = {entry.data["code"]: entry for entry in sample.rules}
    for entry in catalogue.rules:
        if entry.data["code"] in shared:
            assert entry.document.path == shared[entry.data["code"]].document.path
    assert shared.keys() <= {entry.data["code"] for entry in catalogue.rules}
    assert catalogue.offices == sample.offices
    assert catalogue.external == sample.external


@pytest.mark.parametrize("name", ["sample.yaml", "landkreis-leipzig.yaml"])
def test_every_layer_a_rule_asks_for_is_there(name: str) -> None:
    catalogue = catalogue_of(name)
    known = {layer.code for layer in catalogue.layers}
    rules = rules_from(catalogue, vocabulary_of(catalogue.kinds))
    asked = {rule.layer for rule in rules} | {r.context.layer for r in rules if r.context}
    assert asked - {None} <= known


def test_each_layer_says_whose_data_they_are(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        assert layer.attribution, layer.code
        assert layer.licence, layer.code
        assert layer.accuracy_m > 0, layer.code
        assert layer.title.en, layer.code


def test_data_say_where_they_end_and_when_they_age(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        if layer.source.type in ("arcgis", "wfs", "osm"):
            assert layer.coverage is not None, layer.code
            assert layer.refresh_days, layer.code


def test_nothing_passes_for_seen(catalogue: Catalogue) -> None:
    assert all(layer.verified is None for layer in catalogue.layers)
    head = catalogue.path.read_text(encoding="utf-8")[:600]
    assert "Nothing here could be reached" in head


def test_guesses_are_called_guesses(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        if layer.source.type in ("arcgis", "wfs", "file"):
            assert layer.note is not None, layer.code


def test_no_address_is_invented(catalogue: Catalogue) -> None:
    for layer in catalogue.layers:
        for url in addresses(layer):
            assert urlsplit(url).hostname in HOSTS, url


def test_every_address_stands_in_the_collected_sources(catalogue: Catalogue, shared: Path) -> None:
    notes = (shared / "notes" / "domain.md").read_text(encoding="utf-8")
    for layer in catalogue.layers:
        for url in addresses(layer):
            assert str(urlsplit(url).hostname) in notes, url
            service = PATH.search(url)
            # What a table there abbreviates (`grundwasserdynamik_2016` and `_2022`) is split.
            names = [service[1], service[1].rpartition("_")[0]] if service else []
            assert not names or any(name and name in notes for name in names), url


def test_what_is_restricted_there_is_restricted_here(catalogue: Catalogue) -> None:
    sample = {layer.code: layer for layer in catalogue_of("sample.yaml").layers}
    for layer in catalogue.layers:
        if layer.code in sample:
            assert layer.visibility == sample[layer.code].visibility, layer.code
            assert layer.theme == sample[layer.code].theme, layer.code
