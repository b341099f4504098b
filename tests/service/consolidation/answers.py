"""Offices that were asked, and what they answered, as rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import Engine, select

from service.db import transaction
from service.models import Contribution, Decision, Item, PlanVersion, Task

DUE = date(2026, 12, 10)


def asked(
    engine: Engine, case_id: UUID, office: str, items: Sequence[tuple[str, str]] | None, **more: str
) -> UUID:
    """Make the task of an office; with items its released answer. Return the task's id."""
    now = datetime.now(UTC)
    with transaction(engine) as session:
        version = session.scalars(
            select(PlanVersion)
            .where(PlanVersion.case_id == case_id)
            .order_by(PlanVersion.number.desc())
        ).first()
        assert version is not None
        state = more.get("state") or ("open" if items is None else "answered")
        task = Task(case_id=case_id, version_id=version.id, office=office, due=DUE,
                    state=state, released_by="c-1", closing=more.get("closing"),
                    answered=None if items is None else now)  # fmt: skip
        session.add(task)
        session.flush()
        if items is not None:
            made = Contribution(task_id=task.id, number=1, state="released", released=now,
                                released_by="o-1", by="o-1")  # fmt: skip
            session.add(made)
            session.flush()
            for at, (kind, text) in enumerate(items, 1):
                session.add(Item(contribution_id=made.id, number=at, position=at, kind=kind,
                                 text=text, by="o-1", basis="§ 15 BNatSchG"))  # fmt: skip
        return task.id


def decided(engine: Engine, case_id: UUID, office: str, decision: str, reason: str | None) -> None:
    """Write down what was decided on an office."""
    with transaction(engine) as session:
        version = session.scalars(select(PlanVersion).where(PlanVersion.case_id == case_id)).one()
        session.add(Decision(case_id=case_id, version_id=version.id, office=office,
                             decision=decision, reason=reason, reasons=[], by="c-1"))  # fmt: skip
