"""The statement as the public reads it: the outward edition without whom it was written to.

What is of layers that are not public never comes this far (`service.statements.edition`).
"""

from dataclasses import replace

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.district import District
from service.errors import NotFoundError
from service.models.check import Check, Report
from service.models.statement import Statement
from service.statements import canonical
from service.statements.checked import checked_of
from service.statements.content import Addressee, Content
from service.statements.edition import outward

PUBLIC = "public"


def public_edition(session: Session, district: District, statement: Statement) -> Content:
    """Return what the public may read of a statement that was sent.

    Raises
    ------
    NotFoundError
        If there is no check whose public report it could be cut to.
    """
    whole = canonical.from_bytes(statement.content or b"")
    check = select(Check.id).where(Check.version_id == statement.version_id, Check.state == "done")
    number = session.scalars(check.order_by(Check.created.desc()).limit(1)).first()
    report = session.get(Report, (number, PUBLIC, whole.language)) if number else None
    if report is None:
        raise NotFoundError
    shown = outward(whole, checked_of(orjson.loads(report.body), district.rules, whole.language))
    voices = tuple(replace(voice, contact=None, reference=None) for voice in shown.voices)
    nobody = Addressee(())
    return replace(shown, voices=voices, addressee=nobody, copies=(), received=())
