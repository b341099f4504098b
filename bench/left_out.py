"""Which tests a run has left out, and why: what they would have tried, nobody has.

`make test` ends with it, so that nobody takes a machine that lacks something for a proof.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from bench.suite import EXCUSED, Case


def reasons(cases: Iterable[Case]) -> Counter[str]:
    """Return the reasons why tests were left out, and how many for each."""
    skipped = (case.find("skipped") for case in cases)
    return Counter(str(one.get("message")) for one in skipped if one is not None)


def told(found: Counter[str]) -> Iterator[str]:
    """Yield the reasons, the most frequent first; with each of the excused why it may be."""
    yield f"tests left out: {found.total()}"
    for why, times in found.most_common():
        yield f"  {times} × {why}" + (f" ({EXCUSED[why]})" if why in EXCUSED else "")


def main() -> None:
    """Print what was left out of runs that are told of in the XML of a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="files of `pytest --junit-xml`")
    given = parser.parse_args()
    trees = (ElementTree.parse(path) for path in sorted(given.folder.glob("*.xml")))  # noqa: S314 - our own
    cases = (case for tree in trees for case in tree.iter("testcase"))
    sys.stdout.writelines(f"{line}\n" for line in told(reasons(cases)))


if __name__ == "__main__":
    main()
