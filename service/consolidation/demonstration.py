"""The statements of the demonstration: written, signed, sent and released as any other."""

from datetime import date
from uuid import UUID

from sqlalchemy import Engine

from service.access.principal import Principal
from service.blobs import Blobs
from service.cases.demonstration import coordinator, terms
from service.cases.drawing import Table
from service.cases.events import happened
from service.cases.opening import Read
from service.cases.publishing import STATEMENT, grant
from service.cases.samples import Sample
from service.config import Settings
from service.consolidation import agreeing, drafting, sending, signing
from service.consolidation.case import Setting
from service.consolidation.closing import ready
from service.consolidation.gathering import gathered, said_in
from service.consolidation.signing import Folder
from service.consolidation.speaking import Press, content_of
from service.db import transaction
from service.district import District
from service.house import open_house
from service.models.case import Case
from service.models.statement import Statement
from service.upkeep import DRAWN

SETTLED = "Abgestimmt in der Ämterrunde: Beides wird in der Ausführungsplanung zusammengeführt."
REASON = "Die Daten lagen bis zum Versand nicht vor; die Prüfung wird nachgeholt."


def send(
    engine: Engine,
    district: District,
    settings: Settings,
    read: Read,
    case_id: UUID,
    sample: Sample,
) -> None:
    """Write, sign and send the statement that was begun, and take the steps that follow."""
    house, blobs = open_house(settings), Blobs(settings.data / "blobs")
    with transaction(engine) as session:
        case, who = session.get_one(Case, case_id), coordinator(session)
        setting = Setting(session, district, house, "de", date.today())
        statement = drafting.statements_of(session, case)[-1]
        _write(setting, who, case, statement, sample)
        _sign(setting, who, case, statement)
    with transaction(engine) as session:  # the journal is not held while it is printed
        case, who = session.get_one(Case, case_id), coordinator(session)
        statement = drafting.statements_of(session, case)[-1]
        table = Table(settings.data / DRAWN, blobs, district.store, read)
        press = Press(session, district, table, house.template)
        sending.send(session, who, blobs, case, statement, lambda said: press.documents(case, said))
        if sample.shown is not None:
            grant(session, who, case, terms(STATEMENT, case, sample.shown), date.today())
        for step in sample.after:
            happened(session, case, step, actor=who.pseudonym)


def _write(setting: Setting, who: Principal, case: Case, draft: Statement, sample: Sample) -> None:
    """Settle what contradicts, give a reason for the rest that is open, and assess."""
    session = setting.session
    said = said_in(session, case)
    for one in gathered(setting, case, draft).contradictions:
        if one.open:
            agreeing.settle(session, who, case, said, [one.first, one.second], SETTLED)
    gaps = [
        {"kind": one.kind, "subject": one.subject, "title": one.title.de, "reason": REASON}
        for one in gathered(setting, case, draft).opens
        if not one.firm
    ]
    values = {"verdict": sample.verdict, "assessment": sample.assessment, "gaps": gaps}
    drafting.write(session, who, case, draft, values)


def _sign(setting: Setting, who: Principal, case: Case, draft: Statement) -> None:
    found = gathered(setting, case, draft)
    ready(found, draft)
    folder = Folder(setting.session, who, setting.house, case, draft)
    signing.circulate(folder, content_of(found))
    while draft.state == "cosigning":
        signing.sign(folder, None)
