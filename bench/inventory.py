"""What Belang is made of: a bill of materials (CycloneDX) and a list of licences.

Both come from the lock files: `requirements/*.txt` and `package-lock.json`. Which licence a Python
package has, and what is compiled into it, is not in them; it is read from the package installed
here, in the version locked.
"""

import argparse
import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import PackageMetadata, distributions
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from bench.component import EXCLUDED, REQUIRED, UNKNOWN, Component
from bench.inside import inside

ROOT = Path(__file__).parent.parent
BILL, LICENCES = ROOT / "docs" / "sbom.cdx.json", ROOT / "docs" / "licences.md"
PINNED = (("run", REQUIRED), ("build", EXCLUDED), ("dev", EXCLUDED), ("upstream", EXCLUDED),
          ("fuzz", EXCLUDED))  # fmt: skip
LOCKED = (ROOT / "maps" / "package-lock.json",
          ROOT / "tests" / "service" / "access" / "provider" / "package-lock.json")  # fmt: skip
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Servers that only tests run are installed apart.
PLACES = [*sys.path, *map(str, ROOT.glob(".venv-upstream/lib/python*/site-packages"))]
WIDTH = 240  # of a line of the bill
# What packages do not say of themselves, and who says it.
TOLD = {
    "atheris": "Apache-2.0",  # the heads of its files
    "geoindex-rs": "MIT OR Apache-2.0",  # python/Cargo.toml of github.com/kylebarron/geo-index
}
# What packages say in words of their own.
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause": "BSD-2-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD 3-Clause License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-3": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "GNU LGPLv2.1": "LGPL-2.1-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "LGPL with exceptions": "LGPL-3.0-only",
    "LGPL-3.0": "LGPL-3.0-only",
    "LGPLv2.1": "LGPL-2.1-only",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "MPL 2.0": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL OFL 1.1": "OFL-1.1",
    "The MIT License": "MIT",
    "ZPL 2.1": "ZPL-2.1",
}


def components() -> list[Component]:
    """Return everything that is locked, by kind and name, the most needed scope first."""
    found: dict[tuple[str, str, str], Component] = {}
    for one in (*_python(), *_npm()):
        found.setdefault((one.kind, one.name, one.version), one)
    return [found[key] for key in sorted(found)]


def _python() -> Iterator[Component]:
    for name, scope in PINNED:
        yield from pinned((ROOT / "requirements" / f"{name}.txt").read_text().splitlines(), scope)


def pinned(lines: Iterable[str], scope: str) -> Iterator[Component]:
    """Yield what a file of requirements pins, with those that ask for it (`via`)."""
    one: Component | None = None
    for line in lines:
        if pin := PIN.match(line):
            if one is not None:
                yield one
            name, version = pin[1].lower().replace("_", "-"), pin[2]
            one = Component("pypi", name, version, scope, _licence(name, version))
            if scope == REQUIRED and _metadata(name, version) is not None:
                one = replace(one, inside=inside(name))
        elif one is not None and (given := HASH.search(line)):
            one = replace(one, hashes=(*one.hashes, ("SHA-256", given[1])))
        elif one is not None and (by := re.match(r"\s+#(?:\s+via)?\s+([A-Za-z0-9._-]+)", line)):
            one = replace(one, through=(*one.through, by[1].lower()))
    if one is not None:
        yield one


def _licence(name: str, version: str) -> str:
    """Return the licence of an installed package; `UNKNOWN` where another version is installed."""
    said = _metadata(name, version)
    if said is None or name in TOLD:
        return TOLD.get(name, UNKNOWN)
    if "License-Expression" in said:
        return said["License-Expression"]
    own = said["License"].strip() if "License" in said else ""
    filed = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or ()
             if c.startswith("License ::") and not c.endswith("OSI Approved")]  # fmt: skip
    if own and "\n" not in own and len(own) < 60:
        return SPDX.get(own, own)
    return " OR ".join(sorted({SPDX.get(c, c) for c in filed})) or UNKNOWN


def _metadata(name: str, version: str) -> PackageMetadata | None:
    found = (one for one in distributions(name=name, path=PLACES) if one.version == version)
    return next((one.metadata for one in found), None)


def _npm() -> Iterator[Component]:
    for path in LOCKED:
        for place, about in json.loads(path.read_text())["packages"].items():
            if not place:
                continue
            integrity = about.get("integrity", "").removeprefix("sha512-")
            yield Component(
                "npm",
                place.rpartition("node_modules/")[2],
                about["version"],
                EXCLUDED if about.get("dev") else REQUIRED,
                about.get("license", UNKNOWN),
                hashes=(("SHA-512", base64.b64decode(integrity).hex()),) if integrity else (),
            )


