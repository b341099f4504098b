"""Who may read what: nobody can tell from a report whether a withheld layer met the plan."""

from pathlib import Path
from typing import Any

import pytest

from layers.layer import Layer
from layers.store import Store
from layers.version import LayerVersion
from service.cli import main
from service.report.audience import Audience, audience_from
from tests.builders import (
    Rows,
    catalogue,
    check,
    geojson,
    layer,
    rectangle,
    rule,
    unmendable,
)

PLAN = rectangle(0, 0, 100, 100)
HIT = [(rectangle(10, 10, 20, 20), {"name": "GRABHÜGEL"})]
BESIDE = [(rectangle(-10, 0, 0, 100), {"name": "GRABHÜGEL"})]
FAR = [(rectangle(400, 0, 410, 10), {"name": "GRABHÜGEL"})]
NEAR = [(rectangle(110, 0, 120, 10), {"name": "GRABHÜGEL"})]
GONE = "gone"
BROKEN = [(unmendable(30, 30), {"name": "GRABHÜGEL"})]
STATES: tuple[Any, ...] = (HIT, BESIDE, FAR, NEAR, BROKEN, GONE)

RULES = [
    rule("S1", "secret", offices=["UDB"], effect="prohibition",
         warns={"procedures": ["par13a"], "text": "GRABHÜGEL"}),
    rule("S2", "secret", {"within": 50}, offices=["UDB", "UNB"]),
    rule("S3", "secret", {"farther": 5}, offices=["AMT"]),
    rule("S4", "secret", only=["radweg"], offices=["UDB"]),
    rule("S5", "open", context={"layer": "secret", "holds": "inside"}, offices=["UNB"]),
    rule("O1", "open", offices=["UDB"]),
    rule("O2", "open", {"within": 20}, offices=["FREI"]),
    # Nothing open to all meets these; of all but LEER something may be hidden.
    rule("O3", "nothing", offices=["ABB", "VET", "LEER"]),
    rule("O4", "register", offices=["IMM", "GA"]),
    rule("S6", "secret", offices=["VET", "GA"]),
]  # fmt: skip
CODES = ("AMT", "UNB", "UDB", "ABB", "FREI", "VET", "LEER", "IMM", "GA")
OFFICES = [{"code": code, "name": f"Stelle {code}"} for code in CODES]


def region(folder: Path, secret: Any, visibility: str = "restricted", rules: Any = RULES) -> Path:
    rows: Rows | Path = folder / "gone.gpkg" if secret == GONE else secret
    entries = [
        layer(folder, "secret", rows, visibility=visibility, keeper="ABB", name="name"),
        layer(folder, "open", [rectangle(50, 50, 60, 60)]),
        layer(folder, "nothing", [rectangle(900, 900, 910, 910)]),
        layer(folder, "register", [rectangle(900, 900, 910, 910)], register="declaratory"),
    ]
    return catalogue(folder, entries, rules, offices=OFFICES)


def everything(folder: Path, secret: Any, audience: str, visibility: str) -> dict[str, bytes]:
    """Return all a reader gets but the catalogue's own hash, which the state does not change."""
    folder.mkdir()
    plan = geojson(folder / "plan.geojson", [PLAN])
    out = {form: folder / f"out.{form}" for form in ("json", "csv")}
    result = check(
        plan, region(folder, secret, visibility), "--audience", audience, "--csv",
        str(out["csv"]), "--procedure", "par13a", "--kind", "bebauungsplan",
        json_to=out["json"],
    )  # fmt: skip
    return {**{k: p.read_bytes() for k, p in out.items()}, "status": bytes([result.status])}


@pytest.mark.parametrize(
    ("audience", "visibility"),
    [("public", "restricted"), ("planner", "restricted"), ("office:UNB", "restricted"),
     ("public", "offices"), ("planner", "offices")],
)  # fmt: skip
def test_the_state_of_a_withheld_layer_changes_not_a_byte(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], audience: str, visibility: str
) -> None:
    seen = []
    for number, state in enumerate(STATES):
        capsys.readouterr()
        documents = everything(tmp_path / str(number), state, audience, visibility)
        documents["printed"] = capsys.readouterr().out.encode()
        seen.append(documents)
    # The files differ in nothing but the catalogue's hash, where the source has another name.
    reference = seen[0]
    for state, documents in zip(STATES, seen, strict=True):
        if state == GONE:
            documents["json"] = documents["json"].replace(
                _hash(documents["json"]), _hash(reference["json"])
            )
        assert documents == reference, state
    text = b"".join(reference.values()).decode()
    for word in ("GRABH", "secret", "S1", "S2", "S3", "S4", "S5", "S6"):
        assert word not in text


