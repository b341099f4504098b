"""A part of the tests as one figure: how many there are, which fail, which were left out.

A test that was left out proves nothing. It is a failure, unless the reason is one of `EXCUSED`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench.figure import figure, tell, untried
from bench.running import ROOT

Case = ElementTree.Element
WHOLE = "BELANG_WHOLE"  # set: tests that have a short form run as a whole
RAN = (0, 1)  # what pytest ends with where it came to the end of the tests
# What tests may be left out for, and why nothing is left unproved by that.
EXCUSED: Mapping[str, str] = {
    "clamd is not installed": "the scanner is another's program; its protocol is tried without",
    "root may write everywhere": "nothing is forbidden to root that could be tried",
    "the superuser may write everywhere": "nothing is forbidden to root that could be tried",
    "the superuser may read everything": "nothing is forbidden to root that could be tried",
    "the fuzzer is not installed": "it is built for few Pythons; `make fuzz` fails without it",
}


def run(name: str, parts: list[str]) -> dict[str, Any]:
    """Run tests; return what came of them."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="belang-suite-") as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={told}", *parts]
        whole = {**os.environ, WHOLE: "1"}
        ended = subprocess.run(command, cwd=ROOT, env=whole, stdout=sys.stderr, check=False)  # noqa: S603 - our own command
        if not told.exists():
            return untried(name, f"pytest ended with {ended.returncode} before any test")
        cases = list(ElementTree.parse(told).getroot().iter("testcase"))  # noqa: S314 - our own
    judged = judge(cases)
    if ended.returncode not in RAN:
        judged["failures"].append(f"pytest ended with {ended.returncode}")
    return figure(name, seed=None, begun=begun, parts=parts, **judged)


def judge(cases: Iterable[Case]) -> dict[str, Any]:
    """Return how many tests there were, what failed, and what was left out for which reason."""
    tests = list(cases)
    left_out = {_name(case): str(one.get("message")) for case in tests
                if (one := case.find("skipped")) is not None}  # fmt: skip
    failures = [_name(case) for case in tests if _failed(case)]
    failures += [f"left out: {name}: {why}" for name, why in left_out.items()
                 if why not in EXCUSED]  # fmt: skip
    return {
        "tries": len(tests) - len(left_out),
        "failures": failures,
        "left_out": [f"{name}: {why}" for name, why in left_out.items()],
    }


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
