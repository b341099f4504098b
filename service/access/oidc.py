"""An identity provider by OpenID Connect: where it is, its keys, and who comes back from it."""

import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gis.problem import Text
from service.access.flow import Flow
from service.access.id_token import IdTokenError, UnknownKeyError, verified
from service.config import Settings
from service.errors import ForbiddenError, NotFoundError, UnavailableError

log = logging.getLogger(__name__)
SCOPE = "openid profile email"
TIMEOUT_S = 5.0
FRESH_S = 3_600.0  # for so long what the provider says about itself is not asked for again
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass
class Kept:
    """Something of the provider's that is asked for again after a while."""

    ask: Callable[[], Any]
    value: Any = None
    at: float = field(default=float("-inf"))

    def now(self, *, fresh: bool = False) -> Any:
        """Return it, asked for again where it is too old or a `fresh` one is needed."""
        if fresh or time.monotonic() - self.at > FRESH_S:
            self.value, self.at = self.ask(), time.monotonic()
        return self.value


class Provider:
    """The identity provider the settings name; what it says about itself is kept for an hour."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock  # of Unix time, for the expiry of tokens
        self._metadata = Kept(self._ask_metadata)
        self._keys = Kept(self._ask_keys)

    def address(self, flow: Flow, back: str) -> str:
        """Return where the browser goes to log in; from there it comes `back`.

        Raises
        ------
        UnavailableError
            ``oidc-unavailable``: the provider cannot be reached, or says nothing usable.
        """
        metadata = self._metadata.now()
        with self._client(redirect_uri=back) as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                code_verifier=flow.verifier,
                nonce=flow.nonce,
            )
        return str(address)

    def claims(self, flow: Flow, code: str, issuer: str | None, back: str) -> Mapping[str, Any]:
        """Return what the provider says about who has come back with a code.

        `issuer` is the one named beside the code (RFC 9207), where it was named.

        Raises
        ------
        ForbiddenError
            ``oidc-refused``: the provider does not take the code. ``oidc-token-invalid``: its
            token is not for us, not for this log-in, expired or not signed by it.
        UnavailableError
            ``oidc-unavailable``.
        """
        metadata = self._metadata.now()
        promised = metadata.get("authorization_response_iss_parameter_supported") is True
        if issuer != metadata["issuer"] and (issuer is not None or promised):
            raise _invalid("issuer")
        token = self._token(metadata, flow, code, back)
        try:
            return self._verified(metadata, token, flow, fresh=False)
        except UnknownKeyError:
            return self._verified(metadata, token, flow, fresh=True)  # keys are changed at times

    def _verified(
        self, metadata: Mapping[str, Any], token: str, flow: Flow, *, fresh: bool
    ) -> Mapping[str, Any]:
        keys = self._keys.now(fresh=fresh)
        try:
            return verified(
                token,
                keys,
                issuer=metadata["issuer"],
                client_id=self._settings.oidc_client_id or "",
                nonce=flow.nonce,
                now=int(self._clock()),
            )
        except UnknownKeyError as error:
            if not fresh:
                raise
            raise _invalid(str(error)) from error
        except IdTokenError as error:
            raise _invalid(str(error)) from error

    def _token(self, metadata: Mapping[str, Any], flow: Flow, code: str, back: str) -> str:
        try:
            with self._client(redirect_uri=back) as client:
                answer = client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=flow.verifier,
                )
        except OAuthError as error:
            log.warning("identity provider refused a code: %s", error.error)
            raise ForbiddenError("oidc-refused", REFUSED) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise _unavailable(error) from error
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise _invalid("missing")
        return token

    def _ask_metadata(self) -> dict[str, Any]:
        issuer = str(self._settings.oidc_issuer).rstrip("/")
        found = self._got(f"{issuer}/.well-known/openid-configuration")
        if str(found.get("issuer")).rstrip("/") != issuer:
            raise _unavailable(ValueError("it names another issuer"))
        scheme = issuer.partition(":")[0]
        if not all(str(found.get(name)).startswith((f"{scheme}:", "https:")) for name in NEEDED):
            raise _unavailable(ValueError("an address is missing or less protected"))
        return found

    def _ask_keys(self) -> KeySet:
        found = self._got(self._metadata.now()["jwks_uri"])
        try:
            return KeySet.import_key_set(found)  # type: ignore[arg-type]  # whatever came is checked there
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _unavailable(error) from error

    def _got(self, address: str) -> dict[str, Any]:
        try:
            with httpx2.Client(**self._way()) as client:
                found = client.get(address).raise_for_status().json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise _unavailable(error) from error
        if not isinstance(found, dict):
            raise _unavailable(ValueError("no object"))
        return found

    def _client(self, redirect_uri: str) -> OAuth2Client:
        secret = self._settings.oidc_client_secret
        return OAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            **self._way(),
        )

    def _way(self) -> dict[str, Any]:
        """Return how to go out: by which proxy, trusting whom, how long to wait."""
        secured = ssl.create_default_context()
        if self._settings.ca_bundle is not None:
            secured.load_verify_locations(self._settings.ca_bundle)
        return {
            "verify": secured,
            "proxy": self._settings.https_proxy,
            "timeout": TIMEOUT_S,
            "trust_env": False,
        }


@lru_cache(maxsize=4)
def provider_of(settings: Settings) -> Provider:
    """Return the identity provider of these settings, the same one for the whole process.

    Raises
    ------
    NotFoundError
        If none is set up.
    """
    if settings.oidc_issuer is None:
        raise NotFoundError
    return Provider(settings)


def _unavailable(error: Exception) -> UnavailableError:
    log.warning("identity provider unusable: %s: %s", type(error).__name__, error)
    return UnavailableError("oidc-unavailable", UNAVAILABLE)


def _invalid(why: str) -> ForbiddenError:
    log.warning("token of the identity provider refused: %s", why)
    return ForbiddenError("oidc-token-invalid", INVALID)


UNAVAILABLE = Text(
    "Der Identitätsdienst ist gerade nicht erreichbar oder falsch eingerichtet; bitte später noch "
    "einmal versuchen.",
    "The identity provider cannot be reached or is set up wrongly; please try again later.",
)
REFUSED = Text(
    "Der Identitätsdienst hat diese Anmeldung nicht bestätigt; bitte noch einmal anmelden.",
    "The identity provider did not confirm this log-in; please log in again.",
)
INVALID = Text(
    "Die Bestätigung des Identitätsdienstes ist ungültig oder abgelaufen; bitte noch einmal "
    "anmelden, und wenn es wieder geschieht, der Administration Bescheid sagen.",
    "What the identity provider confirmed is invalid or has expired; please log in again, and "
    "tell your administrator if it happens once more.",
)
