"""A mail server on loopback that takes what comes, and remembers it."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

NUMBER = re.compile(rb"^Message-ID: *(<[^>]*>)", re.MULTILINE | re.IGNORECASE)


@dataclass
class Mailbox:
    """What has arrived: `Message-ID` and bytes, as often as it came."""

    arrived: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail."""
        content = cast("bytes | None", envelope.content) or b""  # the controller decodes nothing
        found = NUMBER.search(content)
        self.arrived.append((found[1].decode("ascii") if found else "none", content))
        return "250 OK"


@contextmanager
def listening(box: Mailbox, port: int | None = None) -> Iterator[int]:
    """Yield the port at which mails for the box are taken as long as this lasts."""
    controller = Controller(box, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
