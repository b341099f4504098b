"""The bill of materials and the list of licences are those of the lock files."""

import json
import re

from bench.inventory import BILL, LICENCES, PINNED, ROOT, components, pinned


def test_both_are_in_step_with_the_lock_files() -> None:
    """`make sbom` writes them; licences are those of the machine it ran on."""
    locked = {one.purl: one.scope for one in components()}
    bill = json.loads(BILL.read_text(encoding="utf-8"))
    assert {c["purl"]: c["scope"] for c in bill["components"]} == locked, "make sbom"
    rows = re.findall(
        r"^\| (\S+) \((\w+)\) \| (\S+) \| (.+) \|$", LICENCES.read_text(), re.MULTILINE
    )
    assert {(kind, name, version) for name, kind, version, _ in rows} == {
        (one.kind, one.name, one.version) for one in components()
    }, "make sbom"


def test_every_pin_is_in_it() -> None:
    for name, _ in PINNED:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert len(list(pinned(text.splitlines(), ""))) == text.count("==")


def test_the_bill_is_one() -> None:
    bill = json.loads(BILL.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    refs = [c["bom-ref"] for c in bill["components"]]
    assert len(set(refs)) == len(refs)
    known = {*refs, bill["metadata"]["component"]["bom-ref"]}
    for row in bill["dependencies"]:
        assert {row["ref"], *row["dependsOn"]} <= known
    root = bill["dependencies"][0] if bill["dependencies"] else {}
    assert any("shapely" in ref for row in bill["dependencies"] for ref in row["dependsOn"]), root


def test_nothing_that_runs_forbids_to_be_delivered_under_the_eupl() -> None:
    """The list of compatible licences in the EUPL's appendix, and all that ask for less."""
    text = LICENCES.read_text(encoding="utf-8").partition("## Only builds")[0]
    stated = {
        row[1] for row in re.findall(r"^\| (\S+ \(\w+\)) \| \S+ \| (.+) \|$", text, re.MULTILINE)
    }
    asks = re.compile(r"(?<!L)GPL|AGPL|SSPL|BUSL|Commons|proprietary", re.IGNORECASE)
    assert not {licence for licence in stated if asks.search(licence)}
