"""Something to look at on the desks of offices: tasks, drafts and answers as they would be."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.cases.answering import contributions, quick
from service.cases.answering.contributions import Opened, Source, items_of
from service.cases.answering.preparing import prepare
from service.cases.answering.releasing import release
from service.cases.asking.desk import Desk
from service.cases.asking.releasing import Terms
from service.cases.asking.releasing import release as ask
from service.cases.tasks.doing import Bench
from service.district import District
from service.house import House
from service.models.case import Case
from service.models.task import Task

LEAST_DAYS = 3
PUBLIC = "public"
OUTWARD = "Es sind Belange berührt, über die das Fachamt auf Anfrage Auskunft gibt."


def asked(
    session: Session,
    district: District,
    house: House,
    case: Case,
    who: Principal,
    *,
    all_of_it: bool,
) -> None:
    """Ask the offices of a case; then all of them answer, or the first with half of the others."""
    today = date.today()
    due = max(today + timedelta(days=LEAST_DAYS), (case.due or today) - timedelta(days=7))
    made, _ = ask(Desk(session, who, house, district.offices, today), case, Terms(due))
    for number, task in enumerate(made):
        if all_of_it or number % 2 == 0:
            _answered(session, district, house, case, task, done=all_of_it or number > 0)


def _answered(
    session: Session, district: District, house: House, case: Case, task: Task, *, done: bool
) -> None:
    """Write what is prepared for an office, or that it has no objections; `done`: release it."""
    who = Principal(role="officer", office=task.office)
    bench = Bench(Desk(session, who, house, district.offices), case, task)
    found = contributions.begin(bench, Source())
    opened = Opened(case, task, found, [])
    items = prepare(session, who, opened, district.blocks)
    if done and not items:
        session.delete(found)
        session.flush()
        quick.answered(session, who, case, task, "keine_bedenken", text=None, contact=None)
        return
    hidden = {one.code for one in district.catalogue.layers if one.visibility != PUBLIC}
    if done:
        for item in items:
            item.prepared = False
            if item.edition == PUBLIC and (item.restricted or item.layer in hidden):
                item.outward = OUTWARD
        session.flush()
        release(session, who, Opened(case, task, found, items_of(session, found.id)))
