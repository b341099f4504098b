"""From parsed arguments to a command, and from errors to words and an exit status."""

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any

from gis.problem import Problem, Question, Text
from layers.document import CatalogueError
from service.commands import catalogue, check, layers, sample
from service.commands.usage import UsageError
from service.review import AreaUnavailableError

REFUSED, INVALID_CATALOGUE, USAGE = 2, 4, 64
COMMANDS = {
    "check": check.run,
    "catalogue": catalogue.run,
    "layers": layers.run,
    "sample": sample.run,
}


def run(given: argparse.Namespace) -> int:
    """Run the command that was asked for; return its exit status."""
    try:
        return COMMANDS[given.command](given)
    except Problem as problem:
        return _refused(problem, given)
    except CatalogueError as error:
        sys.stderr.write(f"{error}\n")
        return INVALID_CATALOGUE
    except AreaUnavailableError as error:
        sys.stderr.write(error.text.in_language(given.lang) + "\n")
        return INVALID_CATALOGUE
    except UsageError as error:
        sys.stderr.write(f"belang: {error}\n")
        return USAGE
    except BrokenPipeError:
        return 0


def _refused(problem: Problem, given: argparse.Namespace) -> int:
    """Say what is wrong and what to do next; with --json leave the problem as a document."""
    language = getattr(given, "lang", "de")
    lines = [f"{problem.text.in_language(language)} [{problem.code}]"]
    proposals = problem.proposals if isinstance(problem, Question) else ()
    for proposal in proposals:
        lines.append(f"  {proposal.text.in_language(language)}:")
        lines.append(f"    {_command(given, proposal.option)}")
    sys.stderr.write("\n".join(lines) + "\n")
    target: Path | None = getattr(given, "json", None)
    if target is not None:
        document = problem_document(problem, language, given)
        target.write_text(
            json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
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
    return f"belang {shlex.join(typed)} {option}"
