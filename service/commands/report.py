"""`belang report schema`: print the published JSON Schema of what `belang check --json` writes."""

import argparse
import json

from service.report import console
from service.report.document import schema


def run(given: argparse.Namespace) -> int:
    """Print the schema; there is no other action yet."""
    console.plain(json.dumps(schema(), ensure_ascii=False, indent=2))
    return 0
