"""Who is asking: role, office, organisations, and by which way they came in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.journal import SYSTEM

SCOPES = ("read", "write", "checks", "admin", "calendar")  # of tokens; a session has all


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks. `role` is ``public`` for whoever did not log in."""

    role: str = "public"
    account_id: UUID | None = None
    pseudonym: str = SYSTEM
    name: str = ""
    office: str | None = None
    functions: frozenset[str] = frozenset()  # in the house: head, deputy:head, staff-unit …
    organisations: frozenset[UUID] = frozenset()
    language: str | None = None
    scopes: frozenset[str] = frozenset(SCOPES)
    csrf: str | None = None  # of the session; None with a token
    expires: datetime | None = None  # of the token; None with a session

    @property
    def inside(self) -> bool:
        """Tell whether they belong to the district and see all open cases."""
        return self.role in ("officer", "coordinator", "steward", "administrator")

    @property
    def audience(self) -> str:
        """Return which report is theirs, as `service.cases.results` names it.

        Steward and administrator look after layers and accounts: of restricted layers they learn
        as little as an office that keeps none.
        """
        if self.role == "officer":
            return f"office:{self.office}"
        if self.role == "coordinator":
            return "internal"
        if self.role in ("steward", "administrator"):
            return "office"
        return "planner" if self.role == "planner" else "public"


PUBLIC = Principal()