def bill(found: Iterable[Component]) -> dict[str, Any]:
    """Return a bill of materials; the same for the same lock files, on any day."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = list(found)
    whole = json.dumps([(c.purl, c.scope, [i.purl for i in c.inside]) for c in parts])
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, whole)}",
        "metadata": {"component": {
            "type": "application", "bom-ref": root, "name": project["name"],
            "version": project["version"], "licenses": [{"license": {"id": "EUPL-1.2"}}],
        }},
        "components": [_listed(one, one.purl) for one in parts],
        "dependencies": _dependencies(root, parts),
    }  # fmt: skip


def _listed(one: Component, ref: str) -> Mapping[str, Any]:
    """Return a component under a name of its own: a library can be in several packages."""
    listed: dict[str, Any] = {"type": "library", "bom-ref": ref, "name": one.name}
    if one.version:
        listed["version"] = one.version
    listed |= {"purl": one.purl, "scope": one.scope}
    if one.cpe:
        listed["cpe"] = one.cpe
    if one.licence != UNKNOWN:
        listed["licenses"] = [_stated(one.licence)]
    if one.hashes:
        listed["hashes"] = [{"alg": alg, "content": content} for alg, content in one.hashes]
    if one.inside:
        listed["components"] = [_listed(i, f"{ref}#{i.purl}") for i in one.inside]
    return listed


def _stated(licence: str) -> Mapping[str, Any]:
    """Return a licence as bills of materials have it: by its identifier, as an expression of
    several, or in the words of its package where SPDX has none for it.
    """
    try:
        known = canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        return {"license": {"name": licence}}
    single = re.fullmatch(r"(?!LicenseRef)\S+", known) is not None
    return {"license": {"id": str(known)}} if single else {"expression": str(known)}


def _dependencies(root: str, parts: Iterable[Component]) -> list[dict[str, Any]]:
    """Return who needs what, as far as the files of requirements say so."""
    needed: dict[str, set[str]] = {root: set()}
    python = [one for one in parts if one.kind == "pypi"]
    by_name = {one.name: one.purl for one in reversed(python)} | {"belang": root}
    for one in python:
        for name in one.through:
            if name in by_name:
                needed.setdefault(by_name[name], set()).add(one.purl)
    return [{"ref": ref, "dependsOn": sorted(on)} for ref, on in sorted(needed.items())]


HEAD = """\
# Licences of what Belang is made of

Belang itself is under the EUPL-1.2. This list is made by `make sbom` from the lock files, together
with the bill of materials in [sbom.cdx.json](sbom.cdx.json) (CycloneDX 1.6). A question mark says
that a package does not state its licence in words. What is compiled into packages is that of the
wheels for Linux on x86-64; a dash says that a library does not tell its version. Crates of Rust
stand in the bill of materials only. PostgreSQL, PostGIS, Python, Node.js, Chromium and their
libraries come from the operating system and are in neither.

"""


def page(found: Iterable[Component]) -> str:
    """Return the list of licences as Markdown."""
    parts = list(found)
    return HEAD + "\n".join(
        [*_table("Runs with Belang", [c for c in parts if c.scope == REQUIRED]),
         *_compiled(parts),
         *_table("Only builds or tests it", [c for c in parts if c.scope == EXCLUDED])]
    )  # fmt: skip


def _compiled(parts: Iterable[Component]) -> Iterator[str]:
    yield from ("## Compiled into packages that run with Belang", "",
                "| library | in | version | licence |", "|---|---|---|---|")  # fmt: skip
    for wheel in parts:
        for one in wheel.inside:
            if one.kind != "cargo":
                yield f"| {one.name} | {wheel.name} | {one.version or '–'} | {one.licence} |"
    yield ""


def _table(title: str, parts: Iterable[Component]) -> Iterator[str]:
    yield from (f"## {title}", "", "| package | version | licence |", "|---|---|---|")
    for one in parts:
        yield f"| {one.name} ({one.kind}) | {one.version} | {one.licence} |"
    yield ""


def laid_out(value: Any, depth: int = 0) -> str:
    """Return JSON in which what is short stands on one line, so that changes can be read."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or depth + len(line) <= WIDTH:
        return line
    inner = depth + 1
    if isinstance(value, dict):
        rows = [f"{json.dumps(key)}: {laid_out(one, inner)}" for key, one in value.items()]
    else:
        rows = [laid_out(one, inner) for one in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    between = ",\n" + " " * inner
    return f"{begin}\n{' ' * inner}{between.join(rows)}\n{' ' * depth}{end}"


def main() -> None:
    """Write both files; with `--check`, status 1 where one is not as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    found = components()
    made = {BILL: laid_out(bill(found)) + "\n", LICENCES: page(found)}
    if given.check:
        sys.exit(int(any(path.read_text() != text for path, text in made.items())))
    for path, text in made.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
