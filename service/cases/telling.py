"""The journal of one case, told to whoever asks: with names and text, or without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from gis.problem import Text
from service.access.principal import Principal
from service.journal import SYSTEM
from service.models.account import Account
from service.models.case import Case
from service.models.journal import Detail, Entry

# What a planner reads: their plan's way. What the district does within itself is not among it.
WORDS: Mapping[str, Text] = {
    "case.received": Text("eingegangen", "received"),
    "case.imported": Text("aus dem Bestand übernommen", "taken over from earlier records"),
    "case.changed": Text("Angaben geändert", "particulars changed"),
    "case.rested": Text("ruht", "resting"),
    "case.resumed": Text("wird fortgesetzt", "resumed"),
    "case.withdrawn": Text("zurückgezogen", "withdrawn"),
    "case.closed": Text("abgeschlossen", "closed"),
    "case.archived": Text("archiviert", "archived"),
    "case.erased": Text("Namen und Texte gelöscht", "names and text erased"),
    "plan.asked": Text("Rückfrage zum Plan", "question about the plan"),
    "plan.answered": Text("Rückfrage beantwortet", "question answered"),
    "plan.understood": Text("Plan verstanden", "plan understood"),
    "plan.traced": Text("Umriss nachgezeichnet", "outline traced"),
    "plan.revised": Text("neuer Planstand", "new draft"),
    "check.queued": Text("Prüfung angestoßen", "check asked for"),
    "check.started": Text("Prüfung begonnen", "check begun"),
    "check.done": Text("geprüft", "checked"),
    "check.failed": Text("Prüfung gescheitert", "check failed"),
    "check.cancelled": Text("Prüfung abgebrochen", "check cancelled"),
    "offices.released": Text("Fachämter beteiligt", "offices asked"),
    "supplement.requested": Text("Nachforderung", "supplement requested"),
    "supplement.received": Text("Nachreichung eingegangen", "supplement received"),
    "supplement.forwarded": Text("Rückfrage an den Planungsträger", "question to the planner"),
    "supplement.answered": Text("Rückfrage beantwortet", "question answered"),
    "consolidation.begun": Text("wird zusammengeführt", "being put together"),
    "statement.sent": Text("Stellungnahme versandt", "statement sent"),
    "statement.followed": Text("Nachtrag oder Berichtigung versandt", "supplement sent"),
    "result.received": Text("Abwägungsergebnis eingegangen", "result received"),
    "document.added": Text("Unterlage hinzugefügt", "document added"),
    "document.changed": Text("Unterlage anders eingeordnet", "document filed differently"),
    "document.left_out": Text("Anlage nicht übernommen", "attachment left out"),
    "document.removed": Text("Unterlage entfernt", "document removed"),
    "extension.requested": Text("Fristverlängerung beantragt", "extension asked for"),
    "extension.consented": Text("Frist verlängert", "extension granted"),
    "extension.refused": Text("Fristverlängerung abgelehnt", "extension refused"),
    "parties.changed": Text("Beteiligte geändert", "parties changed"),
    "party.erased": Text("Name eines Beteiligten gelöscht", "name of a party erased"),
}
INSIDE: Mapping[str, Text] = {
    "contradiction.marked": Text("Widerspruch vermerkt", "contradiction marked"),
    "contradiction.settled": Text("Widerspruch geklärt", "contradiction settled"),
    "items.bundled": Text("Punkte gebündelt", "items bundled"),
    "items.unbundled": Text("Bündel gelöst", "bundle taken apart"),
    "items.weighed": Text("Abwägung vermerkt", "weighing noted"),
    "statement.begun": Text("neue Fassung begonnen", "new version begun"),
    "statement.changed": Text("Stellungnahme bearbeitet", "statement edited"),
    "statement.circulated": Text("in Mitzeichnung", "being signed"),
    "statement.signed": Text("mitgezeichnet", "signed"),
    "statement.returned": Text("zurückgegeben", "given back"),
    "statement.approved": Text("freigegeben", "approved"),
    "statement.dispatched": Text("Versand nachgewiesen", "dispatch recorded"),
    "statement.bound": Text("unterschriebene Fassung hinterlegt", "signed copy kept"),
    "case.due_moved": Text("Frist neu berechnet", "deadline computed anew"),
    "office.decided": Text("Beteiligung entschieden", "decided whom to ask"),
    "offices.more": Text("weitere Fachämter beteiligt", "further offices asked"),
    "task.released": Text("Aufgabe an das Fachamt", "task to an office"),
    "task.seen": Text("Fachamt hat gelesen", "an office has read its task"),
    "task.begun": Text("Beitrag begonnen", "contribution begun"),
    "task.circulated": Text("Beitrag in Mitzeichnung", "contribution goes round"),
    "task.returned": Text("Beitrag zurückgegeben", "contribution returned"),
    "task.answered": Text("Beitrag freigegeben", "contribution released"),
    "task.not_affected": Text("doch nicht betroffen", "not affected after all"),
    "task.no_answer": Text("ohne Antwort abgeschlossen", "closed without an answer"),
    "task.reopened": Text("erneut gefragt", "asked again"),
    "task.forwarded": Text("im Fachamt weitergegeben", "passed on in the office"),
    "task.stood_in": Text("Vertretung geändert", "standing in changed"),
    "task.postponed": Text("Frist des Fachamts geändert", "deadline of an office changed"),
    "task.waiting": Text("wartet auf Stelle außerhalb", "waits for a body outside"),
    "task.reminded": Text("erinnert", "reminded"),
    "task.escalated": Text("Koordination benachrichtigt", "coordinator told"),
    "task.link_made": Text("Antwortlink erzeugt", "link to answer made"),
    "task.link_read": Text("Antwortlink geöffnet", "link to answer opened"),
    "contribution.signed": Text("mitgezeichnet", "signed"),
    "suggestion.made": Text("Änderung vorgeschlagen", "change proposed"),
    "suggestion.accepted": Text("Änderung angenommen", "change accepted"),
    "suggestion.refused": Text("Änderung abgelehnt", "change refused"),
    "suggestion.withdrawn": Text("Änderungsvorschlag zurückgenommen", "proposed change withdrawn"),
    "supplement.asked": Text("Rückfrage eines Fachamts", "question of an office"),
    "supplement.refused": Text("Rückfrage nicht weitergeleitet", "question not forwarded"),
    "supplement.withdrawn": Text("Rückfrage zurückgezogen", "question withdrawn"),
    "case.claimed": Text("Fachamt hat sich angemeldet", "an office claimed a part"),
    "clock.off": Text("Frist abgeschaltet", "clock switched off"),
    "clock.on": Text("Frist wieder eingeschaltet", "clock switched on again"),
    "cosigning.begun": Text("in Mitzeichnung", "being co-signed"),
    "restricted.read": Text("vertrauliche Angaben gelesen", "restricted particulars read"),
    "public.released": Text("für die Öffentlichkeit freigegeben", "released to the public"),
    "public.ended": Text("Freigabe beendet", "release ended"),
}
INNER = "inner"  # edition of documents planners never hear of


@dataclass(frozen=True, slots=True)
class Told:
    """One entry as it is told; `by`, `facts` and `detail` for the coordinator alone."""

    seq: int
    at: datetime
    action: str
    text: Text
    by: str | None
    facts: dict[str, Any] | None
    detail: dict[str, Any] | None
    erased: datetime | None


def told(
    session: Session, principal: Principal, case: Case, *, after: int = 0, most: int = 100
) -> list[Told]:
    """Return at most `most` entries after number `after`, oldest first."""
    rows = (
        select(Entry, Detail, Account.name)
        .outerjoin(Detail, Detail.seq == Entry.seq)
        .outerjoin(Account, cast(Account.pseudonym, String) == Entry.actor)
        .where(Entry.case_id == case.id, Entry.seq > after)
        .order_by(Entry.seq)
        .limit(most)
    )
    if principal.role == "planner":
        shown = Entry.action.in_(sorted(WORDS))
        inner = Entry.facts["edition"].astext == INNER
        rows = rows.where(shown, inner.is_not(True))
    return [_told(principal, *row) for row in session.execute(rows)]


def last(entries: Sequence[Told], most: int) -> int | None:
    """Return the number to go on after; None where these were the last."""
    return entries[-1].seq if len(entries) == most else None


def _told(principal: Principal, entry: Entry, detail: Detail | None, name: str | None) -> Told:
    text = WORDS.get(entry.action) or INSIDE.get(entry.action) or Text(entry.action, entry.action)
    if principal.role != "coordinator":
        return Told(entry.seq, entry.at, entry.action, text, None, None, None, None)
    by = SYSTEM if entry.actor == SYSTEM else name
    body = detail.body if detail is not None else None
    erased = detail.erased if detail is not None else None
    return Told(entry.seq, entry.at, entry.action, text, by, dict(entry.facts), body, erased)
