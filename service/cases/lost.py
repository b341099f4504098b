"""Checks that nobody carries out any more: none may wait for ever."""

from uuid import UUID

from sqlalchemy import Engine, text

from gis.problem import Text
from service.cases.finishing import failed
from service.db import transaction

LOST = text(
    "select c.id from checks c where c.state in ('queued', 'running') "
    "and c.created not between now() - make_interval(secs => :seconds) and now() and not exists ("
    "select 1 from procrastinate_jobs j where j.task_name = 'checks.run' "
    "and j.args->>'check_id' = c.id::text and j.status in ('todo', 'doing'))"
)


def end_lost(engine: Engine, older_than_s: float = 60.0) -> list[UUID]:
    """Make checks fail whose job is gone or poison; return which.

    One that was asked for in the future is old: the clock was set back since.
    """
    with transaction(engine) as session:
        lost = list(session.scalars(LOST, {"seconds": older_than_s}))
    for check_id in lost:
        failed(engine, check_id, "check-lost", WORDS)
    return lost


WORDS = Text(
    "Die Prüfung wurde nach mehreren Versuchen aufgegeben; es liegt kein Ergebnis vor. Bitte "
    "erneut prüfen lassen.",
    "The check was given up after several tries; there is no result. Have the plan checked again.",
)
