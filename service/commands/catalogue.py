"""`belang catalogue`: validate one, show what it says, print the schema, probe its sources."""

import argparse
import json

from layers.catalogue import Catalogue, read_catalogue, schema
from layers.document import CatalogueError
from layers.probing import probe
from service.blocks import read_blocks
from service.blocks.reading import beside
from service.commands.chosen import chosen
from service.commands.progress import Progress
from service.commands.setting import data_root, sample_catalogue
from service.offices.rule import Rule, rules_from
from service.plans.kinds import vocabulary_of
from service.report import console, probes
from service.report.listing import as_json

UNRESOLVED = 3


def run(given: argparse.Namespace) -> int:
    """Carry out the action; an invalid catalogue is told by its faults (status 4)."""
    if given.action == "schema":
        console.plain(json.dumps(schema(), ensure_ascii=False, indent=2))
        return 0
    with Progress() as progress:
        named = getattr(given, "file", None) or given.catalogue
        path = named or sample_catalogue(data_root(given), progress)
    catalogue = read_catalogue(path)
    if given.action == "probe":
        return _probe(given, catalogue)
    if given.action == "validate":
        rules = _validated(catalogue)
        known = [office.code for office in catalogue.offices]
        read_blocks(beside(catalogue.path), {rule.code for rule in rules}, known)
        console.plain(
            f"{path}: {len(catalogue.layers)} layers, {len(rules)} rules, "
            f"{len(catalogue.offices)} offices, {catalogue.sha256}"
        )
    else:
        console.catalogue(catalogue, _rules(catalogue), given.lang)
    return 0


def _rules(catalogue: Catalogue) -> tuple[Rule, ...]:
    return rules_from(catalogue, vocabulary_of(catalogue.kinds))


def _validated(catalogue: Catalogue) -> tuple[Rule, ...]:
    """Return the rules; here, where faults are looked for, those of single layers count, too."""
    try:
        rules = _rules(catalogue)
    except CatalogueError as error:
        raise CatalogueError([*catalogue.faults, *error.faults]) from error
    if catalogue.faults:
        raise CatalogueError(catalogue.faults)
    return rules


def _probe(given: argparse.Namespace, catalogue: Catalogue) -> int:
    """Ask all sources, or those named (status 3 where something is left to be settled)."""
    layers = chosen(catalogue.layers, given.codes)
    with Progress() as progress:
        progress.expect(len(layers))
        found = list(
            probe(layers, during=lambda layer: progress.step(layer.title.in_language(given.lang)))
        )
    if given.as_json:
        as_json(probes.document(found, given.lang))
    else:
        probes.show(found, given.lang)
    return 0 if all(one.fine for one in found) else UNRESOLVED
