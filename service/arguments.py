"""Arguments of the commands that run and keep the service."""

import argparse
from pathlib import Path


def common(command: argparse.ArgumentParser) -> None:
    """Add what every command takes."""
    command.add_argument("--catalogue", type=Path, metavar="FILE", help="default: the sample's")
    command.add_argument("--data", type=Path, metavar="DIR", help="data folder ($BELANG_DATA)")
    command.add_argument("--lang", choices=("de", "en"), default="de", help="language of texts")


def db(command: argparse.ArgumentParser) -> None:
    """Add the actions of `belang db`."""
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("upgrade", "bring the database to what this version needs"),
        ("backup", "write everything into one file or folder"),
        ("restore", "restore a backup into an empty place"),
        ("status", "say which version it has, how large it is, when it was backed up"),
    ):
        action = actions.add_parser(name, help=what, description=what, allow_abbrev=False)
        if name == "backup":
            action.add_argument("target", type=Path, metavar="FILE", help="NAME.tar, or a folder")
        if name == "restore":
            action.add_argument("source", type=Path, metavar="FILE", help="the backup")
            into = "an empty data folder, or the URL of an empty database"
            action.add_argument("--into", required=True, metavar="WHERE", help=into)
        common(action)
        action.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def serve(command: argparse.ArgumentParser) -> None:
    """Add how a server is run."""
    common(command)
    command.add_argument("--host", metavar="ADDRESS", help="address to listen on ($BELANG_HOST)")
    command.add_argument("--port", metavar="N", help="port; 0: any free one ($BELANG_PORT)")
    command.add_argument("--workers", metavar="N", help="worker processes ($BELANG_WORKERS)")


def template(command: argparse.ArgumentParser) -> None:
    """Add what `belang template` takes."""
    command.add_argument("action", choices=("save", "check", "placeholders"))
    command.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a DOCX file")
    command.add_argument("--lang", choices=("de", "en"), default="de", help="language of texts")


def audit(command: argparse.ArgumentParser) -> None:
    """Add the actions of `belang audit`."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, what in (
        ("verify", "look for changes, against the heads that were kept"),
        ("head", "print number and hash of the last entry, to be kept elsewhere"),
        ("export", "print the entries of one case, one JSON object a line"),
        ("erase", "erase names and free text of cases that ended long ago, or of one account"),
    ):
        action = actions.add_parser(name, help=what)
        common(action)
        action.add_argument("--json", dest="as_json", action="store_true", help="as JSON")
        if name == "verify":
            action.add_argument(
                "--heads", type=Path, metavar="FILE", help="heads kept elsewhere, beside our own"
            )
        if name in ("export", "erase"):
            action.add_argument("--case", metavar="REFERENCE", help="file reference of a case")
        if name == "erase":
            action.add_argument("--account", metavar="LOGIN", help="somebody who has left")
            action.add_argument("--dry-run", action="store_true", help="only say what would go")


def cases(command: argparse.ArgumentParser) -> None:
    """Add the import of closed cases."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    action = actions.add_parser(
        "import", help="all of a table of closed cases, or nothing", allow_abbrev=False
    )
    common(action)
    add = action.add_argument
    add("file", type=Path, metavar="FILE", help="CSV as a spreadsheet writes it")
    add("--geometry", type=Path, metavar="FILE", help="outlines, unless the table has them")
    add("--by", metavar="NAME", help="its attribute with the reference; default: aktenzeichen, az")
    add("--crs", help="coordinate reference system of the outlines, e.g. EPSG:31468")
    add("--plan-layer", metavar="NAME", help="layer of the file that holds the outlines")
    add("--origin", choices=("official", "drawn", "traced", "parcels"), help="of the outlines")
    add("--accept", action="append", default=[], metavar="CODE", help="answer yes to a question")
    add("--dry-run", action="store_true", help="find out what would happen, and keep nothing")
    add("--json", dest="as_json", action="store_true", help="print JSON")


def demo(command: argparse.ArgumentParser) -> None:
    """Add where the log-ins go."""
    common(command)
    command.add_argument(
        "--accounts",
        type=Path,
        required=True,
        metavar="FILE",
        help="write the log-ins to this file",
    )
    command.add_argument(
        "--cases", type=int, metavar="N", help="only the first N cases, of a dozen; for a hurry"
    )


