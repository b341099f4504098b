"""A real mail server on loopback that can refuse, hang up, or kill whoever has sent a mail."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Reaction = Callable[["Box", Envelope], str]


@dataclass
class Box:
    """What has arrived, and how the server reacts once it has all of a mail."""

    react: Reaction = lambda box, envelope: "250 OK"
    refused: frozenset[str] = frozenset()
    arrived: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.arrived.append(bytes(envelope.content or b""))
        self.recipients += envelope.rcpt_tos
        answer = self.react(self, envelope)
        if not answer:
            server.transport.close()  # accepted, and gone before it could say so
        return answer or "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        """What has arrived, as mails."""
        return [message_from_bytes(one, policy=default) for one in self.arrived]  # type: ignore[misc]

    def seen(self) -> list[EmailMessage]:
        """What a mail system shows: one mail for each `Message-ID`."""
        return list({mail["Message-ID"]: mail for mail in self.mails}.values())


def hang_up_once(box: Box, envelope: Envelope) -> str:
    """Take the first mail and hang up before saying so."""
    return "" if len(box.arrived) == 1 else "250 OK"


def killing(pid: int) -> Reaction:
    """Kill a process as soon as the server has all of its mail, which it accepts."""

    def react(box: Box, envelope: Envelope) -> str:
        os.kill(pid, signal.SIGKILL)
        return "250 OK"

    return react


@contextmanager
def mail_server(box: Box, port: int = 0, **options: Any) -> Iterator[int]:
    """Run the server as long as this lasts; yields its port."""
    port = port or free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
