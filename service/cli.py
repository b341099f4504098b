"""The command `belang`.

Exit status: 0 all resolved, 3 something left open, 2 the plan is refused or a question is open,
4 the catalogue is invalid, 64 the command was called wrongly, 1 a bug (more with BELANG_DEBUG=1).
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

USAGE = 64


class Parser(argparse.ArgumentParser):
    """An argument parser whose usage errors have a status of their own."""

    def error(self, message: str) -> NoReturn:
        """Print how to call the command and end with status 64."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """Return the parser of the whole command."""
    root = Parser(prog="belang", description=__doc__.splitlines()[0], allow_abbrev=False)
    root.add_argument("--version", action="store_true", help="print the version")
    commands = root.add_subparsers(dest="command", metavar="COMMAND")
    _check(commands.add_parser("check", help="check one plan", allow_abbrev=False))
    _catalogue(commands.add_parser("catalogue", help="validate or show a catalogue"))
    _layers(commands.add_parser("layers", help="list or load the layers of a catalogue"))
    _report(commands.add_parser("report", help="print the JSON Schema of a report"))
    _sample(commands.add_parser("sample", help="build the sample region"))
    return root


def _common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--catalogue", type=Path, metavar="FILE", help="default: the sample's")
    command.add_argument("--data", type=Path, metavar="DIR", help="data folder ($BELANG_DATA)")
    command.add_argument("--lang", choices=("de", "en"), default="de", help="language of texts")


def _check(command: argparse.ArgumentParser) -> None:
    _common(command)
    add = command.add_argument
    add(
        "plan",
        type=Path,
        metavar="PLAN",
        help="GeoJSON, GeoPackage, zipped Shapefile, GML, XPlanGML, KML, KMZ, WKT or DXF",
    )
    add("--kind", help="plan kind, e.g. bebauungsplan, radweg, leitung")
    add("--use", action="append", default=[], dest="uses", help="subject, e.g. wohnen; repeatable")
    add("--procedure", help="procedure, e.g. par4-2, par13a, planfeststellung")
    add(
        "--attribute",
        action="append",
        default=[],
        dest="attributes",
        metavar="KEY=VALUE",
        help="what the plan says, e.g. hoehe_m=12 or erdarbeiten=ja; repeatable",
    )
    add("--title", help="title of the plan")
    add("--width", type=float, metavar="M", help="width of a route's corridor, metres")
    add("--radius", type=float, metavar="M", help="radius of sites, metres")
    add(
        "--accuracy", type=float, default=0.0, metavar="M", help="standard deviation of the outline"
    )
    add("--crs", help="coordinate reference system of the file, e.g. EPSG:31468")
    add("--plan-layer", metavar="NAME", help="layer of the file that holds the plan")
    add("--encoding", help="encoding of the file's texts, e.g. cp1252")
    add("--accept", action="append", default=[], metavar="CODE", help="answer yes to a question")
    add("--audience", default="internal", help="public, planner, office:CODE or internal")
    add("--as-of", metavar="DATE", help="day on which rules must be in force; default: today")
    for form, what in (
        ("json", "report"),
        ("map", "interactive map"),
        ("gpkg", "GeoPackage"),
        ("csv", "table of findings"),
    ):
        add(f"--{form}", type=Path, metavar="FILE", help=f"write the {what}")


def _catalogue(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("validate", "show", "schema"))
    command.add_argument("file", nargs="?", type=Path, metavar="FILE")
    _common(command)


def _layers(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("list", "load"))
    command.add_argument("codes", nargs="*", metavar="LAYER")
    _common(command)


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("schema",))


def _sample(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("build",))
    command.add_argument("--to", type=Path, metavar="DIR", help="default: the data folder")
    command.add_argument("--data", type=Path, metavar="DIR", help="data folder ($BELANG_DATA)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    root = parser()
    given = root.parse_args(arguments)
    if given.version:
        from importlib.metadata import version

        print(f"belang {version('belang')}")
        return 0
    if given.command is None:
        root.print_help()
        return USAGE
    # Imported only now: `belang --help` need not load GEOS.
    from service.commands import run

    given.typed = list(sys.argv[1:] if arguments is None else arguments)
    return run.run(given)


if __name__ == "__main__":
    sys.exit(main())
