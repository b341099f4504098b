"""What is said and answered about people: accounts, organisations, tokens."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from service.access.passwords import LEAST, LONGEST
from service.api.moments import Moment

Login = Annotated[
    str,
    Field(min_length=2, max_length=200, pattern=r"^[A-Za-z0-9._@+-]+$", examples=["kim.muster"]),
]
Secret = Annotated[
    str, Field(min_length=1, max_length=LONGEST, examples=["vier Worte auf Wanderschaft"])
]
NewSecret = Annotated[
    str, Field(min_length=LEAST, max_length=LONGEST, examples=["vier Worte auf Wanderschaft"])
]
Line = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f]$")
]
Mail = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$",
        examples=["kim.muster@example.org"],
    ),
]
Role = Literal["planner", "officer", "coordinator", "steward", "administrator"]
Language = Literal["de", "en"]
Scope = Literal["read", "write", "checks", "admin", "calendar"]
OfficeCode = Annotated[
    str,
    Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", examples=["UNB"],
          json_schema_extra={"x-vocabulary": "offices"}),
]  # fmt: skip
KIND = Literal["municipality", "engineering_office", "authority", "developer", "other"]


Function = Annotated[
    str, Field(max_length=60, pattern=r"^(deputy:)?[a-z0-9][a-z0-9_-]*$", examples=["head"])
]
Functions = Annotated[
    list[Function],
    Field(max_length=20, description="what they may sign as, from the house file: head, law …"),
]
Organisations = Annotated[list[UUID], Field(max_length=100, description="planners only")]


# An officer belongs to an office, and nobody else does; only planners act for organisations.
PARTS: dict[str, Any] = {
    "oneOf": [
        {"properties": {"role": {"const": "officer"}, "office": {"type": "string"},
                        "organisations": {"maxItems": 0}}, "required": ["office"]},
        {"properties": {"role": {"const": "planner"}, "office": {"type": "null"}}},
        {"properties": {"role": {"enum": ["coordinator", "steward", "administrator"]},
                        "office": {"type": "null"}, "organisations": {"maxItems": 0}}},
    ]
}  # fmt: skip


class AccountIn(BaseModel, extra="forbid", json_schema_extra=PARTS):
    """A new account."""

    login: Login
    name: Line = Field(examples=["Kim Muster"])
    role: Role = Field(examples=["officer"])
    office: OfficeCode | None = Field(None, description="officers only, and always")
    functions: Functions = Field([], examples=[["head"]])
    organisations: Organisations = Field([])
    mail: Mail | None = None
    language: Language = "de"
    password: NewSecret | None = Field(None, description="without it one is generated and shown")


class AccountChange(BaseModel, extra="forbid"):
    """What shall change of an account; what is not given stays."""

    name: Line | None = Field(None, examples=["Kim Muster"])
    role: Role | None = Field(None, examples=["coordinator"])
    office: OfficeCode | None = Field(None, description="officers only, and always")
    functions: Functions | None = Field(None, examples=[["deputy:head"]])
    organisations: Organisations | None = Field(None)
    mail: Mail | None = Field(None, description="null: none")
    language: Language | None = None
    active: StrictBool | None = Field(None, description="false: out at once, everywhere")


class AccountOut(BaseModel):
    """An account."""

    id: UUID
    pseudonym: UUID = Field(description="all that the journal knows of this person")
    login: str = Field(examples=["kim.muster"])
    name: str = Field(examples=["Kim Muster"])
    mail: str | None
    role: Role
    office: str | None
    functions: list[str]
    organisations: list[UUID]
    language: str
    active: bool
    local: bool = Field(description="logs in with a password here, not through a provider")
    created: datetime


class AccountQuery(BaseModel, extra="forbid"):
    """Which accounts to list."""

    cursor: UUID | None = Field(None, description="from `next` of the page before")
    limit: int = Field(50, ge=1, le=500, description="accounts on a page")


class AccountPage(BaseModel):
    """Some accounts; `next` leads to more."""

    accounts: list[AccountOut]
    next: str | None = Field(description="address of the next page")


class AccountMade(AccountOut):
    """An account just made."""

    password: str | None = Field(description="if one was generated; it is shown this once only")


class PasswordIn(BaseModel, extra="forbid"):
    """A password an administrator gives; without one it is generated."""

    password: NewSecret | None = None


class PasswordOut(BaseModel):
    """A generated password, shown this once only; null where one was given."""

    password: str | None


class OwnPassword(BaseModel, extra="forbid"):
    """A change of one's own password."""

    current: Secret
    password: NewSecret


class OwnChange(BaseModel, extra="forbid"):
    """What everybody may change of their own account."""

    language: Language = Field(examples=["en"])


class OrganisationIn(BaseModel, extra="forbid"):
    """A new organisation."""

    name: Line = Field(examples=["Stadt Borna"])
    kind: KIND = Field(examples=["municipality"])
    municipality: str | None = Field(
        None, pattern=r"^\d{8}$", description="key (AGS) where it is one", examples=["14729050"]
    )


class OrganisationOut(BaseModel):
    """An organisation."""

    id: UUID
    name: str = Field(examples=["Stadt Borna"])
    kind: str = Field(examples=["municipality"])
    municipality: str | None = Field(examples=["14729050"])


class TokenIn(BaseModel, extra="forbid"):
    """A new token."""

    name: Line = Field(examples=["Fachverfahren der Stadt Borna"])
    scopes: list[Scope] = Field(min_length=1, max_length=5, examples=[["checks"]])
    expires: Moment = Field(
        description="at most a year from now", examples=["2027-01-31T12:00:00Z"]
    )


class TokenOut(BaseModel):
    """A token, without what it is."""

    id: UUID
    name: str
    scopes: list[Scope]
    created: datetime
    expires: datetime


class TokenMade(TokenOut):
    """A token just made."""

    token: str | None = Field(description="the token; shown this once only, null at a repeat")
