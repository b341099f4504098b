"""The bill of materials and the list of licences are those of the lock files."""

import json
import platform
import re
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pyogrio
import pyproj
import pytest
import shapely
from packaging.licenses import canonicalize_license_expression

from bench.component import UNKNOWN, Component
from bench.inside import installed
from bench.inventory import BILL, LICENCES, PINNED, ROOT, components, laid_out, pinned

Listed = dict[str, Any]
# Which library a file beside a wheel is, or is a part of, where their names differ.
PART_OF = {
    "Xau": "almalinux/libXau", "avif": "libavif", "brotlicommon": "brotli", "brotlidec": "brotli",
    "com_err": "centos/libcom_err", "crypt": "libcrypt", "crypto": "openssl", "geos_c": "geos",
    "gfortran": "libgfortran", "gssapi_krb5": "krb5", "jpeg": "libjpeg-turbo", "k5crypto": "krb5",
    "keyutils": "centos/keyutils-libs", "krb5support": "krb5", "lber": "openldap",
    "ldap": "openldap", "lzma": "xz", "openjp2": "openjpeg", "png16": "libpng", "pq": "postgresql",
    "quadmath": "libquadmath", "sasl2": "centos/cyrus-sasl-lib", "scipy_openblas64_": "openblas",
    "sharpyuv": "libwebp", "sqlite3": "sqlite", "ssl": "openssl", "tiff": "libtiff",
    "webp": "libwebp", "webpdemux": "libwebp", "webpmux": "libwebp", "xcb": "libxcb",
}  # fmt: skip
ASKS = re.compile(
    r"(?<!L)GPL(?!\S* WITH GCC-exception)|AGPL|SSPL|BUSL|Commons|proprietary", re.IGNORECASE
)


@pytest.fixture(scope="module")
def bill() -> Listed:
    found: Listed = json.loads(BILL.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def locked() -> list[Component]:
    return components()


def within(listed: list[Listed]) -> Iterator[Listed]:
    for one in listed:
        yield one
        yield from within(one.get("components", []))


def licence(one: Listed) -> str:
    """Return the licence of a component as it is written in the bill."""
    said = one.get("licenses", [{"expression": UNKNOWN}])[0]
    return str(said.get("expression") or next(iter(said["license"].values())))


def asks(licence: str) -> bool:
    """Tell whether a licence asks for more than the EUPL allows, whichever of it is chosen."""
    choices = [licence] if "(" in licence else licence.split(" OR ")
    return all(ASKS.search(one) for one in choices)


def version(wheel: str, library: str, bill: Listed) -> str:
    parts = next(one["components"] for one in bill["components"] if one["name"] == wheel)
    return str(next(one["version"] for one in parts if one["name"] == library))


def test_both_are_in_step_with_the_lock_files(bill: Listed, locked: list[Component]) -> None:
    """`make sbom` writes them; licences are those of the machine it ran on."""
    assert {c["purl"]: c["scope"] for c in bill["components"]} == {
        one.purl: one.scope for one in locked
    }, "make sbom"
    rows = re.findall(
        r"^\| (\S+) \((\w+)\) \| (\S+) \| (.+) \|$", LICENCES.read_text(), re.MULTILINE
    )
    assert {(kind, name, version) for name, kind, version, _ in rows} == {
        (one.kind, one.name, one.version) for one in locked
    }, "make sbom"


def test_every_component_has_the_hashes_of_its_lock_file(
    bill: Listed, locked: list[Component]
) -> None:
    listed = {one["purl"]: one["hashes"] for one in bill["components"]}
    assert listed == {
        one.purl: [{"alg": alg, "content": content} for alg, content in one.hashes]
        for one in locked
    }, "make sbom"
    assert all(listed.values())


@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the bill lists what wheels for Linux on x86-64 hold",
)
def test_what_is_compiled_in_is_what_the_wheels_here_hold(
    bill: Listed, locked: list[Component]
) -> None:
    listed = {one["purl"]: [i["purl"] for i in one.get("components", [])]
              for one in bill["components"]}  # fmt: skip
    assert listed == {one.purl: [i.purl for i in one.inside] for one in locked}, "make sbom"
    beside = {
        (one.name, PART_OF.get(stem, stem))
        for one in locked
        for path in (installed(one.name) if one.inside else ())
        if path.parent.name.endswith(".libs")
        for stem in re.findall(r"^lib(\w+?)-[0-9a-f-]{8,}\.so", path.name)
    }
    assert len(beside) > 20
    assert beside - {(one.name, i.name) for one in locked for i in one.inside} == set()
    compiled = re.findall(
        r"^\| (\S+) \| (\S+) \| \S+ \| .+ \|$", LICENCES.read_text(), re.MULTILINE
    )
    assert {(wheel, name) for name, wheel in compiled if wheel != "in"} == {
        (one.name, i.name) for one in locked for i in one.inside if i.kind != "cargo"
    }, "make sbom"
    # Those which answer say the same.
    dotted = ".".join(map(str, pyogrio.__gdal_version__))
    assert version("pyogrio", "gdal", bill) == dotted
    assert version("pyogrio", "geos", bill) == ".".join(map(str, pyogrio.__gdal_geos_version__))
    assert version("shapely", "geos", bill) == shapely.geos_version_string
    assert version("pyproj", "proj", bill) == pyproj.proj_version_str
    number = psycopg.pq.version()
    assert version("psycopg-binary", "postgresql", bill) == f"{number // 10_000}.{number % 10_000}"


