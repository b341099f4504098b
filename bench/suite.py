"""A part of the tests as one figure: how many there are, which fail, which were left out."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench.figure import figure, tell
from bench.running import ROOT

Case = ElementTree.Element
WHOLE = "BELANG_WHOLE"  # set: tests that have a short form run as a whole


def run(name: str, parts: list[str]) -> dict[str, Any]:
    """Run tests; return what came of them."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belang-suite-") as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={told}", *parts]
        whole = {**os.environ, WHOLE: "1"}
        subprocess.run(command, cwd=ROOT, env=whole, stdout=sys.stderr, check=False)  # noqa: S603 - our own command
        if not told.exists():
            raise RuntimeError("pytest has not begun")
        cases = list(ElementTree.parse(told).getroot().iter("testcase"))  # noqa: S314 - our own
    left_out = [f"{_name(case)}: {one.get('message')}" for case in cases
                if (one := case.find("skipped")) is not None]  # fmt: skip
    return figure(
        name,
        tries=len(cases) - len(left_out),
        failures=[_name(case) for case in cases if _failed(case)],
        seed=None,
        begun=begun,
        parts=parts,
        left_out=left_out,
    )


def _name(case: Case) -> str:
    return f"{case.get('classname')}.{case.get('name')}"


def _failed(case: Case) -> bool:
    return case.find("failure") is not None or case.find("error") is not None


def main() -> None:
    """Run tests and print what came of them as JSON; status 1 where one fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="what the figure is called")
    parser.add_argument("parts", nargs="+", metavar="PATH", help="of the tests")
    given = parser.parse_args()
    tell(run(given.name, given.parts))


if __name__ == "__main__":
    main()
