"""No request body beyond a limit, counted as it arrives, whatever it announces."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis.problem import Text
from service.api.language import preferred
from service.api.problems import MEDIA_TYPE, problem_body


class TooMuchError(Exception):
    """More arrived than is allowed."""


class BodyLimit:
    """Ends a request whose body is longer than `most` bytes with a 413 problem."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived, over, begun = 0, False, False

        async def counted() -> Message:
            nonlocal arrived, over
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.most:
                over = True
                raise TooMuchError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            if over:
                return  # whatever the application makes of it, it is answered below
            begun = True
            await send(message)

        try:
            await self.app(scope, counted, noted)
        except TooMuchError:
            if begun:
                raise
        if over and not begun:
            await self._refuse(scope, send)

    async def _refuse(self, scope: Scope, send: Send) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        language = preferred(headers.get("accept-language", ""))
        megabytes = f"{self.most / 1e6:,.0f}"
        text = Text(
            f"Die Anfrage ist größer als {megabytes.replace(',', '.')} MB; nichts wurde "
            "gespeichert. Bitte die Datei verkleinern oder aufteilen.",
            f"The request is larger than {megabytes} MB; nothing was stored. Make the file "
            "smaller or split it.",
        )
        body = problem_body(413, "upload-too-large", text, language, limit_bytes=self.most)
        given = [(b"content-type", MEDIA_TYPE.encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": given})
        await send({"type": "http.response.body", "body": body})
