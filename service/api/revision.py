"""ETags: a case answers with its revision; whoever changes it says which one they have seen."""

from typing import Annotated

from fastapi import Header

from gis.problem import Text
from service.errors import GoneStaleError, UnconditionalError
from service.models.case import Case

# Who asks decides what is seen, so nothing shared may keep it.
PRIVATE = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept, Accept-Language, Authorization, Cookie",
}
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="ETag last seen", examples=['"3"']),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=1_000, description="ETags kept", examples=['"3"']),
]


def etag(case: Case, *, full: bool = True, language: str = "") -> str:
    """Return the ETag of a case; what only shows its outline is another representation."""
    parts = [str(case.revision), *([] if full else ["outline"]), *([language] if language else [])]
    return f'"{"-".join(parts)}"'


def kept(header: str | None, tag: str) -> bool:
    """Tell whether the caller has this representation already (RFC 9110 section 13.1.2)."""
    if header is None:
        return False
    tags = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag in tags or tags == {"*"}


def fresh(header: str | None, case: Case, *, required: bool = True) -> None:
    """Let pass a change to the revision the caller has seen; any language of it will do.

    Raises
    ------
    UnconditionalError
        Without If-Match, where it is required.
    GoneStaleError
        If the case has changed since.
    """
    seen = seen_revisions(header, required=required)
    if seen is not None and case.revision not in seen:
        raise GoneStaleError("case-changed", CHANGED)


def unchanged(header: str | None, revision: int) -> None:
    """Let pass a change to the revision the caller has seen of something else than a case.

    Raises
    ------
    UnconditionalError, GoneStaleError
        As `fresh`.
    """
    seen = seen_revisions(header)
    if seen is not None and revision not in seen:
        raise GoneStaleError("revision-changed", CHANGED_THING, revision=revision)


def seen_revisions(header: str | None, *, required: bool = True) -> frozenset[int] | None:
    """Return the revisions If-Match names; None: any will do.

    Raises
    ------
    UnconditionalError
        Without If-Match, where it is required.
    """
    if header is None:
        if required:
            raise UnconditionalError("if-match-missing", MISSING)
        return None
    tags = {one.strip() for one in header.split(",")}
    if tags == {"*"}:
        return None
    named = (tag.strip('"').partition("-")[0] for tag in tags if tag.startswith('"'))
    return frozenset(int(one) for one in named if one.isascii() and one.isdigit())


MISSING = Text(
    "Bitte im Kopf `If-Match` den ETag angeben, den es beim Lesen hatte.",
    "Please give in the header `If-Match` the ETag it had when you read it.",
)
CHANGED = Text(
    "Der Vorgang wurde inzwischen geändert; bitte neu laden und die Änderung noch einmal prüfen.",
    "The case was changed meanwhile; please reload it and look at your change once more.",
)
CHANGED_THING = Text(
    "Das wurde inzwischen geändert; bitte neu laden und die Änderung noch einmal prüfen.",
    "This was changed meanwhile; please reload it and look at your change once more.",
)