def public(command: argparse.ArgumentParser) -> None:
    """Add the actions of `belang public`."""
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    what = "write the export a public instance serves"
    action = actions.add_parser("export", help=what, description=what, allow_abbrev=False)
    action.add_argument("folder", type=Path, metavar="FOLDER", help="empty, or an earlier export")
    common(action)
    action.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def repeat(command: argparse.ArgumentParser) -> None:
    """Add which checks."""
    common(command)
    command.add_argument("checks", nargs="*", metavar="CHECK", help="ids; default: all done checks")
    command.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def recheck(command: argparse.ArgumentParser) -> None:
    """Add which plans, against what, by whom, and where the results go."""
    common(command)
    add = command.add_argument
    add("--plans", type=Path, metavar="FOLDER", help="check every file below this folder")
    add("--cases", nargs="*", metavar="REFERENCE", help="check these cases; default: all open ones")
    add("--closed", action="store_true", help="with --cases: those that have ended, too")
    add("--trial", action="store_true", help="put nothing onto the cases")
    add("--to", type=Path, metavar="FOLDER", help="folder of the run; default: in the data folder")
    add("--restart", action="store_true", help="begin anew what lies in --to")
    add("--against", type=Path, metavar="FOLDER", help="compare with an earlier run")
    add(
        "--version",
        action="append",
        default=[],
        dest="versions",
        metavar="LAYER=VERSION",
        help="another version than the one in force: staged, previous or a hash; repeatable",
    )
    add("--workers", type=int, metavar="N", help="processes here; default: one a core; 0: this one")
    add("--chunk", type=int, metavar="N", help="plans handed out at a time")
    add("--scheduler", metavar="ADDRESS", help="a Dask cluster, e.g. tls://planung:8786")
    add("--store", metavar="ADDRESS", help="where the cluster finds the layers: path or URL")
    for name, what in (("ca", "authority"), ("cert", "certificate"), ("key", "key")):
        add(f"--tls-{name}", type=Path, metavar="FILE", help=f"{what} for tls://")
    add("--unprotected", action="store_true", help="allow tcp:// beyond this machine")
    add("--json", dest="as_json", action="store_true", help="print JSON")
    add("--as-of", metavar="DATE", help="day on which rules must be in force; default: today")
    for name, what in (
        ("kind", "kind of plans that do not say theirs"),
        ("procedure", "their procedure"),
        ("crs", "coordinate reference system of files that do not say theirs"),
        ("encoding", "encoding of their texts"),
        ("origin", "how the outlines came about"),
    ):
        add(f"--{name}", help=what)
    for name, what in (("width", "of corridors"), ("radius", "of sites"), ("accuracy", "")):
        add(f"--{name}", type=float, metavar="M", help=f"{name} {what}, metres".replace(" ,", ","))
    add("--use", action="append", default=[], dest="uses", help="subject; repeatable")
    add("--accept", action="append", default=[], metavar="CODE", help="answer yes to a question")
    command.set_defaults(title=None, parcels=None, plan_layer=None, attributes=[])


def bench(command: argparse.ArgumentParser) -> None:
    """Add what is measured, and at which size."""
    add = command.add_argument
    add(
        "--suite",
        choices=("check", "bulk", "import", "api", "map"),
        default="check",
        help="default: check",
    )
    add("--objects", type=int, default=10_000, metavar="N", help="size of the made-up district")
    add("--seed", type=int, default=1, metavar="S", help="of the plans")
    add("--data-seed", type=int, default=1, metavar="S", help="of the district")
    add("--areas", type=int, default=100, metavar="N", help="plans that are areas")
    add("--routes", type=int, default=30, metavar="N", help="plans that are routes")
    add("--plans", type=int, default=200, metavar="N", help="plans of the suite bulk")
    add("--runs", type=int, default=5, metavar="N", help="default: 5")
    add(
        "--ways",
        nargs="*",
        default=["limit", "strtree", "plain"],
        choices=("limit", "needed", "strtree", "plain", "geopandas", "postgis", "sedona"),
        help="what Belang is compared with",
    )
    add("--keep", type=Path, metavar="FOLDER", help="where the district stays for another time")
    add("--json", type=Path, metavar="FILE", help="write the figures")
    add("--plot", type=Path, metavar="FILE", help="draw them")
    add("--lang", choices=("de", "en"), default="de", help="language of messages")


def account(command: argparse.ArgumentParser) -> None:
    """Add the actions of `belang account`; passwords are no arguments."""
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("add", "make an account"),
        ("list", "list all accounts"),
        ("reset", "give an account a new password"),
        ("deactivate", "let nobody in by an account any more"),
    ):
        action = actions.add_parser(name, help=what, description=what, allow_abbrev=False)
        add = action.add_argument
        if name == "list":
            add("--json", dest="as_json", action="store_true", help="print JSON")
        else:
            add("login", metavar="LOGIN")
        if name == "add":
            add("--name", required=True, metavar="NAME", help="of the person")
            add("--role", required=True, metavar="ROLE", help="planner, officer, coordinator, …")
            add("--office", metavar="CODE", help="of an officer")
            add(
                "--organisation",
                action="append",
                default=[],
                dest="organisations",
                metavar="NAME",
                help="of a planner; repeatable",
            )
            add("--mail", metavar="ADDRESS")
        if name in ("add", "reset"):
            add("--ask", action="store_true", help="ask for the password; else one is generated")
        common(action)
