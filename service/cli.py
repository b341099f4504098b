"""The command `belang`.

Exit status: 0 all resolved, 3 something left open, 2 the plan is refused or a question is open,
4 the catalogue is invalid, 64 the command was called wrongly, 1 a bug (more with BELANG_DEBUG=1).
"""

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from service import arguments, german_time
from service.arguments import common

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
    _layers(commands.add_parser("layers", help="list, load, refresh, compare layers"))
    _report(commands.add_parser("report", help="print the schema of a report, or the codes"))
    _sample(commands.add_parser("sample", help="build the sample region"))
    arguments.template(commands.add_parser("template", help="save or check the DOCX template"))
    arguments.db(commands.add_parser("db", help="upgrade, back up, restore, look at the database"))
    arguments.serve(commands.add_parser("serve", help="run the service", allow_abbrev=False))
    common(commands.add_parser("worker", help="carry out jobs beside a server"))
    arguments.cases(commands.add_parser("cases", help="import closed cases of earlier years"))
    arguments.demo(commands.add_parser("demo", help="make accounts and cases to look at"))
    arguments.public(commands.add_parser("public", help="write what a public instance may know"))
    arguments.recheck(commands.add_parser("recheck", help="check many plans, or all cases, again"))
    arguments.repeat(
        commands.add_parser("repeat", help="make kept checks again and compare every byte")
    )
    arguments.audit(
        commands.add_parser("audit", help="verify the journal, erase names whose time is over")
    )
    arguments.bench(commands.add_parser("bench", help="measure how fast it is, from a checkout"))
    arguments.account(commands.add_parser("account", help="make, list and close accounts"))
    return root


def _check(command: argparse.ArgumentParser) -> None:
    common(command)
    add = command.add_argument
    add(
        "plan",
        nargs="?",
        type=Path,
        metavar="PLAN",
        help="GeoJSON, GeoPackage, zipped Shapefile, GML, XPlanGML, KML, KMZ, GPX, WKT or DXF",
    )
    add("--parcels", type=Path, metavar="FILE", help="a list of parcels instead of PLAN")
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
    add(
        "--origin",
        choices=("official", "drawn", "traced", "parcels"),
        help="how the outline came about; says its accuracy where that is not stated",
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
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("validate", "find everything that is wrong in it"),
        ("show", "print its layers, rules and offices"),
        ("schema", "print the JSON Schema of catalogues"),
        ("probe", "ask every source whether it answers and has what is asked for"),
    ):
        action = actions.add_parser(name, help=what, allow_abbrev=False)
        if name == "probe":
            action.add_argument("codes", nargs="*", metavar="LAYER", help="default: all")
            action.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
        elif name != "schema":
            action.add_argument("file", nargs="?", type=Path, metavar="FILE")
        common(action)


def _layers(command: argparse.ArgumentParser) -> None:
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what, several in (
        ("list", "list the layers of the catalogue", True),
        ("load", "read the files of the catalogue into the store", True),
        ("refresh", "harvest, compare and publish, or keep what is published", True),
        ("status", "say which version is in force, and since when", True),
        ("history", "say what happened to a layer", True),
        ("diff", "compare two versions of a layer", False),
        ("accept", "publish what a refresh has refused; a person answers for it", False),
        ("answer", "record what somebody has found out by hand", False),
        ("export", "write the version in force as a GeoPackage", False),
        ("tiles", "draw the versions in force for display, where not done yet", True),
        ("verify", "read every byte of the store and compare it", None),
        ("gc", "remove versions that nothing refers to", None),
        ("copy", "copy the whole store to a folder or an object store", None),
    ):
        action = actions.add_parser(name, help=what, description=what, allow_abbrev=False)
        if several is not None:
            action.add_argument(*_LAYERS[several][0], **_LAYERS[several][1])
        common(action)
        action.add_argument("--json", dest="as_json", action="store_true", help="print JSON")
        _LAYER_OPTIONS.get(name, lambda _: None)(action)


_LAYERS: dict[bool, tuple[tuple[str], dict[str, Any]]] = {
    True: (("codes",), {"nargs": "*", "metavar": "LAYER"}),
    False: (("code",), {"metavar": "LAYER"}),
}


def _refresh(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="compare, and publish nothing")
    command.add_argument("--due", action="store_true", help="only what is older than its interval")
    command.add_argument("--who", help="who does it, for the history; default: the user")


def _accept(command: argparse.ArgumentParser) -> None:
    command.add_argument("--reason", required=True, metavar="TEXT", help="stays on record")
    command.add_argument("--who", help="who answers for it; default: the user")


def _diff(command: argparse.ArgumentParser) -> None:
    what = "current, previous, staged, or the beginning of a version"
    command.add_argument("before", nargs="?", metavar="A", help=what)
    command.add_argument("now", nargs="?", metavar="B", help=what)
    command.add_argument("--csv", type=Path, metavar="FILE", help="write the table")
    command.add_argument("--gpkg", type=Path, metavar="FILE", help="write the GeoPackage")
    command.add_argument("--map", type=Path, metavar="FILE", help="write the map")


def _gc(command: argparse.ArgumentParser) -> None:
    command.add_argument("--keep-days", type=float, default=90.0, metavar="N", help="default: 90")
    command.add_argument("--dry-run", action="store_true", help="remove nothing")


def _copy(command: argparse.ArgumentParser) -> None:
    command.add_argument("target", metavar="TARGET", help="a folder, or protocol://…")
    command.add_argument("--restricted", action="store_true", help="restricted layers, too")


def _export(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help="the GeoPackage")
    command.add_argument("--version", dest="of", metavar="V", help="another version of the layer")


def _answer(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    about = command.add_mutually_exclusive_group(required=True)
    about.add_argument("--plan", type=Path, metavar="FILE", help="the plan it is about")
    about.add_argument("--sha256", metavar="HASH", help="the hash of the plan it is about")
    about.add_argument("--standing", action="store_true", help="it holds for every plan")
    add("--outcome", choices=("affected", "clear"), required=True, help="what was found")
    add("--by", required=True, metavar="NAME", help="who has found it out")
    add("--basis", required=True, metavar="TEXT", help="on what basis")
    add("--on", metavar="DATE", help="when; default: today")
    add("--until", metavar="DATE", help="the last day on which it counts")


_LAYER_OPTIONS = {
    "answer": _answer,
    "refresh": _refresh,
    "accept": _accept,
    "diff": _diff,
    "gc": _gc,
    "copy": _copy,
    "export": _export,
}


def _report(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("schema", "problems"))


def _sample(command: argparse.ArgumentParser) -> None:
    command.add_argument("action", choices=("build",))
    command.add_argument("--to", type=Path, metavar="DIR", help="default: the data folder")
    command.add_argument("--data", type=Path, metavar="DIR", help="data folder ($BELANG_DATA)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # an umlaut the terminal lacks is no bug
    german_time.keep()
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
