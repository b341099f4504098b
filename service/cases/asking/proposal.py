"""Which offices a check proposes to ask, and why: read from its internal report.

An office that must look at something the check could not settle is proposed, too: what was not
checked never speaks for leaving it out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.cases.claiming import claims_of
from service.cases.drafts import last_check
from service.cases.results import INTERNAL, LANGUAGES, OFFICE, RESTRICTED, audience_kept
from service.db import Json
from service.models.case import Case
from service.models.check import Check, Report
from service.models.decision import Decision

CERTAIN, POSSIBLE, OPEN, CLAIMED = "certain", "possible", "open", "claimed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One office the coordinator should decide on; `external`: a body the district only names."""

    office: str
    certainty: str
    effect: str | None
    reasons: tuple[Json, ...]
    external: bool = False


def proposals_of(
    session: Session, case: Case, audience: str = INTERNAL
) -> tuple[Check | None, list[Proposal]]:
    """Return the last finished check of a case and whom it proposes, as an audience may know it,
    with offices that claim.
    """
    check = last_check(session, case, "done")
    found = [] if check is None else proposals_in(session, check.id, audience)
    return check, claimed(found, {c.office: c.reason for c in claims_of(session, case)})


def proposal_of(session: Session, decision: Decision | None, audience: str) -> Proposal | None:
    """Return what was proposed where something was decided, as far as an audience may know it;
    None where, to them, nothing was. The copy beside the decision is the coordinator's.
    """
    if decision is None or decision.certainty is None:
        return None
    kept = tuple(decision.reasons)
    if audience == INTERNAL:
        return Proposal(decision.office, decision.certainty, decision.effect, kept)
    check_id = decision.check_id
    found = [] if check_id is None else proposals_in(session, check_id, audience)
    mine = [one for one in found if one.office == decision.office]
    claim = next((one["because"][LANGUAGES[0]] for one in kept if one.get("claim")), None)
    return next(iter(claimed(mine, {} if claim is None else {decision.office: claim})), None)


def proposals_in(session: Session, check_id: UUID, audience: str) -> list[Proposal]:
    """Return whom a check proposes to an audience. What rests on something restricted says so, be
    it the layer of a rule or its context: an office that keeps nothing is not told of that rule.
    """
    found = proposed(reports_of(session, check_id, audience))
    if audience == OFFICE:
        return found
    plain = proposed(reports_of(session, check_id, OFFICE))
    known = {(one.office, why.get("rule")) for one in plain for why in one.reasons}
    return [
        replace(one, reasons=tuple(_marked(why, (one.office, why.get("rule")) in known)
                                   for why in one.reasons))
        for one in found
    ]  # fmt: skip


def _marked(why: Json, known: bool) -> Json:
    return why if known or why.get("rule") is None else {**why, "visibility": RESTRICTED}


def reports_of(session: Session, check_id: UUID, audience: str = INTERNAL) -> dict[str, Json]:
    """Return the report of a check for an audience, by language."""
    there = select(Report.audience).where(Report.check_id == check_id)
    kept = audience_kept(audience, session.scalars(there))
    rows = select(Report.language, Report.body).where(Report.check_id == check_id)
    found = session.execute(rows.where(Report.audience == kept))
    return {language: orjson.loads(body) for language, body in found}


def proposed(reports: Mapping[str, Json]) -> list[Proposal]:
    """Return whom a report proposes: named offices first, then those with something open, then
    bodies outside. Texts in every language there is a report of.
    """
    if not reports:
        return []
    first = next(iter(reports.values()))
    named = [_named(office, reports, at) for at, office in enumerate(first["offices"])]
    known = {proposal.office for proposal in named}
    unsettled = [one for one in _unsettled(reports) if one.office not in known]
    return [*named, *unsettled, *_outside(reports)]


def claimed(found: Sequence[Proposal], claims: Mapping[str, str]) -> list[Proposal]:
    """Return proposals with what offices claim themselves: it speaks for asking them."""
    known = {proposal.office for proposal in found}
    result = []
    for one in found:
        said = claims.get(one.office)
        more = (_claim(said),) if said is not None else ()
        result.append(replace(one, reasons=(*one.reasons, *more)))
    new = [office for office in claims if office not in known]
    return [*result, *(Proposal(o, CLAIMED, None, (_claim(claims[o]),)) for o in new)]


def _named(office: Json, reports: Mapping[str, Json], at: int) -> Proposal:
    seen = _visibilities(reports)
    reasons = tuple(
        {
            "rule": reason["rule"],
            "layer": reason["layer"],
            "effect": reason["effect"],
            "certainty": reason["certainty"],
            "basis": reason["basis"],
            "origin": reason["origin"],
            "visibility": seen.get(reason["layer"], "public"),
            "objects": list(reason["objects"]),
            "because": _texts(reports, at, number, "because"),
            "text": _texts(reports, at, number, "text"),
        }
        for number, reason in enumerate(office["reasons"])
    )
    return Proposal(office["office"], office["certainty"], office["effect"], reasons)


def _texts(reports: Mapping[str, Json], at: int, number: int, name: str) -> Json | None:
    found = {
        language: document["offices"][at]["reasons"][number][name]
        for language, document in reports.items()
    }
    return None if None in found.values() else found


def _unsettled(reports: Mapping[str, Json]) -> list[Proposal]:
    first = next(iter(reports.values()))
    by_office: dict[str, list[Json]] = {}
    seen = _visibilities(reports)
    for at, gap in enumerate(first["unresolved"]):
        said = {name: doc["unresolved"][at]["reason"] for name, doc in reports.items()}
        reason = {"layer": gap["layer"], "outcome": gap["outcome"], "because": said,
                  "visibility": seen.get(gap["layer"], "public")}  # fmt: skip
        for office in gap["offices"]:
            by_office.setdefault(office, []).append(reason)
    return [Proposal(office, OPEN, None, tuple(why)) for office, why in by_office.items()]


def _outside(reports: Mapping[str, Json]) -> list[Proposal]:
    first = next(iter(reports.values()))
    by_body: dict[str, list[Json]] = {}
    seen = _visibilities(reports)
    for at, office in enumerate(first["offices"]):
        for number, reason in enumerate(office["reasons"]):
            said = _texts(reports, at, number, "because")
            for body in reason["external"]:
                why = {"rule": reason["rule"], "layer": reason["layer"], "because": said,
                       "visibility": seen.get(reason["layer"], "public")}  # fmt: skip
                by_body.setdefault(body["code"], []).append(why)
    return [Proposal(body, POSSIBLE, None, tuple(why), True) for body, why in by_body.items()]


def _visibilities(reports: Mapping[str, Json]) -> dict[str, str]:
    first = next(iter(reports.values()))
    return {finding["layer"]: finding["visibility"] for finding in first["findings"]}


def _claim(reason: str) -> Json:
    return {"claim": True, "because": dict.fromkeys(LANGUAGES, reason)}


def findings_of(reports: Mapping[str, Any], layers: Iterable[str]) -> list[Json]:
    """Return the findings on these layers as the German report has them."""
    wanted = set(layers)
    document = reports.get(LANGUAGES[0]) or {"findings": []}
    return [finding for finding in document["findings"] if finding["layer"] in wanted]
