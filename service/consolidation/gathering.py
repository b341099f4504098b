"""Everything the statement is made of, gathered once, and what it would say at this moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from service.cases.answering.answers import Answer, answers_of
from service.cases.answering.labels import numbered
from service.cases.drafts import last_check, last_version
from service.consolidation.case import Setting, stated
from service.models.case import Case
from service.models.check import Check, Report
from service.models.statement import Statement
from service.statements.checked import checked_of
from service.statements.complete import Open, standing_against
from service.statements.compose import compose
from service.statements.content import Checked, Content, Unresolved
from service.statements.contradictions import Contradiction, contradictions
from service.statements.edition import outward
from service.statements.leaks import leaks

INTERNAL, PLANNER = "internal", "planner"
NOT_CHECKED = Unresolved(None, "Prüfung", "Der letzte Planstand ist nicht geprüft.", ())
NOTHING: Mapping[str, Any] = {"findings": []}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the offices say, what the statement would say, and what stands against closing it."""

    case: Case
    check: Check | None
    answers: Sequence[Answer]
    content: Content
    shown: Checked  # what the check says to outsiders
    contradictions: Sequence[Contradiction]
    opens: Sequence[Open]


def gathered(setting: Setting, case: Case, draft: Statement | None = None) -> Gathered:
    """Gather it; of the check only one of the last draft counts."""
    session = setting.session
    version, check = last_version(session, case), last_check(session, case, "done")
    if check is not None and (version is None or check.version_id != version.id):
        check = None
    answers = answers_of(session, case)
    plain = stated(setting, case, version, answers, draft)
    inner, outer = (_report(setting, check, audience) for audience in (INTERNAL, PLANNER))
    checked, shown = (_checked(setting, report) for report in (inner, outer))
    names = {o.code: setting.say(o.name) for o in setting.district.catalogue.offices}
    content = compose(plain, checked, shown, setting.house, names, setting.language)
    pairs = contradictions(content.points, marked=plain.marked, resolutions=plain.resolutions)
    spilt = leaks(outward(content, shown), inner or NOTHING, outer or NOTHING)
    opens = standing_against(plain, content, pairs, setting.house, spilt)
    return Gathered(case, check, answers, content, shown, pairs, opens)


def _report(setting: Setting, check: Check | None, audience: str) -> Mapping[str, Any] | None:
    if check is None:
        return None
    row = setting.session.get_one(Report, (check.id, audience, setting.language))
    read: Mapping[str, Any] = orjson.loads(row.body)
    return read


def _checked(setting: Setting, report: Mapping[str, Any] | None) -> Checked:
    """Return the section on the check; without one it says that nothing was checked."""
    if report is None:
        return Checked((), (), (), (NOT_CHECKED,), (), (), "", ())
    return checked_of(report, setting.district.rules, setting.language)


def said_in(session: Session, case: Case) -> frozenset[str]:
    """Return the numbers of all items of the offices that have answered."""
    answers = answers_of(session, case)
    return frozenset(numbered(one.office, item.number) for one in answers for item in one.items)
