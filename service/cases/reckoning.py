"""Every night the days due are computed anew: house rules, places and holidays may have changed."""

from uuid import UUID

from sqlalchemy import Engine, select

from service import journal
from service.cases.clocks import reckon
from service.cases.events import happened
from service.cases.state import OPEN
from service.db import transaction
from service.house.house import HouseCalendar
from service.models.case import Case


def reckon_all(engine: Engine, calendar: HouseCalendar) -> int:
    """Compute the days due of all open cases; return how many have moved, each on record."""
    with transaction(engine) as session:
        open_ones = select(Case.id).where(Case.state.in_(sorted(OPEN))).order_by(Case.id)
        cases = list(session.scalars(open_ones))
    return sum(_moved(engine, case_id, calendar) for case_id in cases)


def _moved(engine: Engine, case_id: UUID, calendar: HouseCalendar) -> bool:
    """Compute one, in a transaction of its own: nobody waits for all of them."""
    with transaction(engine) as session:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None or case.state not in OPEN:
            return False
        before = case.due
        after = reckon(session, case, calendar).due
        if after == before:
            return False
        facts = {"before": before and before.isoformat(), "due": after and after.isoformat()}
        happened(session, case, "case.due_moved", actor=journal.SYSTEM, facts=facts)
        return True
