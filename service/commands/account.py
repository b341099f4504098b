"""`belang account`: the first administrator of an installation, and help where nobody gets in."""

import argparse
import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gis.problem import Text
from layers.catalogue import read_catalogue
from service.access import accounts, membership, passwords
from service.access.accounts import Part
from service.api.person_forms import AccountIn
from service.cluster import served
from service.commands.usage import UsageError
from service.config import Settings
from service.db import engine_for, transaction
from service.district import sample_catalogue
from service.errors import ConflictError, ServiceError
from service.journal import SYSTEM
from service.models.account import Account
from service.report import console
from service.report.listing import as_json, listing
from service.running.database import FOLDER
from service.running.given import SettingsError, settings_from
from service.running.schema import driver, upgraded


def run(given: argparse.Namespace) -> int:
    """Carry out the action on the database of the data folder, or the one that is named."""
    try:
        settings = settings_from({"data": given.data, "catalogue": given.catalogue})
    except SettingsError as error:
        raise UsageError(str(error)) from error
    with _session(settings) as session:
        said = ACTIONS[given.action](session, given, settings)
    if said is not None:  # not before it is committed: a password is shown once
        console.plain(said.in_language(given.lang))
    return 0


def _add(session: Session, given: argparse.Namespace, settings: Settings) -> Text:
    form = _form(given)
    organisations = membership.named(session, given.organisations)
    part = Part(form.role, form.office, organisations)
    password = _asked(given) if given.ask else passwords.generated()
    accounts.created(
        session, by=SYSTEM, login=form.login, name=form.name, part=part,
        offices=_offices(settings) if form.office else (), password=password, mail=form.mail,
        language=given.lang,
    )  # fmt: skip
    made = Text(f"Konto {form.login} ist angelegt.", f"Account {form.login} is made.")
    return made if given.ask else _with(made, password)


def _reset(session: Session, given: argparse.Namespace, settings: Settings) -> Text:
    account = _found(session, given.login)
    password = _asked(given) if given.ask else passwords.generated()
    accounts.password_reset(session, account, password, by=SYSTEM, now=datetime.now(UTC))
    made = Text(
        f"Konto {account.login} hat ein neues Passwort; Sitzungen und Token sind beendet.",
        f"Account {account.login} has a new password; sessions and tokens have ended.",
    )
    return made if given.ask else _with(made, password)


def _deactivate(session: Session, given: argparse.Namespace, settings: Settings) -> Text:
    account = _found(session, given.login)
    now, offices = datetime.now(UTC), [account.office] if account.office else []
    accounts.changed(session, account, {"active": False}, by=SYSTEM, offices=offices, now=now)
    return Text(
        f"Konto {account.login} ist nicht mehr aktiv; Sitzungen und Token sind beendet.",
        f"Account {account.login} is no longer active; sessions and tokens have ended.",
    )


def _list(session: Session, given: argparse.Namespace, settings: Settings) -> None:
    found = session.scalars(select(Account).order_by(func.lower(Account.login))).all()
    rows = [
        {"login": one.login, "name": one.name, "role": one.role, "office": one.office,
         "active": one.active, "local": one.subject is None}
        for one in found
    ]  # fmt: skip
    if given.as_json:
        as_json(rows)
        return
    cells = [[_cell(value) for value in row.values()] for row in rows]
    listing(Text("Konten", "Accounts"), COLUMNS, cells, given.lang)


def _cell(value: str | bool | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else "✓" if value else "–"


def _form(given: argparse.Namespace) -> AccountIn:
    """Return what was typed, held to the same bounds as by the interface."""
    typed = {name: getattr(given, name) for name in ("login", "name", "role", "office", "mail")}
    try:
        return AccountIn.model_validate({k: v for k, v in typed.items() if v is not None})
    except ValidationError as error:
        faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise UsageError("; ".join(faults)) from error


def _asked(given: argparse.Namespace) -> str:
    """Return the password somebody types, twice, or a script hands in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass(Text("Passwort: ", "Password: ").in_language(given.lang))
    if first != getpass.getpass(Text("Noch einmal: ", "Once more: ").in_language(given.lang)):
        raise ConflictError("passwords-differ", DIFFER)
    return first


def _found(session: Session, login: str) -> Account:
    account = accounts.by_login(session, login)
    if account is None:
        raise ServiceError("account-unknown", UNKNOWN)
    return accounts.account_of(session, account.id, lock=True)


def _offices(settings: Settings) -> frozenset[str]:
    catalogue = read_catalogue(settings.catalogue or sample_catalogue(settings.data))
    return frozenset(office.code for office in catalogue.offices)


def _with(made: Text, password: str) -> Text:
    return Text(
        f"{made.de}\nPasswort (wird nur jetzt gezeigt): {password}",
        f"{made.en}\nPassword (shown this once only): {password}",
    )


@contextmanager
def _session(settings: Settings) -> Iterator[Session]:
    """Yield a session; a database of our own is made or started where nobody runs it."""
    if settings.database_url is not None:
        with _opened(driver(settings.database_url.get_secret_value())) as session:
            yield session
        return
    with served(settings.data / FOLDER) as cluster, _opened(cluster.url) as session:
        yield session


@contextmanager
def _opened(url: str) -> Iterator[Session]:
    upgraded(url)
    engine = engine_for(url)
    try:
        with transaction(engine) as session:
            yield session
    finally:
        engine.dispose()


ACTIONS = {"add": _add, "list": _list, "reset": _reset, "deactivate": _deactivate}
COLUMNS = (
    Text("Anmeldename", "Login"), Text("Name", "Name"), Text("Rolle", "Role"),
    Text("Amt", "Office"), Text("aktiv", "active"), Text("Passwort hier", "password here"),
)  # fmt: skip
DIFFER = Text(
    "Die beiden Passwörter sind verschieden; bitte noch einmal.",
    "The two passwords differ; please try again.",
)
UNKNOWN = Text(
    "Dieses Konto gibt es nicht; `belang account list` nennt alle.",
    "There is no such account; `belang account list` names all of them.",
)
