"""What binds the answer of an identity provider to the browser that asked for it.

One secret of 256 bit lies in a cookie; state, nonce and verifier follow from it and are kept
nowhere. An answer that another browser has begun, or nobody, does not fit.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from starlette.responses import Response

from service.access import secret
from service.config import Settings

SECONDS = 600  # for the log-in at the provider
# A path on this host; a second slash or a backslash would make it an address of another one.
TARGET = r"^/([A-Za-z0-9_.~%!$&'()*+=:@?-][A-Za-z0-9_.~%!$&'()*+=:@?/#-]*)?$"


@dataclass(frozen=True, slots=True)
class Flow:
    """One log-in under way: its secret, and where the user wants to be afterwards."""

    secret: str
    target: str

    @property
    def state(self) -> str:
        """Return what the provider hands back to show that the browser has asked."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Return what the provider signs to show that its token answers this log-in."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Return what shows the provider that whoever has the code began the log-in (PKCE)."""
        return self._derived("verifier")

    def _derived(self, what: str) -> str:
        digest = hmac.digest(self.secret.encode(), what.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def begun(target: str) -> Flow:
    """Begin a log-in that leads to `target`; elsewhere than on this host, to the first page."""
    return Flow(secret.fresh(), target if is_local(target) else "/")


def resumed(cookie: str | None) -> Flow | None:
    """Return the log-in a cookie belongs to; None if it is none of ours."""
    key, _, target = (cookie or "").partition("|")
    whole = re.fullmatch(f"[A-Za-z0-9]{{{secret.LENGTH}}}", key)
    return Flow(key, target) if whole and is_local(target) else None


def is_local(target: str) -> bool:
    """Tell whether a target is a path on this host."""
    return re.fullmatch(TARGET[1:-1], target) is not None


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie."""
    return "__Host-belang-oidc" if settings.secure else "belang-oidc"


def set_cookie(response: Response, flow: Flow, settings: Settings) -> None:
    """Let the browser keep the log-in for some minutes."""
    response.set_cookie(
        cookie_name(settings),
        f"{flow.secret}|{flow.target}",
        max_age=SECONDS,
        path="/",
        httponly=True,
        samesite="lax",  # the provider leads the browser back, which must bring it along
        secure=settings.secure,
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    """Let the browser forget the log-in; it cannot be finished twice."""
    response.delete_cookie(
        cookie_name(settings), path="/", httponly=True, samesite="lax", secure=settings.secure
    )
