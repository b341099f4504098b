"""The steward's page, tried literally: its files are written, its commands run, its output comes.

A server on loopback stands in for the address of the page.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import shapely
from shapely.geometry import mapping

from layers.harvest.gate import GATES
from layers.harvest.manners import POLITE
from layers.harvest.request import origin
from service.cli import main
from tests.builders import geojson
from tests.upstream import arcgis
from tests.upstream.gateway import Asked, Reply, answering

PAGE = Path(__file__).parent.parent / "docs" / "layers.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"# status (\d+)")
WEST = shapely.box(320_000, 5_660_000, 322_500, 5_665_000)
EAST = shapely.box(322_500, 5_660_000, 325_000, 5_665_000)
TOWNS = [
    (WEST, {"ags": "14729010", "name": "West"}),
    (EAST, {"ags": "14729020", "name": "Ost"}),
]
PLAN = shapely.box(320_010, 5_660_010, 320_070, 5_660_070)


@dataclass
class Step:
    """A command of the page, what it shows of the output, and with which status it ends."""

    command: str
    shown: list[str] = field(default_factory=list)
    status: int = 0


def steps(text: str) -> Iterator[Step]:
    step: Step | None = None
    for line in text.splitlines():
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(line[2:])
        elif step and (status := STATUS.fullmatch(line)):
            step.status = int(status[1])
        elif step and line:
            step.shown.append(line)
    if step:
        yield step


def _geopark(_: Asked) -> Reply:
    park = {"type": "Feature", "geometry": mapping(shapely.box(12.4, 51.0, 12.6, 51.2)),
            "properties": {"nr": "1", "name": "Geopark"}}  # fmt: skip
    body = json.dumps({"type": "FeatureCollection", "features": [park]}).encode()
    return 200, {"Content-Type": "application/geo+json"}, body


@pytest.fixture
def page() -> Iterator[str]:
    """Return the page with addresses at which somebody answers."""
    text = PAGE.read_text(encoding="utf-8")
    with arcgis.arcgis(400) as service, answering(_geopark) as files:
        for server in (service, files):  # who comes first to a server sets how polite all are
            GATES.of(origin(server.url), replace(POLITE, per_second=1_000))
        text = text.replace(
            "https://geo.example.org/arcgis/rest/services/nature",
            f"{service.url}/arcgis/rest/services/probe",
        )
        yield text.replace("https://geo.example.org/files", f"{files.url}/files")


def _run(step: Step, capsys: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(step.command)
    if program != "belang":
        subprocess.run([program, *arguments], check=True)
        return
    status = main(arguments)
    out = " ".join(capsys.readouterr().out.split())
    assert status == step.status, f"{step.command}\n{out}"
    # Tables draw lines between cells; the page shows the cells that matter, one after the other.
    words = re.sub(r"[│┃]", " ", out)
    for line in step.shown:
        cells = ".*?".join(map(re.escape, line.split()))
        assert re.search(cells, words), f"{line}\nin\n{words}"


def test_a_newcomer_gets_from_an_empty_catalogue_to_three_published_layers(
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BELANG_DATA", str(tmp_path / "belang"))
    (tmp_path / "data").mkdir()
    geojson(tmp_path / "data" / "towns.geojson", TOWNS)
    geojson(tmp_path / "plan.geojson", [PLAN])
    ran = 0
    for kind, text in BLOCK.findall(page):
        if kind == "yaml":
            head, _, body = text.partition("\n")
            assert head.startswith("# district.yaml")
            with Path("district.yaml").open("a", encoding="utf-8") as file:
                file.write(body)
        elif kind == "console":
            for step in steps(text):
                _run(step, capsys)
                ran += 1
    assert ran >= 15
    assert main(["layers", "status", "--catalogue", "district.yaml", "--json"]) == 0
    published = {row["layer"]: row for row in json.loads(capsys.readouterr().out)}
    assert {"towns", "reserves", "geopark"} <= set(published)


def test_the_page_names_no_other_server() -> None:
    hosts = set(re.findall(r"https?://([^/\s'\"`)]+)", PAGE.read_text(encoding="utf-8")))
    assert hosts == {"geo.example.org", "karte.example.org"}
