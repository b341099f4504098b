"""What the public asks of the database it asks as somebody who can read nothing else.

The role owns nothing and may read three tables, of which row-level security shows it the rows of
plans that are released (migration 0004). It guards against our own mistakes: a query that forgets
whom it is for finds nothing. Where a database has no such role, the conditions of the queries
alone hold, and ``/readyz`` says so.
"""

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from service.access.principal import Principal
from service.db import PUBLIC_ROLE

# Public routes that must read or write more: by their own word, or to log somebody in. The page
# of a released statement is cut from its inner edition, of which the database knows no parts.
PRIVILEGED = frozenset(
    {
        "POST /api/v1/session",
        "GET /api/v1/session",
        "DELETE /api/v1/session",
        "GET /api/v1/oidc/start",
        "GET /api/v1/oidc/callback",
        "POST /anmelden",
        "POST /abmelden",
        "GET /api/v1/links/{word}",
        "POST /api/v1/links/{word}",
        "GET /api/v1/links/{word}/documents/{document_id}",
        "POST /api/v1/links/{word}/documents",
        "GET /antwort/{word}",
        "POST /antwort/{word}",
        "GET /plan/{case_id}/stellungnahme",
        # They ask the database nothing, and there are many of them.
        "GET /kacheln/{digest}/{code}/{name}.pmtiles",
        "GET /grundkarte/{z}/{x}/{y}",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
    }
)
READY = (
    "select rolname from pg_roles where rolname = :role and pg_has_role(oid, 'member') "
    "and has_table_privilege(oid, 'releases', 'select')"
)
NARROWED = text(f"select set_config('role', ({READY}), true) where exists ({READY})")
IS_READY = text(f"select exists ({READY})")


def narrowed(session: Session, principal: Principal, route: str) -> None:
    """Let the rest of the transaction be the public's, where the public asks on this route."""
    if principal.role == "public" and route not in PRIVILEGED:
        session.execute(NARROWED, {"role": PUBLIC_ROLE})


def is_ready(connection: Connection) -> bool:
    """Tell whether the database has the role, and lets us be it."""
    return bool(connection.scalar(IS_READY, {"role": PUBLIC_ROLE}))
