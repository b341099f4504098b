"""`belang layers answer`: put on record what somebody has found out by hand."""

import argparse
import re
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path

from layers.answers import Answer, record
from layers.layer import Layer
from service.checks.by_hand import MANUAL, said
from service.commands.progress import Progress
from service.commands.setting import setting
from service.commands.usage import UsageError
from service.report import console
from service.report.listing import as_json

HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def run(given: argparse.Namespace) -> int:
    """Record the answer, and say what was recorded."""
    with Progress() as progress:
        where = setting(given, progress)
    layer = next((one for one in where.catalogue.layers if one.code == given.code), None)
    if layer is None:
        raise UsageError(f"no such layer: {given.code}")
    answer = _answer(given, layer)
    record(where.store.base(layer), layer.code, answer)
    if given.as_json:
        as_json({"layer": layer.code, **asdict(answer)})
    else:
        told = said(answer).in_language(given.lang)
        console.plain(f"{layer.code}: {answer.outcome} – {told}")
    return 0


def _answer(given: argparse.Namespace, layer: Layer) -> Answer:
    if layer.source.type != MANUAL:
        raise UsageError(f"{layer.code} has data; only layers of the type manual are answered for")
    for option in ("by", "basis"):
        if not getattr(given, option).strip():
            raise UsageError(f"--{option} must not be empty")
    on, until = _day("--on", given.on) or date.today(), _day("--until", given.until)
    if given.standing and until is None:
        raise UsageError("--standing needs --until: a reason that holds for all plans must end")
    if until is not None and until < on:
        raise UsageError("--until lies before the day of the answer")
    return Answer(
        outcome=given.outcome,
        by=given.by.strip(),
        on=on.isoformat(),
        basis=given.basis.strip(),
        plan=_plan(given),
        until=None if until is None else until.isoformat(),
    )


def _plan(given: argparse.Namespace) -> str | None:
    """Return the hash of the plan an answer is about; None for a standing reason."""
    if given.standing:
        return None
    if given.plan is not None:
        return f"sha256:{_digest(given.plan)}"
    found = HASH.fullmatch(given.sha256)
    if found is None:
        raise UsageError("--sha256: 64 hexadecimal digits, as a report has them under plan")
    return f"sha256:{found[1]}"


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _day(option: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text}: write it as 2026-01-31") from error