def _hash(document: bytes) -> bytes:
    start = document.index(b'"catalogue": "')
    return document[start : document.index(b",", start)]


def test_offices_of_withheld_layers_are_named_as_such(tmp_path: Path) -> None:
    plan = geojson(tmp_path / "plan.geojson", [PLAN])
    result = check(plan, region(tmp_path, FAR), "--audience", "public")
    assert [o["office"] for o in result.document["withheld"]] == [
        "AMT", "UNB", "UDB", "ABB", "VET", "GA",
    ]  # fmt: skip
    assert result.cleared() == ["LEER"]
    assert [o["office"] for o in result.document["no_entry"]] == ["IMM"]
    assert result.offices() == ["UDB", "FREI"]  # by what is open to all
    assert "nicht abschließend" in result.document["withheld"][0]["text"]


def test_who_keeps_a_layer_sees_it(tmp_path: Path) -> None:
    plan = geojson(tmp_path / "plan.geojson", [PLAN])
    file = region(tmp_path, HIT)
    for audience in ("office:ABB", "internal"):
        result = check(plan, file, "--audience", audience)
        assert result.document["withheld"] == []
        assert result.finding("secret")["objects"][0]["name"] == "GRABHÜGEL"
        assert {"S1", "S2"} <= result.reasons().keys()


def test_layers_for_offices_are_for_every_office(tmp_path: Path) -> None:
    plan = geojson(tmp_path / "plan.geojson", [PLAN])
    result = check(plan, region(tmp_path, HIT, "offices"), "--audience", "office:UNB")
    assert result.finding("secret")["outcome"] == "affected"


@pytest.mark.parametrize("audience", ["public", "planner", "office:UNB", "office:ABB", "internal"])
def test_what_is_withheld_is_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audience: str
) -> None:
    opened = set[str]()
    version = Store.version

    def noted(store: Store, layer: Layer) -> LayerVersion:
        opened.add(layer.code)
        return version(store, layer)

    monkeypatch.setattr(Store, "version", noted)
    parts = [(PLAN, {"rolle": "scope"}), (rectangle(0, 0, 30, 30), {"rolle": "building"})]
    plan = geojson(tmp_path / "plan.geojson", parts)
    rules = [*RULES, rule("S7", "secret", roles=["building"], offices=["UDB"])]
    file = region(tmp_path, HIT, rules=rules)
    check(plan, file, "--audience", audience)
    assert opened == {"open", "nothing", "register"} | (
        {"secret"} if audience in ("office:ABB", "internal") else set()
    )


def test_roles_by_parts_do_not_leak_either(tmp_path: Path) -> None:
    parts = [(PLAN, {"rolle": "scope"}), (rectangle(0, 0, 30, 30), {"rolle": "building"})]
    documents = []
    for number, state in enumerate((HIT, FAR)):
        folder = tmp_path / str(number)
        folder.mkdir()
        entry = layer(folder, "secret", state, visibility="restricted", keeper="ABB")
        rules = [rule("S", "secret", roles=["building"], offices=["UDB"])]
        file = catalogue(folder, [entry], rules, offices=OFFICES)
        plan = geojson(folder / "plan.geojson", parts)
        documents.append(check(plan, file, "--audience", "public").document)
    assert documents[0] == documents[1]


@pytest.mark.parametrize("text", ["", "office", "office:", "public:UNB", "alle", "internal:X"])
def test_who_reads_is_said_exactly(text: str) -> None:
    with pytest.raises(ValueError, match="none of public"):
        audience_from(text)


def test_audiences() -> None:
    assert audience_from("planner") == Audience("planner")
    assert audience_from("office:UNB") == Audience("office", "UNB")


def test_an_office_nobody_declared_is_a_slip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = geojson(tmp_path / "plan.geojson", [PLAN])
    file = region(tmp_path, FAR)
    status = main(["check", str(plan), "--catalogue", str(file), "--audience", "office:UBN"])
    assert status == 64
    assert "UBN" in capsys.readouterr().err
