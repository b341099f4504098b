"""What decisions and answers teach about the rules: how often one named an office in vain.

Counts only. They are what a steward looks at before a rule is changed.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.asking.deciding import ADD, CARRY, DROP, INVOLVE
from service.cases.asking.proposal import CLAIMED
from service.cases.results import RESTRICTED
from service.models.decision import Decision
from service.models.task import Task

NOT_AFFECTED = "not_affected"


@dataclass(frozen=True, slots=True)
class Learned:
    """A rule and an office: how often it was asked for it, dropped, and not affected after all.

    `codes` says why not, as the offices did.
    """

    rule: str
    office: str
    asked: int
    dropped: int
    not_affected: int
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Missed:
    """An office that was asked without any rule naming it, and how often."""

    office: str
    times: int


def learned(session: Session, who: Principal) -> Sequence[Learned]:
    """Return what is known of each rule and office, the most in vain first; of rules that rest on
    restricted layers only the coordinator.
    """
    each = func.jsonb_array_elements(Decision.reasons).table_valued(column("value", JSONB))
    rule = each.c.value["rule"].astext
    known = (rule, Decision.office, Decision.decision, Task.state, Task.closing_code)
    rows = (
        select(*known, func.count())
        .select_from(Decision)
        .join(
            each, rule.is_not(None) & (true() if who.role == "coordinator" else _in_the_open(each))
        )
        .outerjoin(
            Task, (Task.version_id == Decision.version_id) & (Task.office == Decision.office)
        )
        .group_by(*known)
    )
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    codes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for code, office, decision, state, closing, number in session.execute(rows):
        key = (code, office)
        counts[key]["dropped" if decision == DROP else "asked"] += number
        if state == NOT_AFFECTED and decision in (INVOLVE, CARRY):
            counts[key][NOT_AFFECTED] += number
            codes[key][closing or "other"] += number
    found = [
        Learned(*key, n["asked"], n["dropped"], n[NOT_AFFECTED], dict(codes[key]))
        for key, n in counts.items()
    ]
    return sorted(found, key=lambda one: (-(one.dropped + one.not_affected), one.rule, one.office))


def missed(session: Session, who: Principal) -> Sequence[Missed]:
    """Return the offices that were added by hand or claimed a part, the most often first.

    To all but the coordinator an office that only restricted layers named counts as such, too: that
    it does not would tell of them.
    """
    unnamed = (Decision.decision == ADD) | (Decision.certainty == CLAIMED)
    if who.role != "coordinator":
        each = func.jsonb_array_elements(Decision.reasons).table_valued(column("value", JSONB))
        rule = each.c.value["rule"].astext
        openly = select(true()).select_from(each).where(rule.is_not(None), _in_the_open(each))
        unnamed |= (Decision.decision == INVOLVE) & ~openly.exists()
    rows = select(Decision.office, func.count()).where(unnamed).group_by(Decision.office)
    found = [Missed(office, number) for office, number in session.execute(rows)]
    return sorted(found, key=lambda one: (-one.times, one.office))


def _in_the_open(each: Any) -> ColumnElement[bool]:
    return func.coalesce(each.c.value["visibility"].astext, "") != RESTRICTED
