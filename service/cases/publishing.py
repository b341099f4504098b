"""What of a case is released to the public: by whom, with whose consent, until when.

Nothing is public by itself. A release ends by itself after its last day, or when somebody ends it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Row, Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from gis.problem import Text
from service.access.principal import Principal
from service.cases.drafts import last_version
from service.cases.events import happened
from service.cases.outlines import outlines
from service.cases.state import State
from service.errors import ConflictError, NotFoundError, UnusableError
from service.models.case import Case
from service.models.release import Release
from service.models.statement import Statement

PLAN, STATEMENT = "plan", "statement"
WHAT = (PLAN, STATEMENT)
LONGEST_DAYS = 3 * 366
HIDDEN = frozenset({State.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is released, as the public reads it, with whose consent and until which day.

    `link` leads to the documents at whoever answers for them; Belang does not keep copies.
    """

    what: str
    title: str
    consent: str
    until: date
    summary: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A plan the public may see, its outline in the working CRS, and whether the statement is
    public as well.
    """

    case: Case
    release: Release
    shape: BaseGeometry | None
    statement: bool


def grant(session: Session, who: Principal, case: Case, terms: Terms, today: date) -> Release:
    """Release something of a case to the public; the case is locked.

    Raises
    ------
    ConflictError
        If it is released already, the case was withdrawn, or there is nothing to release yet.
    UnusableError
        If the last day is past, or too far away.
    """
    if not today <= terms.until or (terms.until - today).days > LONGEST_DAYS:
        raise UnusableError("release-until", UNTIL, most_days=LONGEST_DAYS)
    if case.state in HIDDEN:
        raise ConflictError("state-conflict", GONE, state=case.state)
    _there(session, case, terms.what, today)
    for one in releases_of(session, case):
        if one.what == terms.what and one.ended is None:
            if one.until >= today:
                raise ConflictError("released-already", ALREADY, release=str(one.id))
            _end(one, who)
    session.flush()
    made = Release(
        case_id=case.id, what=terms.what, title=terms.title, summary=terms.summary,
        link=terms.link, consent=terms.consent, until=terms.until, by=who.pseudonym,
    )  # fmt: skip
    session.add(made)
    session.flush()
    facts = {"release": str(made.id), "what": made.what, "until": made.until.isoformat()}
    detail = {"consent": made.consent, "title": made.title}
    happened(session, case, "public.released", actor=who.pseudonym, facts=facts, detail=detail)
    return made


def end(session: Session, who: Principal, case: Case, release_id: UUID) -> None:
    """End a release before its last day; with the plan goes its statement.

    Raises
    ------
    NotFoundError
        If the case has no such release that still stands.
    """
    standing = [one for one in releases_of(session, case) if one.ended is None]
    found = next((one for one in standing if one.id == release_id), None)
    if found is None:
        raise NotFoundError
    ended = standing if found.what == PLAN else [found]
    for one in ended:
        _end(one, who)
    session.flush()
    facts = {"releases": [str(one.id) for one in ended], "what": [one.what for one in ended]}
    happened(session, case, "public.ended", actor=who.pseudonym, facts=facts)


def releases_of(session: Session, case: Case) -> list[Release]:
    """Return all releases of a case, oldest first."""
    rows = select(Release).where(Release.case_id == case.id)
    return list(session.scalars(rows.order_by(Release.at, Release.id)))


def stands(today: date, what: str = PLAN) -> ColumnElement[bool]:
    """Return the condition for a release to be in force on a day."""
    return (Release.what == what) & Release.ended.is_(None) & (Release.until >= today)


def published(
    session: Session, today: date, *, municipality: str | None = None, text: str | None = None
) -> list[Published]:
    """Return the plans the public may see, the newest release first; by municipality or words."""
    rows = _rows(today)
    if municipality is not None:
        rows = rows.where(Case.municipalities.contains([municipality]))
    if text:
        shown = func.coalesce(Release.summary, "")
        words = func.to_tsvector(
            "german", Release.title + " " + Case.municipality_names + " " + shown
        )
        rows = rows.where(words.bool_op("@@")(func.websearch_to_tsquery("german", text)))
    return _published(session, session.execute(rows.order_by(Release.at.desc())).all())


def published_plan(session: Session, case_id: UUID, today: date) -> Published:
    """Return one plan the public may see; NotFoundError where there is none, or no more."""
    found = _published(session, session.execute(_rows(today).where(Case.id == case_id)).all())
    if not found:
        raise NotFoundError
    return found[0]


def last_sent(session: Session, case: Case) -> Statement | None:
    """Return the last version of the statement that was sent."""
    rows = select(Statement).where(Statement.case_id == case.id, Statement.state == "sent")
    return session.scalars(rows.order_by(Statement.number.desc()).limit(1)).first()


def forget(session: Session, case_id: UUID) -> None:
    """Erase who has consented; what was released, and until when, stays."""
    session.execute(update(Release).where(Release.case_id == case_id).values(consent=""))


def _rows(today: date) -> Select[Case, Release, bool]:
    also = aliased(Release)
    statement = exists().where(
        also.case_id == Case.id, also.what == STATEMENT, also.ended.is_(None), also.until >= today
    )
    rows = select(Case, Release, statement).join(Release, Release.case_id == Case.id)
    return rows.where(stands(today), Case.state.not_in(sorted(HIDDEN)))


def _published(session: Session, rows: Iterable[Row[Case, Release, bool]]) -> list[Published]:
    found = list(rows)
    shapes = outlines(session, [case.id for case, _, _ in found])
    return [Published(c, release, shapes.get(c.id), also) for c, release, also in found]


def _there(session: Session, case: Case, what: str, today: date) -> None:
    """Let pass what is there to be released."""
    if what == PLAN:
        version = last_version(session, case)
        if version is None or version.question is not None:
            raise ConflictError("plan-missing", NO_PLAN)
        return
    if last_sent(session, case) is None:
        raise ConflictError("statement-not-sent", NOT_SENT)
    rows = select(Release.id).where(Release.case_id == case.id, stands(today))
    if session.scalars(rows.limit(1)).first() is None:
        raise ConflictError("plan-not-released", PLAN_FIRST)


def _end(one: Release, who: Principal) -> None:
    one.ended, one.ended_by = datetime.now(UTC), who.pseudonym


UNTIL = Text(
    "Der letzte Tag muss heute oder später liegen, höchstens in drei Jahren.",
    "The last day must be today or later, within three years.",
)
GONE = Text(
    "Ein zurückgezogener Vorgang wird nicht veröffentlicht.", "A withdrawn case is not published."
)
ALREADY = Text(
    "Das ist schon freigegeben; bitte die Freigabe zuerst beenden.",
    "This is released already; please end that release first.",
)
NO_PLAN = Text(
    "Es gibt noch keinen verstandenen Planstand, den die Öffentlichkeit sehen könnte.",
    "There is no understood draft yet that the public could see.",
)
NOT_SENT = Text(
    "Erst eine versandte Stellungnahme kann veröffentlicht werden.",
    "Only a statement that was sent can be published.",
)
PLAN_FIRST = Text("Zuerst muss die Planung freigegeben sein.", "The plan has to be released first.")
