"""The web server in front of the application."""

import socket
import sys
import threading

import uvicorn
from fastapi import FastAPI

from service.config import Settings
from service.running.notify import notify

GRACE_S = 20  # for requests that are being answered
NOWHERE = {"type": "http", "method": "GET", "path": "/-", "root_path": "", "headers": []}


def made_ready(app: FastAPI) -> None:
    """Let FastAPI work out all routes now; else the first request waits for it, 0.3 s and more."""
    for route in app.router.routes:
        route.matches(NOWHERE)


class Server(uvicorn.Server):
    """The web server; says where it listens as soon as it does."""

    def __init__(self, app: FastAPI, settings: Settings, here: str) -> None:
        self.here = here
        # Answers without an end, like progress of a check, look at it.
        self.stopping = app.state.stopping = threading.Event()
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="on",
                ws="none",
                log_config=None,
                access_log=False,  # service.api.observed writes one of its own
                server_header=False,
                proxy_headers=True,
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=GRACE_S,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        sys.stdout.write(f"{self.here}\n")
        sys.stdout.flush()
        notify("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and finish those that are being answered."""
        notify("STOPPING=1")
        self.stopping.set()
        await super().shutdown(sockets)
