"""The steward's layers: how they are, what changed, and what is to be decided about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import String, cast, select, text
from sqlalchemy.orm import Session

from gis.problem import Text
from layers import answers as by_hand
from layers import refresh, sources
from layers.answers import Answer
from layers.difference import difference
from layers.layer import Layer
from layers.rejecting import reject
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion, open_version
from maps.assets import digest
from maps.changes import STYLE
from service import journal
from service.access.principal import Principal
from service.access.throttle import counted_drawing
from service.api.dependencies import InDistrict, InLanguage, InSession, InSettings, Who
from service.api.handing_in import Line
from service.api.moments import Day
from service.checks.by_hand import MANUAL
from service.district import District
from service.errors import ConflictError, NotFoundError, UnusableError
from service.jobs import UPKEEP, defer
from service.models.account import Account
from service.portal.board import watched
from service.portal.forms import Act, Failed, InForm, again, done
from service.portal.involving_forms import Nothing, Reason, Said
from service.portal.layer_states import LayerState, Watched, looked
from service.portal.sheet import sheet
from service.report.changes import page as difference_page

router = APIRouter(include_in_schema=False)
Code = Annotated[str, Path(pattern=r"^[\w-]{1,60}$")]
Version = Annotated[str, Query(pattern=r"^([0-9a-f]{64})?$", max_length=64)]
HASH = r"^(sha256:)?[0-9a-f]{64}$"
PENDING = text(
    "select count(*) from procrastinate_jobs where task_name = 'layers.refresh' "
    "and status in ('todo', 'doing') and args->>'code' = :code"
)
MARKS = {
    "refused": Text("Erneuerung abgelehnt", "renewal refused"),
    "failing": Text("keine Daten", "no data"),
    "overdue": Text("veraltet", "out of date"),
    "manual": Text("von Hand", "by hand"),
    "fine": Text("in Ordnung", "fine"),
}
EVENTS = {
    "published": Text("veröffentlicht", "published"),
    "unchanged": Text("unverändert", "unchanged"),
    "refused": Text("nicht veröffentlicht", "refused"),
    "accepted": Text("freigegeben", "accepted"),
}
VISIBILITIES = {
    "public": Text("öffentlich", "public"),
    "offices": Text("nur Fachämter", "offices only"),
    "restricted": Text("vertraulich", "restricted"),
}
COVERAGES = {True: Text("angegeben", "declared"), False: Text("nicht angegeben", "not declared")}


class Answered(BaseModel):
    """What somebody has found out by hand: about one plan, or for all until a day."""

    outcome: Literal["affected", "clear"]
    by: Annotated[Line, Field(min_length=1)]
    basis: Said
    plan: Annotated[str, Field(pattern=HASH)] | None = None
    until: Day | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What the forms of this page work on."""

    session: Session
    who: Principal
    district: District
    layer: Layer
    seen: Watched


