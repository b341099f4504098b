"""The token with which an identity provider says who has logged in, and what makes it count."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from service.access import secret

# Signatures only, with a key of the provider's alone: neither `none` nor a shared secret.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
)  # fmt: skip
LEEWAY_S = 60  # by which clocks may differ
LONGEST_SUBJECT = 255


class IdTokenError(Exception):
    """It does not count; the message says why, without what stood in it."""


class UnknownKeyError(IdTokenError):
    """It is signed with a key that is not among those at hand."""


def verified(
    token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str, now: int
) -> Mapping[str, Any]:
    """Return the claims of a token that was signed by `issuer` for this service and this log-in.

    `now` is in seconds of Unix time.

    Raises
    ------
    IdTokenError
        If anything about it is wrong; `UnknownKeyError` where newer keys may help.
    """
    try:
        claims = jwt.decode(token, lambda found: _key(keys, found.headers()), ALGORITHMS).claims
        JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise IdTokenError(type(error).__name__) from error
    _check_party(claims, client_id)
    if not isinstance(claims["nonce"], str) or not secret.same(claims["nonce"], nonce):
        raise IdTokenError("nonce")
    sub = claims["sub"]
    if not isinstance(sub, str) or not 0 < len(sub.strip()) <= LONGEST_SUBJECT:
        raise IdTokenError("sub")
    return claims


def _key(keys: KeySet, headers: Mapping[str, Any]) -> Any:
    """Return the key of the set that a token names; without a name, the only one that fits."""
    if headers.get("alg") not in ALGORITHMS:
        raise IdTokenError("algorithm")
    kid = headers.get("kid")
    fitting = [key for key in keys if key.get("use") in (None, "sig")]
    if kid is not None:
        fitting = [key for key in fitting if key.kid == kid]
    if len(fitting) != 1:
        raise UnknownKeyError("key")
    return fitting[0]


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """Check whom a token for several services was issued to (OpenID Connect Core 3.1.3.7)."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise IdTokenError("azp")
