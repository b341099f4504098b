"""Routes to accounts and organisations, for the administrator; to one's own, for everybody."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from service.access import accounts, login, membership, passwords, roster, sessions
from service.access.accounts import Part
from service.api.dependencies import InDistrict, InSession, InSettings, Who
from service.api.once import InOnce
from service.api.person_forms import (
    AccountChange,
    AccountIn,
    AccountMade,
    AccountOut,
    AccountPage,
    AccountQuery,
    OrganisationIn,
    OrganisationOut,
    OwnChange,
    OwnPassword,
    PasswordIn,
    PasswordOut,
)
from service.api.problems import DECLARED
from service.models.account import Account, Organisation

router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.get("/accounts", response_model=AccountPage, responses=DECLARED)
def listed(
    wanted: Annotated[AccountQuery, Query()], request: Request, session: InSession, who: Who
) -> AccountPage:
    """List accounts by login."""
    found, last = roster.page(session, wanted.cursor, wanted.limit)
    following = request.url.include_query_params(cursor=last).query
    return AccountPage(
        accounts=[_shown(session, account) for account in found],
        next=None if last is None else f"{request.url.path}?{following}",
    )


@router.post("/accounts", response_model=AccountMade, status_code=201, responses=DECLARED)
def create(
    given: AccountIn, session: InSession, who: Who, district: InDistrict, once: InOnce
) -> Response:
    """Create an account."""
    if (before := once.earlier(given.model_dump(mode="json", exclude={"password"}))) is not None:
        return before
    generated = passwords.generated() if given.password is None else None
    account = accounts.created(
        session,
        by=who.pseudonym,
        login=given.login,
        name=given.name,
        part=Part(given.role, given.office, frozenset(given.organisations)),
        offices=district.offices,
        password=given.password or generated,
        mail=given.mail,
        language=given.language,
        functions=given.functions,
    )
    shown = _shown(session, account).model_dump()
    once.keep(_answer(AccountMade(**shown, password=None)))  # no password is kept anywhere
    return _answer(AccountMade(**shown, password=generated))


@router.get("/accounts/{account_id}", response_model=AccountOut, responses=DECLARED)
def read(account_id: UUID, session: InSession, who: Who) -> AccountOut:
    """Read one account."""
    return _shown(session, accounts.account_of(session, account_id))


@router.patch("/accounts/{account_id}", response_model=AccountOut, responses=DECLARED)
def change(
    account_id: UUID, given: AccountChange, session: InSession, who: Who, district: InDistrict
) -> AccountOut:
    """Change an account; an inactive one is out at once, with its sessions and tokens."""
    account = accounts.account_of(session, account_id, lock=True)
    values = _changes(given)
    if values:
        accounts.changed(
            session, account, values, by=who.pseudonym, offices=district.offices,
            now=datetime.now(UTC),
        )  # fmt: skip
    return _shown(session, account)


@router.put("/accounts/{account_id}/password", response_model=PasswordOut, responses=DECLARED)
def reset(account_id: UUID, given: PasswordIn, session: InSession, who: Who) -> PasswordOut:
    """Give an account a new password; whoever knew the old one is out."""
    account = accounts.account_of(session, account_id, lock=True)
    set_to = accounts.password_reset(
        session, account, given.password, by=who.pseudonym, now=datetime.now(UTC)
    )
    return PasswordOut(password=None if given.password else set_to)


@router.put("/account/password", status_code=204, responses=DECLARED)
def change_own_password(
    given: OwnPassword, request: Request, session: InSession, who: Who, settings: InSettings
) -> None:
    """Change one's own password; one's other sessions end, and all one's tokens."""
    account = _own(session, who.account_id)
    login.confirmed(session, account, given.current, settings)
    key = request.cookies.get(sessions.cookie_name(settings))
    accounts.password_changed(
        session, account, given.password, session_key=key, now=datetime.now(UTC)
    )


@router.patch("/account", response_model=AccountOut, responses=DECLARED)
def change_own(given: OwnChange, session: InSession, who: Who) -> AccountOut:
    """Change the language of one's own account."""
    account = _own(session, who.account_id)
    accounts.language_changed(session, account, given.language)
    return _shown(session, account)


@router.get("/organisations", response_model=list[OrganisationOut], responses=DECLARED)
def organisations(session: InSession, who: Who) -> list[OrganisationOut]:
    """List all organisations by name."""
    return [_organisation(one) for one in membership.listed(session)]


@router.post("/organisations", response_model=OrganisationOut, status_code=201, responses=DECLARED)
def found(given: OrganisationIn, session: InSession, who: Who, once: InOnce) -> Response:
    """Create an organisation."""
    if (before := once.earlier(given.model_dump(mode="json"))) is not None:
        return before
    made = membership.founded(
        session,
        by=who.pseudonym,
        name=given.name,
        kind=given.kind,
        municipality=given.municipality,
    )
    return once.keep(_answer(_organisation(made)))


def _changes(given: AccountChange) -> dict[str, Any]:
    """Return what was said; null means nothing but for what may be empty."""
    said = given.model_dump(exclude_unset=True)
    values = {k: v for k, v in said.items() if v is not None or k in ("mail", "office")}
    if "organisations" in values:
        values["organisations"] = frozenset(values["organisations"])
    return values


def _own(session: Session, account_id: UUID | None) -> Account:
    assert account_id is not None  # noqa: S101 - the table of rights says so
    return accounts.account_of(session, account_id, lock=True)


def _shown(session: Session, account: Account) -> AccountOut:
    return AccountOut(
        id=account.id,
        pseudonym=account.pseudonym,
        login=account.login,
        name=account.name,
        mail=account.mail,
        role=account.role,  # type: ignore[arg-type]  # one of them, by a check of the table
        office=account.office,
        functions=account.functions,
        organisations=sorted(membership.of(session, account)),
        language=account.language,
        active=account.active,
        local=account.subject is None,
        created=account.created,
    )


def _organisation(row: Organisation) -> OrganisationOut:
    return OrganisationOut.model_validate(row, from_attributes=True)


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), 201, media_type="application/json")
