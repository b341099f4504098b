"""The tables, one module an aggregate; importing this package makes Alembic see all of them."""

from service.models.account import Account, Attempt, LoginSession, Membership, Organisation, Token
from service.models.blob import Blob
from service.models.case import Case, Claim, Counter, Party
from service.models.check import Check, Involvement, Report
from service.models.document import Document
from service.models.journal import Detail, Entry
from service.models.mail import Mail
from service.models.repeat import Repeat
from service.models.version import PlanVersion

__all__ = [
    "Account",
    "Attempt",
    "Blob",
    "Case",
    "Check",
    "Claim",
    "Counter",
    "Detail",
    "Document",
    "Entry",
    "Involvement",
    "LoginSession",
    "Mail",
    "Membership",
    "Organisation",
    "Party",
    "PlanVersion",
    "Repeat",
    "Report",
    "Token",
]
