"""Idempotency keys: a request repeated with the same key gets the first answer, not a second case.

The answer is stored in the transaction of what it answers. Two at once wait for each other.
"""

import hashlib
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from sqlalchemy import func, select

from gis.problem import Text
from service.api.dependencies import InSession, Who
from service.errors import UnusableError
from service.models.repeat import Repeat

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Repeat a request with the same key and get the first answer again",
        examples=["6f1f0f9e-2d0b-4f8e-9d5a-5a1f0b6f2c11"],
    ),
]
OTHER = Text(
    "Dieser Idempotency-Key gehört schon zu einer anderen Anfrage; bitte einen neuen verwenden.",
    "This Idempotency-Key belongs to another request already; please use a new one.",
)


class Once:
    """One creating request; `earlier` is the answer it got before, if any."""

    def __init__(self, session: InSession, who: Who, request: Request, key: Key = None) -> None:
        self.session = session
        self.key = None if key is None else _digest(who.pseudonym, _route(request), key)
        self.asked = b""

    def earlier(self, *asked: Any) -> Response | None:
        """Return the answer this request got before; `asked` is all that it asks for.

        Raises
        ------
        UnusableError
            If the key came with another request before.
        """
        if self.key is None:
            return None
        self.asked = _digest(*asked)
        lock = int.from_bytes(self.key[:8], signed=True)
        self.session.execute(select(func.pg_advisory_xact_lock(lock)))
        before = self.session.get(Repeat, self.key)
        if before is None:
            return None
        if before.request != self.asked:
            raise UnusableError("idempotency-key-reused", OTHER)
        return Response(before.body, before.status, {**before.headers, "Idempotent-Replay": "true"})

    def keep(self, response: Response) -> Response:
        """Store the answer beside what it answers, and return it."""
        if self.key is not None:
            self.session.add(
                Repeat(
                    key=self.key,
                    request=self.asked,
                    status=response.status_code,
                    headers=_lasting(response),
                    body=bytes(response.body),
                )
            )
        return response


InOnce = Annotated[Once, Depends()]


def _route(request: Request) -> str:
    return f"{request.method} {request.url.path}"


def _digest(*parts: Any) -> bytes:
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def _lasting(response: Response) -> dict[str, Any]:
    kept = ("content-type", "location", "etag", "content-language")
    return {name: response.headers[name] for name in kept if name in response.headers}
