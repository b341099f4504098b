"""`belang template`: save the DOCX template of the statement, check one of one's own."""

import argparse
import json
from pathlib import Path

from service.commands.usage import UsageError
from service.report import console
from service.statements.default_template import default_template
from service.statements.placeholders import shape
from service.statements.template import TemplateFault, faults_of

REFUSED = 2


def run(given: argparse.Namespace) -> int:
    """Carry out the action; a template that cannot be used is told by its faults (status 2)."""
    if given.action == "placeholders":
        console.plain(json.dumps(shape(), ensure_ascii=False, indent=2))
        return 0
    if given.file is None:
        raise UsageError(f"`belang template {given.action}` needs a FILE")
    if given.action == "save":
        return _save(given.file)
    return _check(given.file, given.lang)


def _save(path: Path) -> int:
    if path.exists():
        raise UsageError(f"{path} exists; name a file that does not")
    try:
        path.write_bytes(default_template())
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    console.plain(str(path))
    return 0


def _check(path: Path, language: str) -> int:
    try:
        template = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    faults: tuple[TemplateFault, ...] = faults_of(template)
    for fault in faults:
        console.plain(f"{path}: {fault.text.in_language(language)}")
    if not faults:
        console.plain(f"{path}: ok")
    return REFUSED if faults else 0
