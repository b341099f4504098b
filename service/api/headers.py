"""Headers of every answer that keep a browser from doing with it what nobody meant.

A route that needs something else sets the header itself; what is set is left as it is.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", NOTHING),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=()"),
    (b"cache-control", b"no-store"),  # who may see a case today may not see it tomorrow
)
YEAR_S = 31_536_000


class Headers:
    """Adds what an answer lacks; `secure` where users come by https."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self.app = app
        strict = (b"strict-transport-security", f"max-age={YEAR_S}".encode())
        self.defaults = (*ALWAYS, strict) if secure else ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                there = {name.lower() for name, _ in given}
                given += [(name, value) for name, value in self.defaults if name not in there]
                message["headers"] = given
            await send(message)

        await self.app(scope, receive, completed if scope["type"] == "http" else send)
