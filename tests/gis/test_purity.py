"""What the import contracts cannot see: gis/ opens no file, knows no clock and writes nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import gis.crs

FORBIDDEN_CALLS = {
    "open", "print", "input", "exec", "eval", "__import__", "breakpoint",
    "read_file", "to_file", "read_parquet", "to_parquet", "read_feather", "to_feather", "read_csv",
    "read_text", "read_bytes", "write_text", "write_bytes", "load", "save", "savez", "fromfile",
    "tofile", "memmap", "loadtxt", "savetxt", "genfromtxt", "from_file", "urlopen", "getenv",
    "now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "sleep",
    "seed", "default_rng", "random",
}  # fmt: skip
FORBIDDEN_MODULES = {
    "asyncio", "datetime", "io", "logging", "os", "pathlib", "random", "shutil", "socket",
    "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
MODULES = sorted(Path(gis.crs.__file__).parent.glob("**/*.py"))


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_no_files_no_clock_no_chance(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not FORBIDDEN_CALLS & set(called(tree))
    assert not FORBIDDEN_MODULES & set(imported(tree))


def test_the_check_sees_what_it_should() -> None:
    tree = ast.parse("import os\nfrom datetime import date\ngeopandas.read_file(open(p))")
    assert {"read_file", "open"} <= set(called(tree))
    assert set(imported(tree)) == {"os", "datetime"}
    assert len(MODULES) > 10
