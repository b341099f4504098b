"""Rules of the house that no linter knows."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("gis", "layers", "maps", "service")
MOST_LINES = 300
EXPLAINED = re.compile(
    r"# noqa: (?:\w+, ?)*S\d+ - \w"
)  # the reason behind a rule of security set aside
# What bandit finds and ruff does not, with the reason why it is none.
NO_FAULT = {
    ("bench/awkward_databases.py", "B608"): "hostile SQL on purpose",
    ("maps/qgis.py", "B105"): "the word pass is of a symbol's layers",
    ("service/migrations/versions/0004_rows_of_others.py", "B608"): "how is a word of that file",
}

# Written in pieces, so that this file does not name what no file may name.
HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"])
)

# Homes of people and workplaces; a path in one of them is of one machine only.
FOLDERS = re.compile("(?<![\\w.])/(" + "|".join(["ro" + "ot", "wo" + "rk", "ho" + "me"]) + ")/")


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def _modules() -> list[Path]:
    """Return what people write: migrations are written by a tool, once."""
    written = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in written if path.parent.name != "versions"]


def test_only_one_module_commits() -> None:
    committing = re.compile(r"\.commit\(|\.begin\(\)")
    service = [path for path in _modules() if "service" in path.relative_to(ROOT).parts]
    found = [p for p in service if committing.search(p.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in found] == ["service/db.py"]


def test_no_module_gets_away() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_no_file_names_a_package_registry_or_a_machine() -> None:
    found = []
    for path in _tracked():
        if path.suffix in (".png", ".gpkg") or not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        if HOSTS.search(text) or FOLDERS.search(text):
            found.append(str(path.relative_to(ROOT)))
    assert not found


def test_whatever_bandit_finds_has_a_reason() -> None:
    # Of an import alone it knows nothing: what is done with the module is looked at.
    imports = "B404,B405,B406"
    looked_at = [*PACKAGES, "bench"]
    command = [sys.executable, "-m", "bandit", "-q", "-r", *looked_at, "-f", "json", "-s", imports]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True).stdout)
    assert not found["errors"]
    assert {one["filename"].partition("/")[0] for one in found["results"]} >= {"service", "bench"}
    unexplained = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in found["results"]
        if (one["filename"], one["test_id"]) not in NO_FAULT
        and not any(EXPLAINED.search(line) for line in _lines_of(one))
    ]
    assert not unexplained


def test_no_type_is_set_aside_without_a_reason() -> None:
    checked = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]
    assert set(checked) == {*PACKAGES, "bench"}
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (*_modules(), *(ROOT / "bench").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"# type: ignore(\[[a-z, -]+\])?\s*$", line)
    ]
    assert not bare


def _lines_of(found: dict[str, Any]) -> list[str]:
    lines = (ROOT / found["filename"]).read_text(encoding="utf-8").splitlines()
    return lines[min(found["line_range"]) - 1 : max(found["line_range"])]


def test_every_pinned_requirement_has_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.match(r"^[a-z0-9]", line):
                assert "==" in line, f"{path.name}: {line}"
                assert "--hash=sha256:" in lines[number + 1], f"{path.name}: {line}"


def test_the_node_lock_has_integrity_and_no_addresses() -> None:
    lock = json.loads((ROOT / "maps" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for name, entry in packages.items():
        assert "integrity" in entry, name
        assert "resolved" not in entry, name


def test_nothing_is_printed_but_by_the_command_line() -> None:
    for path in _modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prints = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ]
        assert not prints or path.name == "cli.py", path


@pytest.mark.parametrize("name", ["README.md", "LICENSE", "CHANGELOG.md", "publiccode.yml"])
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 500


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "15.Applicable Law" in text.replace(". ", ".")
    assert "Appendix" in text


def test_no_rule_of_security_is_set_aside_without_a_reason() -> None:
    """Ruff's `S` are bandit's rules; all of them are on, and `make check` runs them."""
    chosen = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in chosen["select"]
    assert not [rule for rule in chosen["ignore"] if rule.startswith("S")]
    bare = re.compile(r"# (?:noqa: S\d+(?:, ?[A-Z]+\d+)*\s*$|nosec)", re.MULTILINE)
    for package in ("gis", "layers", "service", "maps", "bench"):
        for path in (ROOT / package).rglob("*.py"):
            assert not bare.search(path.read_text(encoding="utf-8")), path