@router.get("/schichten")
def layer_list(
    request: Request,
    who: Who,
    district: InDistrict,
    zeige: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show all layers, those that need somebody first."""
    states = watched(request).states(district)
    order = list(MARKS)
    found = [one for one in states if _fits(one, q.strip().lower(), zeige)]
    counts = {mark: sum(one.mark == mark for one in states) for mark in MARKS}
    return sheet(
        request, "layers.html", who, counts=counts, marks=MARKS, wanted=zeige, sought=q,
        visibilities=VISIBILITIES, coverages=COVERAGES,
        layers=sorted(found, key=lambda one: order.index(one.mark)),
        offices={o.code: o.name for o in district.catalogue.offices},
    )  # fmt: skip


@router.get("/schichten/{code}")
def one_layer(
    code: Code, request: Request, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Show one layer: state, history, what waits for a decision, answers by hand."""
    return _page(request, _work(request, session, who, district, code))


@router.post("/schichten/{code}")
def act_on_layer(
    code: Code, request: Request, sent: InForm, session: InSession, who: Who, district: InDistrict
) -> Response:
    """Have a layer refreshed, accept or refuse what waits, answer by hand."""
    work = _work(request, session, who, district, code)
    failed = done(session, sent, ACTS, work)
    work.seen.forget()
    return again(request) if failed is None else _page(request, work, failed)


@router.get("/schichten/{code}/unterschied")
def changes(
    code: Code,
    request: Request,
    session: InSession,
    who: Who,
    district: InDistrict,
    language: InLanguage,
    settings: InSettings,
    vorher: Version = "",
    nachher: Version = "",
) -> Response:
    """Show what differs between two versions of a layer, on a map and in a table."""
    work = _work(request, session, who, district, code)
    if work.layer.visibility == "restricted":
        raise ConflictError("layer-restricted", RESTRICTED)
    counted_drawing(session, who, settings)
    found = difference(_version(work, vorher), _version(work, nachher))
    policy = f"default-src 'none'; style-src '{digest(STYLE)}'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    body = difference_page(work.layer, found, language)
    return Response(body, 200, headers, media_type="text/html")


def _work(
    request: Request, session: Session, who: Principal, district: District, code: str
) -> Work:
    layer = next((one for one in district.catalogue.layers if one.code == code), None)
    if layer is None:
        raise NotFoundError
    return Work(session, who, district, layer, watched(request))


def _page(request: Request, work: Work, failed: Failed | None = None) -> Response:
    district, layer = work.district, work.layer
    events, fault = _events(work)
    return sheet(
        request, "layer.html", work.who, failed=failed, layer=layer,
        state=looked(district.store, layer, date.today()), marks=MARKS, events=events,
        event_words=EVENTS, fault=fault, names=_names(work.session, events),
        pending=bool(work.session.scalar(PENDING, {"code": layer.code})),
        refreshable=layer.source.type in {*sources.READERS, *sources.REFRESHED},
        manual=layer.source.type == MANUAL, answers=_answers(work), visibilities=VISIBILITIES,
        coverages=COVERAGES, office={o.code: o.name for o in district.catalogue.offices},
        rules=[rule for rule in district.rules if rule.layer == layer.code],
        previous=_previous(events, work),
    )  # fmt: skip


def _events(work: Work) -> tuple[list[Mapping[str, Any]], Text | None]:
    """Return what happened to a layer, the latest first; and why that cannot be told."""
    try:
        events: list[Mapping[str, Any]] = list(work.district.store.published(work.layer).events())
    except LayerUnavailableError as error:
        return [], error.text
    return events[::-1], None


def _answers(work: Work) -> Sequence[Answer]:
    if work.layer.source.type != MANUAL:
        return ()
    return by_hand.answers(work.district.store.base(work.layer), work.layer.code)[::-1]


def _names(session: Session, events: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names behind pseudonyms; others are shown as they are."""
    wanted = {str(event["who"]) for event in events}
    rows = select(cast(Account.pseudonym, String), Account.name).where(
        cast(Account.pseudonym, String).in_(wanted)
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def _previous(events: Sequence[Mapping[str, Any]], work: Work) -> str | None:
    """Return the version that was in force before this one."""
    try:
        now = work.district.store.published(work.layer).state().version
    except LayerUnavailableError:
        return None
    were = [event["version"] for event in events if event["event"] != "refused"]
    return next((version for version in were if version and version != now), None)


def _version(work: Work, name: str) -> LayerVersion:
    store = work.district.store
    try:
        if not name:
            return store.version(work.layer)
        return open_version(store.base(work.layer) / "versions" / name)
    except (LayerUnavailableError, OSError, ValueError) as error:
        raise NotFoundError from error


def _fits(one: LayerState, words: str, mark: str) -> bool:
    la = one.layer
    shown_text = f"{la.code} {la.title.de} {la.title.en} {la.keeper} {la.theme}".lower()
    return (not mark or one.mark == mark) and words in shown_text


def _refreshed(work: Work, _: str, __: Nothing) -> None:
    defer(work.session, "layers.refresh", queue=UPKEEP, lock="layers",
          code=work.layer.code, who=work.who.pseudonym)  # fmt: skip
    _told(work, "layer.refresh_asked", None)


def _accepted(work: Work, _: str, said: Reason) -> None:
    _told(work, "layer.accepted", said.reason)
    refresh.accept(work.district.store, work.layer, who=work.who.pseudonym, reason=said.reason)


def _rejected(work: Work, _: str, said: Reason) -> None:
    _told(work, "layer.rejected", said.reason)
    reject(work.district.store, work.layer, who=work.who.pseudonym, reason=said.reason)


def _answered(work: Work, _: str, said: Answered) -> None:
    if work.layer.source.type != MANUAL:
        raise ConflictError("layer-has-data", HAS_DATA)
    if said.plan is None and said.until is None:
        raise UnusableError("answer-until", UNTIL)
    plan = None if said.plan is None else f"sha256:{said.plan.removeprefix('sha256:')}"
    until = None if said.until is None else said.until.isoformat()
    answer = Answer(said.outcome, said.by, date.today().isoformat(), said.basis, plan, until)
    _told(work, "layer.answered", said.basis)
    by_hand.record(work.district.store.base(work.layer), work.layer.code, answer)


def _told(work: Work, action: str, reason: str | None) -> None:
    """Write down who does what with a layer, before it is done: what fails takes it back."""
    detail = None if reason is None else {"reason": reason}
    facts = {"layer": work.layer.code}
    journal.append(work.session, action, actor=work.who.pseudonym, facts=facts, detail=detail)


ACTS: dict[str, Act[Work]] = {
    "refresh": Act(Nothing, _refreshed),
    "accept": Act(Reason, _accepted),
    "reject": Act(Reason, _rejected),
    "answer": Act(Answered, _answered),
}
RESTRICTED = Text(
    "Die Geometrie einer vertraulichen Schicht sieht nur die Stelle, die sie führt.",
    "Only the office that keeps a restricted layer sees its geometry.",
)
HAS_DATA = Text(
    "Diese Schicht hat Daten; von Hand beantwortet werden nur solche ohne.",
    "This layer has data; only layers without any are answered by hand.",
)
UNTIL = Text(
    "Eine Antwort, die für alle Planungen gilt, braucht einen letzten Tag; sonst bitte die "
    "Prüfsumme der Planung angeben.",
    "An answer that holds for all plans needs a last day; otherwise give the hash of the plan.",
)