def test_every_pin_is_in_it() -> None:
    for name, _ in PINNED:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert len(list(pinned(text.splitlines(), ""))) == text.count("==")


def test_the_bill_is_one(bill: Listed) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    refs = [c["bom-ref"] for c in within(bill["components"])]
    assert len(set(refs)) == len(refs)
    known = {*refs, bill["metadata"]["component"]["bom-ref"]}
    for row in bill["dependencies"]:
        assert {row["ref"], *row["dependsOn"]} <= known
    root = bill["dependencies"][0] if bill["dependencies"] else {}
    assert any("shapely" in ref for row in bill["dependencies"] for ref in row["dependsOn"]), root


def test_a_licence_is_an_identifier_or_an_expression_or_words(bill: Listed) -> None:
    """As CycloneDX asks: a single one has an identifier, several are an expression."""
    for one in within(bill["components"]):
        for said in one.get("licenses", []):
            assert len(one["licenses"]) == 1
            if "expression" in said:
                assert canonicalize_license_expression(said["expression"]) == said["expression"]
                assert " " in said["expression"]
            else:
                assert len(said["license"]) == 1
                assert " " not in said["license"].get("id", "")


def test_every_licence_of_what_runs_is_known(bill: Listed) -> None:
    """One that nobody states has to be looked up (`TOLD`, `TERMS`)."""
    runs = [one for one in within(bill["components"]) if one["scope"] == "required"]
    assert len(runs) > 1_000
    vague = [one["bom-ref"] for one in runs if UNKNOWN in licence(one)]
    vague += [one["bom-ref"] for one in runs if "name" in one["licenses"][0].get("license", {})]
    assert vague == []
    assert "| ? |" not in LICENCES.read_text(encoding="utf-8").partition("## Only builds")[0]


def test_nothing_that_runs_forbids_to_be_delivered_under_the_eupl(bill: Listed) -> None:
    """The list of compatible licences in the EUPL's appendix, and all that ask for less."""
    stated = {licence(one) for one in within(bill["components"]) if one["scope"] == "required"}
    assert not {one for one in stated if asks(one)}


@pytest.mark.parametrize(
    ("licence", "asked"),
    [
        ("LGPL-2.1-only", False), ("GPL-3.0-or-later", True), ("MIT AND AGPL-3.0-only", True),
        ("Apache-2.0 OR GPL-2.0-only", False), ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("GPL-3.0-only AND (MIT OR 0BSD)", True), ("ISC AND (Apache-2.0 OR ISC)", False),
    ],
)  # fmt: skip
def test_of_a_choice_one_will_do(licence: str, asked: bool) -> None:
    assert asks(licence) == asked


def test_what_is_short_stands_on_one_line() -> None:
    value = {"a": [{"b": 1}, {"c": "x" * 240}], "d": []}
    text = laid_out(value)
    assert json.loads(text) == value
    assert text.splitlines()[:3] == ["{", ' "a": [', '  {"b": 1},']
