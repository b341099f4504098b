"""What Belang is made of: a bill of materials (CycloneDX) and a list of licences.

Both come from the lock files: `requirements/*.txt` and `package-lock.json`. Which licence a Python
package has is not in them; it is read from the package installed here, in the version locked.
"""

import argparse
import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

ROOT = Path(__file__).parent.parent
BILL, LICENCES = ROOT / "docs" / "sbom.cdx.json", ROOT / "docs" / "licences.md"
REQUIRED, EXCLUDED = "required", "excluded"  # runs with Belang; only builds or tests it
PINNED = (("run", REQUIRED), ("build", EXCLUDED), ("dev", EXCLUDED), ("upstream", EXCLUDED),
          ("fuzz", EXCLUDED))  # fmt: skip
LOCKED = (ROOT / "maps" / "package-lock.json",
          ROOT / "tests" / "service" / "access" / "provider" / "package-lock.json")  # fmt: skip
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
UNKNOWN = "?"
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
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "SIL OFL 1.1": "OFL-1.1",
    "The MIT License": "MIT",
    "ZPL 2.1": "ZPL-2.1",
}


@dataclass(frozen=True)
class Component:
    """A package of others: `kind` is ``pypi`` or ``npm``, `through` who asks for it."""

    kind: str
    name: str
    version: str
    scope: str
    licence: str = UNKNOWN
    through: tuple[str, ...] = field(default=(), compare=False)
    sha512: str | None = field(default=None, compare=False)

    @property
    def purl(self) -> str:
        """Return the address by which packages are known everywhere."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


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
        elif one is not None and (by := re.match(r"\s+#(?:\s+via)?\s+([A-Za-z0-9._-]+)", line)):
            one = replace(one, through=(*one.through, by[1].lower()))
    if one is not None:
        yield one


def _licence(name: str, version: str) -> str:
    """Return the licence of an installed package; `UNKNOWN` where another version is installed."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return UNKNOWN
    if said["Version"] != version:
        return UNKNOWN
    if expression := said.get("License-Expression"):
        return str(expression)
    own = str(said.get("License") or "").strip()
    filed = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or ()
             if c.startswith("License ::") and not c.endswith("OSI Approved")]  # fmt: skip
    if own and "\n" not in own and len(own) < 60:
        return SPDX.get(own, own)
    return " OR ".join(sorted({SPDX.get(c, c) for c in filed})) or UNKNOWN


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
                sha512=base64.b64decode(integrity).hex() if integrity else None,
            )


def bill(found: Iterable[Component]) -> dict[str, Any]:
    """Return a bill of materials; the same for the same lock files, on any day."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = list(found)
    whole = json.dumps([(c.purl, c.scope) for c in parts])
    root = f"pkg:pypi/{project['name']}@{project['version']}"
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, whole)}",
        "metadata": {"component": {
            "type": "application", "bom-ref": root, "name": project["name"],
            "version": project["version"], "licenses": [{"license": {"id": "EUPL-1.2"}}],
        }},
        "components": [_listed(one) for one in parts],
        "dependencies": _dependencies(root, parts),
    }  # fmt: skip


def _listed(one: Component) -> Mapping[str, Any]:
    listed: dict[str, Any] = {
        "type": "library", "bom-ref": one.purl, "name": one.name, "version": one.version,
        "purl": one.purl, "scope": one.scope,
    }  # fmt: skip
    if one.licence != UNKNOWN:
        simple = re.fullmatch(r"[A-Za-z0-9.+-]+", one.licence) is not None
        listed["licenses"] = [{"license": {"id" if simple else "name": one.licence}}]
    if one.sha512:
        listed["hashes"] = [{"alg": "SHA-512", "content": one.sha512}]
    return listed


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
that a package does not state its licence in words, or belongs to servers that only tests run.
PostgreSQL, PostGIS, Python and Chromium come from the operating system and are not in it.

"""


def page(found: Iterable[Component]) -> str:
    """Return the list of licences as Markdown."""
    parts = list(found)
    return HEAD + "\n".join(
        [*_table("Runs with Belang", [c for c in parts if c.scope == REQUIRED]),
         *_table("Only builds or tests it", [c for c in parts if c.scope == EXCLUDED])]
    )  # fmt: skip


def _table(title: str, parts: Iterable[Component]) -> Iterator[str]:
    yield from (f"## {title}", "", "| package | version | licence |", "|---|---|---|")
    for one in parts:
        yield f"| {one.name} ({one.kind}) | {one.version} | {one.licence} |"
    yield ""


def main() -> None:
    """Write both files; with `--check`, status 1 where one is not as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    found = components()
    made = {BILL: json.dumps(bill(found), indent=1) + "\n", LICENCES: page(found)}
    if given.check:
        sys.exit(int(any(path.read_text() != text for path, text in made.items())))
    for path, text in made.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
