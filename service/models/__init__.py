"""The tables, one module an aggregate; importing this package makes Alembic see all of them."""

from service.models.account import Account, Attempt, LoginSession, Membership, Organisation, Token
from service.models.blob import Blob
from service.models.case import Case, Claim, Counter, Party
from service.models.check import Check, Involvement, Report
from service.models.clock import ClockOff, Extension
from service.models.contribution import Contribution, Item, Suggestion
from service.models.decision import Decision
from service.models.document import Document, Tracing
from service.models.journal import Detail, Entry
from service.models.mail import Mail
from service.models.release import Release
from service.models.repeat import Repeat
from service.models.signature import Signature
from service.models.statement import (
    Bundle,
    Contradiction,
    CoSignature,
    Dispatch,
    Statement,
    StatementFile,
    Weighing,
)
from service.models.supplement import Supplement
from service.models.task import AnswerLink, Reminder, Task
from service.models.version import PlanVersion

__all__ = [
    "Account",
    "AnswerLink",
    "Attempt",
    "Blob",
    "Bundle",
    "Case",
    "Check",
    "Claim",
    "ClockOff",
    "CoSignature",
    "Contradiction",
    "Contribution",
    "Counter",
    "Decision",
    "Detail",
    "Dispatch",
    "Document",
    "Entry",
    "Extension",
    "Involvement",
    "Item",
    "LoginSession",
    "Mail",
    "Membership",
    "Organisation",
    "Party",
    "PlanVersion",
    "Release",
    "Reminder",
    "Repeat",
    "Report",
    "Signature",
    "Statement",
    "StatementFile",
    "Suggestion",
    "Supplement",
    "Task",
    "Token",
    "Tracing",
    "Weighing",
]
