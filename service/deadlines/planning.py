"""Internal deadlines, counted backwards from the day the statement must be out, in working days.

The house says how long each step takes. Where there is too little time, the steps give in the
order of `GIVING`, and the plan says so; no day lies before the start or after the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from gis.problem import Text
from service.deadlines.said import days_said, shown
from service.deadlines.warned import Warned
from service.deadlines.workdays import Workdays
from service.house.house import Committee, LeadDays, Reminders

# Which step gives how many of its days first: (name, the least it keeps).
GIVING = (("sending", 0), ("consolidating", 1), ("cosigning", 1), ("approval", 0),
          ("cosigning", 0), ("consolidating", 0))  # fmt: skip
STEPS = {
    "sending": Text("Absenden", "sending"),
    "approval": Text("Freigabe", "approval"),
    "cosigning": Text("Mitzeichnung", "co-signing"),
    "consolidating": Text("Zusammenführung", "consolidation"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """By when what must be done; `due` is the outer end.

    Offices answer until `answers_by`, are reminded on `reminders` and reported to their heads on
    `escalate_on`; documents are asked for until `follow_up_by`, an extension until `extension_by`.
    `paper_by` and `sitting` are of the committee, where one decides.
    """

    start: date
    due: date
    answers_by: date
    consolidated_by: date
    cosigned_by: date
    approved_by: date
    sent_by: date
    follow_up_by: date
    extension_by: date
    reminders: tuple[date, ...]
    escalate_on: date
    answering_days: int
    paper_by: date | None = None
    sitting: date | None = None
    warned: tuple[Warned, ...] = ()

    def reminders_before(self, own: date, workdays: Workdays, rules: Reminders) -> tuple[date, ...]:
        """Return when an office with a deadline of its own is reminded."""
        return _reminders(own, self.start, workdays, rules)


def plan(
    start: date,
    due: date,
    lead: LeadDays,
    reminders: Reminders,
    workdays: Workdays,
    *,
    committee: Committee | None = None,
) -> Plan | None:
    """Return the internal deadlines of a case that can be worked on from `start`.

    `workdays` are those of the house. None where the end is before the start: nothing can be
    planned any more.
    """
    if due < start:
        return None
    sitting, refused = _sitting(start, due, lead, workdays, committee)
    if sitting is None or committee is None:
        return _planned(start, due, lead, reminders, workdays, refused)
    return _with_sitting(start, due, lead, reminders, workdays, committee, sitting)


def _planned(
    start: date,
    due: date,
    lead: LeadDays,
    reminders: Reminders,
    workdays: Workdays,
    warned: tuple[Warned, ...],
) -> Plan:
    kept, given = _fitted(start, due, lead, workdays)
    sent = _back(due, kept.sending, start, workdays)
    cosigned = _back(sent, kept.approval, start, workdays)
    consolidated = _back(cosigned, kept.cosigning, start, workdays)
    answers = _back(consolidated, kept.consolidating, start, workdays)
    days = workdays.between(start, answers)
    late = (*warned, *_short(given, days, lead.answering))
    return Plan(
        start=start,
        due=due,
        answers_by=answers,
        consolidated_by=consolidated,
        cosigned_by=cosigned,
        approved_by=sent,
        sent_by=sent,
        follow_up_by=min(workdays.after(start, lead.follow_up), answers),
        extension_by=_back(due, reminders.extension_before, start, workdays),
        reminders=_reminders(answers, start, workdays, reminders),
        escalate_on=min(workdays.after(answers, reminders.escalate_after), due),
        answering_days=days,
        warned=late,
    )


def _with_sitting(
    start: date,
    due: date,
    lead: LeadDays,
    reminders: Reminders,
    workdays: Workdays,
    committee: Committee,
    sitting: date,
) -> Plan:
    """Return the plan back from a sitting, for which the paper is co-signed before."""
    paper = _back(sitting, committee.lead_days, start, workdays)
    inner = _planned(start, paper, replace(lead, sending=0, approval=0), reminders, workdays, ())
    sent = max(_back(due, lead.sending, start, workdays), sitting)
    return replace(
        inner,
        due=due,
        cosigned_by=paper,
        approved_by=sitting,
        sent_by=sent,
        extension_by=_back(due, reminders.extension_before, start, workdays),
        paper_by=paper,
        sitting=sitting,
    )


def _sitting(
    start: date, due: date, lead: LeadDays, workdays: Workdays, committee: Committee | None
) -> tuple[date | None, tuple[Warned, ...]]:
    """Return the last sitting that can still decide, or why there is none."""
    if committee is None:
        return None, ()
    least = workdays.after(start, committee.lead_days)
    fitting = [day for day in committee.sittings if least <= day <= due]
    in_time = [day for day in fitting if day <= workdays.before(due, lead.sending)]
    if fitting:
        return max(in_time or fitting), ()
    return None, (_no_sitting(committee, due),)


def _fitted(
    start: date, due: date, lead: LeadDays, workdays: Workdays
) -> tuple[LeadDays, list[tuple[str, int, int]]]:
    """Return what the steps keep so that the offices have their time, and what each gave."""
    kept = lead
    have = workdays.between(start, due)
    for name, least in GIVING:
        lacking = lead.answering + _sum(kept) - have
        if lacking <= 0:
            break
        now: int = getattr(kept, name)
        kept = replace(kept, **{name: max(least, now - lacking) if now > least else now})
    changed = [(n, getattr(lead, n), getattr(kept, n)) for n in STEPS]
    return kept, [(name, was, now) for name, was, now in changed if was != now]


def _sum(lead: LeadDays) -> int:
    return lead.sending + lead.approval + lead.cosigning + lead.consolidating


def _back(day: date, number: int, start: date, workdays: Workdays) -> date:
    return max(start, workdays.before(day, number))


def _reminders(own: date, start: date, workdays: Workdays, rules: Reminders) -> tuple[date, ...]:
    """Return the days of reminders, oldest first; none on or before the start."""
    days = {workdays.before(own, number) for number in rules.before}
    return tuple(sorted(day for day in days if start < day <= own))


def _short(given: Iterable[tuple[str, int, int]], days: int, wanted: int) -> Iterable[Warned]:
    listed = list(given)
    if listed:
        yield Warned(
            "plan-tight",
            None,
            Text(
                "Die Frist ist kurz; es geben nach: "
                + ", ".join(f"{STEPS[n].de} {was} → {now}" for n, was, now in listed)
                + " Arbeitstage.",
                "The period is short; these give way: "
                + ", ".join(f"{STEPS[n].en} {was} → {now}" for n, was, now in listed)
                + " working days.",
            ),
        )
    if days < wanted:
        have, want = (days_said(number, "days") for number in (days, wanted))
        yield Warned(
            "answers-short",
            None,
            Text(
                f"Den Fachämtern bleiben {have.de} statt {want.de}; bitte eine Verlängerung "
                "beantragen.",
                f"The offices have {have.en} instead of {want.en}; please ask for an extension.",
            ),
        )


def _no_sitting(committee: Committee, due: date) -> Warned:
    return Warned(
        "no-sitting",
        None,
        Text(
            f"{committee.name.de}: keine Sitzung mit genügend Vorlauf vor dem {shown(due).de}; "
            "bitte eine Verlängerung oder eine Eilentscheidung veranlassen.",
            f"{committee.name.en}: no sitting in time before {shown(due).en}; please see to an "
            "extension or an urgent decision.",
        ),
    )
