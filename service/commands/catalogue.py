"""`belang catalogue`: validate one, show what it says, print the published schema."""

import argparse
import json

from layers.catalogue import read_catalogue, schema
from service.commands.progress import Progress
from service.commands.setting import data_root, sample_catalogue
from service.offices.rule import rules_from
from service.plans.kinds import vocabulary_of
from service.report import console


def run(given: argparse.Namespace) -> int:
    """Carry out the action; an invalid catalogue is told by its faults (status 4)."""
    if given.action == "schema":
        console.plain(json.dumps(schema(), ensure_ascii=False, indent=2))
        return 0
    with Progress() as progress:
        path = given.file or given.catalogue or sample_catalogue(data_root(given), progress)
    catalogue = read_catalogue(path)
    rules = rules_from(catalogue, vocabulary_of(catalogue.kinds))
    if given.action == "validate":
        console.plain(
            f"{path}: {len(catalogue.layers)} layers, {len(rules)} rules, "
            f"{len(catalogue.offices)} offices, {catalogue.sha256}"
        )
    else:
        console.catalogue(catalogue, rules, given.lang)
    return 0
