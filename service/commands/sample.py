"""`belang sample build`: write the schematic sample region to a folder."""

import argparse

from layers.sample import build
from service.commands.progress import Progress
from service.commands.setting import data_root
from service.report import console


def run(given: argparse.Namespace) -> int:
    """Build the region and say where it lies."""
    folder = given.to or data_root(given) / "sample"
    with Progress() as progress:
        build(folder, progress=progress.step)
    console.plain(str(folder / "catalogue.yaml"))
    return 0
