"""Routes to one's own tokens for programs."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel

from service.access import tokens
from service.api.dependencies import InSession, Who
from service.api.once import InOnce
from service.api.person_forms import TokenIn, TokenMade, TokenOut
from service.api.problems import DECLARED
from service.models.account import Token

router = APIRouter(prefix="/api/v1/tokens", tags=["tokens"])


@router.post("", response_model=TokenMade, status_code=201, responses=DECLARED)
def create(given: TokenIn, session: InSession, who: Who, once: InOnce) -> Response:
    """Create a token; the answer is the only time it is shown."""
    if (before := once.earlier(given.model_dump(mode="json"))) is not None:
        return before
    secret, token = tokens.created(
        session, who, name=given.name, scopes=given.scopes, expires=given.expires,
        now=datetime.now(UTC),
    )  # fmt: skip
    once.keep(_made(token, None))  # the token itself is kept nowhere
    return _made(token, secret)


@router.get("", response_model=list[TokenOut], responses=DECLARED)
def listed(session: InSession, who: Who) -> list[TokenOut]:
    """List one's own tokens in force, newest first."""
    assert who.account_id is not None  # noqa: S101 - the table of rights says so
    return [_shown(token) for token in tokens.listed(session, who.account_id, datetime.now(UTC))]


@router.delete("/{token_id}", status_code=204, responses=DECLARED)
def revoke(token_id: UUID, session: InSession, who: Who) -> None:
    """Revoke one of one's own tokens; it does not work from now on."""
    tokens.revoked(session, who, token_id, datetime.now(UTC))


def _shown(token: Token) -> TokenOut:
    return TokenOut.model_validate(token, from_attributes=True)


def _made(token: Token, secret: str | None) -> Response:
    return _answer(TokenMade(**_shown(token).model_dump(), token=secret))


def _answer(body: BaseModel) -> Response:
    return Response(body.model_dump_json(), 201, media_type="application/json")
