"""The copy that was signed outside comes back: it binds, and the packages hold it from then on."""

from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.blobs import Blobs, Stored
from service.consolidation import afterwards, sending, speaking
from service.models.case import Case
from service.models.statement import Statement


def bind(
    session: Session, who: Principal, store: Blobs, case: Case, statement: Statement, signed: Stored
) -> None:
    """Keep the signed PDF and pack what was sent once more with it; errors as `bound`."""
    afterwards.bound(session, who, case, statement, signed)
    if statement.content is not None:
        copy = store.path(signed.sha256).read_bytes()
        there = sending.files_of(session, statement)
        again = speaking.repacked(case, statement.content, there, store, copy)
        sending.keep(session, store, statement, again)
