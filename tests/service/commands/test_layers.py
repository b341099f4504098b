"""What the steward of the layers does on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pytest

from service.cli import main
from tests import builders
from tests.layers.steward import rows

Printed = pytest.CaptureFixture[str]
Steward = Callable[..., tuple[int, Any]]


@pytest.fixture
def nsg(tmp_path: Path) -> Path:
    return builders.geojson(tmp_path / "nsg.geojson", rows(20))


@pytest.fixture
def steward(tmp_path: Path, nsg: Path, capsys: Printed) -> Steward:
    """Return a function that runs `belang layers …` with --json; gives status and document."""
    entries = [
        builders.layer(tmp_path, "nsg", nsg, id="nr", refresh_days=1),
        {"code": "funde", "title": "Funde", "keeper": "UDB",
         "source": {"type": "manual", "viewer": "https://example.org/"}},
    ]  # fmt: skip
    file = builders.catalogue(tmp_path, entries)

    def run(action: str, *more: str, plain: bool = False) -> tuple[int, Any]:
        capsys.readouterr()
        given = ["layers", action, *more, "--catalogue", str(file), "--data", str(tmp_path / "d")]
        status = main(given if plain else [*given, "--json"])
        said = capsys.readouterr()
        return status, said.out + said.err if plain or status in (2, 64) else json.loads(said.out)

    return run


def test_from_an_empty_store_to_a_published_layer_and_on(
    steward: Steward, nsg: Path, tmp_path: Path
) -> None:
    assert steward("refresh") == (0, [])  # a file follows its source until it is asked for
    status, (outcome,) = steward("refresh", "nsg", "--who", "Frau Amt")
    assert (status, outcome["event"], outcome["count"]) == (0, "published", 20)
    assert steward("refresh")[1][0]["event"] == "unchanged"
    assert steward("refresh", "--due") == (0, [])
    status, (state,) = steward("status")
    assert (status, state["version"], state["open"]) == (0, outcome["version"], [])

    builders.geojson(nsg, rows(12))
    status, (refused,) = steward("refresh")
    assert (status, refused["event"], refused["code"]) == (3, "refused", "refresh-fewer")
    status, (state,) = steward("status")
    assert (status, state["staged"]) == (3, refused["version"])
    assert "12 statt 20" in state["open"][0]["de"]
    status, waiting = steward("diff", "nsg", "--csv", str(tmp_path / "a.csv"))
    assert (status, waiting["counts"]["removed"]) == (0, 8)
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 9

    status, (accepted,) = steward("accept", "nsg", "--reason", "aufgehoben", "--who", "Herr Rat")
    assert (status, accepted["event"]) == (0, "accepted")
    status, events = steward("history", "nsg")
    assert [e["event"] for e in events] == ["published", "unchanged", "refused", "accepted"]
    assert (events[0]["who"], events[-1]["because"]) == ("Frau Amt", "aufgehoben")
    files = [str(tmp_path / name) for name in ("a.gpkg", "a.html")]
    status, found = steward("diff", "nsg", "--gpkg", files[0], "--map", files[1])
    assert (status, found["before"]) == (0, f"sha256:{outcome['version']}")
    assert len(geopandas.read_file(files[0])) == 8
    assert "N0019" in Path(files[1]).read_text()

    assert steward("export", "nsg", str(tmp_path / "b.gpkg"))[0] == 0
    assert len(geopandas.read_file(tmp_path / "b.gpkg", layer="nsg")) == 12
    old = ("export", "nsg", str(tmp_path / "b.gpkg"), "--version", outcome["version"][:9])
    assert steward(*old)[0] == 0
    assert len(geopandas.read_file(tmp_path / "b.gpkg")) == 20
    assert steward("verify") == (0, [])
    assert steward("gc", "--keep-days", "0", "--dry-run")[1]["paths"] == []
    # Two versions of four files, tiles of three files for each, what is in force and the history.
    assert steward("copy", str(tmp_path / "copy"))[1]["sent"] == 2 * 4 + 2 * 3 + 2


@pytest.mark.parametrize("action", ["list", "load", "refresh", "status", "history", "verify", "gc"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_everything_is_said_in_words_too(steward: Steward, action: str, language: str) -> None:
    steward("refresh", "nsg")
    more = ["nsg"] if action in ("load", "refresh", "history") else []
    status, said = steward(action, *more, "--lang", language, plain=True)
    assert status == 0
    assert said.strip()


def test_a_broken_store_is_told_and_refreshed(steward: Steward, tmp_path: Path) -> None:
    version = steward("refresh", "nsg")[1][0]["version"]
    path = tmp_path / "d" / "layers" / "versions" / version / "features.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    status, (damage,) = steward("verify")
    assert (status, Path(damage["path"]).name) == (3, version)
    assert steward("verify", plain=True)[0] == 3


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (["refresh", "lsg"], 64, "no such layer: lsg"),
        (["refresh", "funde"], 64, "nothing to refresh by machine: funde"),
        (["accept", "nsg", "--reason", " "], 64, "--reason"),
        (["accept", "nsg", "--reason", "x"], 2, "nothing-staged"),
        (["diff", "nsg"], 64, "no previous version"),
        (["diff", "nsg", "abc", "current"], 64, "0 versions are called abc"),
        (["export", "nsg", "/proc/none/a.gpkg"], 64, "cannot be written"),
        (["gc", "--keep-days", "-1"], 64, "--keep-days"),
        (["copy", "nobody://knows"], 64, "TARGET"),
    ],
)
def test_what_cannot_work_is_told(
    steward: Steward, given: list[str], status: int, said: str
) -> None:
    steward("refresh", "nsg")
    got, text = steward(*given)
    assert got == status, text
    assert said in text


def test_a_layer_never_published_says_what_to_do(steward: Steward, nsg: Path) -> None:
    builders.geojson(nsg, [])
    status, (outcome,) = steward("refresh", "nsg")
    assert (status, outcome["code"]) == (3, "refresh-empty")
    status, (state,) = steward("status")
    assert status == 3
    assert "belang layers refresh nsg" in state["open"][0]["de"]
    assert steward("load", "nsg")[0] == 3
