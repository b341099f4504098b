"""The result of a case's check as its pages tell it: offices, findings, what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from maps.style import OUTCOMES
from service.access.principal import Principal
from service.cases.drafts import last_check
from service.cases.reading import difference_for, note, report_of
from service.db import Json
from service.models.case import Case
from service.models.check import Check
from service.portal.words import CERTAINTIES
from service.report.rows import extent
from service.report.words import EFFECTS

OPEN_FINDINGS = ("affected", "borders", "failed", "not_covered")
MOST_OBJECTS = 8  # of one finding; all of them stand in the report
EVERYTHING: Mapping[str, Any] = {"effects": EFFECTS, "certainties": CERTAINTIES}


@dataclass(frozen=True, slots=True)
class Result:
    """A check that is done, as far as the reader may know it."""

    check: Check
    report: Json
    findings: list[dict[str, Any]]
    difference: dict[str, Any] | None


def result_of(session: Session, who: Principal, case: Case, language: str) -> Result | None:
    """Return the latest result of a case; None before there is one. That it is read is noted."""
    check = last_check(session, case, "done")
    if check is None:
        return None
    report: Json = orjson.loads(report_of(session, who, check, language).body)
    note(session, who, case, check, "page")
    difference = _difference(check, who, report)
    return Result(check, report, findings_of(report, language), difference)


def findings_of(report: Json, language: str) -> list[dict[str, Any]]:
    """Return what was found, without what is clear."""
    return [
        {
            "title": one["title"],
            "outcome": OUTCOMES[one["outcome"]],
            "figures": extent(one, lambda text: text.in_language(language)),
            "reason": one["reason"],
            "objects": [o["name"] or o["id"] for o in one["objects"][:MOST_OBJECTS]],
            "more": max(0, len(one["objects"]) - MOST_OBJECTS),
        }
        for one in report["findings"]
        if one["outcome"] in OPEN_FINDINGS
    ]


def _difference(check: Check, who: Principal, report: Json) -> dict[str, Any] | None:
    """Return what differs from the check before, with names in place of codes."""
    found = difference_for(who, check)
    if found is None:
        return None
    layers = {one["layer"]: one["title"] for one in report["findings"]}
    offices = {one["office"]: one["name"] for one in report["offices"]}

    def named(what: str, key: str, names: Mapping[str, str]) -> dict[str, list[str]]:
        return {
            how: [names.get(one[key], one[key]) for one in found[what][how]]
            for how in ("new", "gone", "changed")
        }

    return {
        "plan": found["plan"],
        "offices": named("offices", "office", offices),
        "findings": named("findings", "layer", layers),
    }
