"""`belang report`: the JSON Schema of what `belang check --json` writes, and the codes."""

import argparse
import json

from service.explained import page
from service.report import console
from service.report.document import schema


def run(given: argparse.Namespace) -> int:
    """Print the schema, or the page that says what every code means."""
    if given.action == "problems":
        console.plain(page().removesuffix("\n"))
    else:
        console.plain(json.dumps(schema(), ensure_ascii=False, indent=2))
    return 0
