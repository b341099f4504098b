"""From parsed arguments to a command, and from errors to words and an exit status."""

import argparse
import os
import shlex
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

from gis.problem import Problem, Question, Text
from layers.apart.limits import FULL, UnavailableError
from layers.document import CatalogueError
from service.commands.output import put_json
from service.commands.usage import UsageError
from service.errors import ServiceError
from service.report.harmless import harmless
from service.review import AreaUnavailableError
from service.running.loading import loading
from service.running.outbound import going_out

BUG, REFUSED, INVALID_CATALOGUE, USAGE = 1, 2, 4, 64
INTERRUPTED, UNREAD = 130, 141  # as a shell has it: 128 and the number of the signal


# Modules by command, loaded when asked for: a check needs no web framework, a server no map.
MODULES = {
    "check": "check",
    "catalogue": "catalogue",
    "layers": "layers",
    "report": "report",
    "sample": "sample",
    "template": "template",
    "db": "database",
    "serve": "serve",
    "worker": "worker",
    "recheck": "rechecking",
    "repeat": "repeating",
    "public": "public",
    "demo": "demo",
    "cases": "cases",
    "audit": "audit",
    "account": "account",
    "bench": "bench",
}


def run(given: argparse.Namespace) -> int:
    """Run the command that was asked for; return its exit status."""
    going_out()
    try:
        return _status(given)
    except BrokenPipeError:
        # Nobody reads on. What was left unsaid must not look like an answer.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last one to say something in words
        _bug(error, getattr(given, "lang", "de"))
        return BUG


def _status(given: argparse.Namespace) -> int:
    try:
        with loading():
            module = import_module(f"service.commands.{MODULES[given.command]}")
        return int(module.run(given))
    except Problem as problem:
        return _refused(problem, given)
    except ServiceError as error:
        return _say(f"{error.text.in_language(given.lang)} [{error.code}]", REFUSED)
    except CatalogueError as error:
        return _say(str(error), INVALID_CATALOGUE)
    except AreaUnavailableError as error:
        return _say(error.text.in_language(given.lang), INVALID_CATALOGUE)
    except UnavailableError as error:
        return _say(_without_room(error, given), REFUSED)
    except OSError as error:
        if error.errno not in FULL:
            raise
        return _say(_without_room(error, given), REFUSED)
    except UsageError as error:
        return _say(f"belang: {error}", USAGE)


def _say(message: str, status: int) -> int:
    """Say what went wrong, with whatever a file may have put into it made harmless."""
    sys.stderr.write(harmless(message) + "\n")
    return status


def _without_room(error: Exception, given: argparse.Namespace) -> str:
    text = Text(
        f"Auf dem Datenträger ist kein Platz, es liegt kein Ergebnis vor: {error}. Bitte Platz "
        "schaffen, auch für Zwischendateien (TMPDIR), und es noch einmal versuchen.",
        f"The disk has no room, and there is no result: {error}. Please make room, for temporary "
        "files (TMPDIR) as well, and try again.",
    )
    return f"{text.in_language(getattr(given, 'lang', 'de'))} [storage-full]"


def _bug(error: Exception, language: str) -> None:
    """Say that it is a bug, where it is, and how to see more; the traceback for who asks."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    text = Text(
        f"Das ist ein Fehler in Belang, nicht in Ihren Daten; es liegt kein Ergebnis vor: "
        f"{type(error).__name__} in {where}: {error}\n"
        "Bitte melden, mit der Ausgabe von: BELANG_DEBUG=1 belang …",
        f"This is a bug in Belang and no fault of your data; there is no result: "
        f"{type(error).__name__} in {where}: {error}\n"
        "Please report it, with the output of: BELANG_DEBUG=1 belang …",
    )
    if os.environ.get("BELANG_DEBUG"):
        traceback.print_exception(error)
    _say(text.in_language(language), BUG)


def _refused(problem: Problem, given: argparse.Namespace) -> int:
    """Say what is wrong and what to do next; with --json leave the problem as a document."""
    language = getattr(given, "lang", "de")
    lines = [f"{problem.text.in_language(language)} [{problem.code}]"]
    proposals = problem.proposals if isinstance(problem, Question) else ()
    for proposal in proposals:
        lines.append(f"  {proposal.text.in_language(language)}:")
        lines.append(f"    {_command(given, proposal.option)}")
    _say("\n".join(lines), REFUSED)
    if (target := getattr(given, "json", None)) is not None:
        try:
            put_json(target, problem_document(problem, language, given))
        except UsageError as error:
            _say(f"belang: {error}", USAGE)
    return REFUSED


def problem_document(
    problem: Problem, language: str, given: argparse.Namespace | None = None
) -> dict[str, Any]:
    """Return a problem as RFC 9457 has it, with `code`, and `proposals` for a question."""
    title = Text("Eine Frage ist offen", "A question is open")
    if not isinstance(problem, Question):
        title = Text("Die Planung kann so nicht geprüft werden", "The plan cannot be checked")
    document: dict[str, Any] = {
        "type": f"urn:belang:problem:{problem.code}",
        "title": title.in_language(language),
        "status": 422,
        "detail": problem.text.in_language(language),
        "code": problem.code,
    }
    if isinstance(problem, Question):
        document["proposals"] = [
            {
                "text": p.text.in_language(language),
                "option": p.option,
                "command": _command(given, p.option) if given else None,
            }
            for p in problem.proposals
        ]
    return document


def _command(given: argparse.Namespace, option: str) -> str:
    """Return the whole command that answers a question, as one would type it."""
    typed: list[str] = list(getattr(given, "typed", sys.argv[1:]))
    end = typed.index("--") if "--" in typed else len(typed)  # no options behind a lone --
    before, behind = shlex.join(typed[:end]), shlex.join(typed[end:])
    return " ".join(filter(None, ("belang", before, option, behind)))
