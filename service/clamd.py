"""The virus scanner: clamd, asked over its socket; bytes are streamed to it, it opens no file."""

import select
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from gis.problem import Text
from service.errors import TooLargeError, UnavailableError

PIECE = 1 << 16
PATIENCE_S = 5.0  # to be reached at all
SCAN_S = 120.0  # for one answer; clamd itself ends a scan after two minutes
LONGEST = 4_096  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Clamd:
    """A scanner at `address`: the path of its socket, or ``host:port``."""

    address: str
    patience_s: float = PATIENCE_S
    scan_s: float = SCAN_S

    def found(self, source: BinaryIO) -> str | None:
        """Return what is found in the rest of `source`; None where that is nothing.

        Raises
        ------
        UnavailableError
            If it cannot be reached, or does not give a clear answer.
        TooLargeError
            If it does not take that much.
        """
        answer = self._asked(source)
        if "size limit exceeded" in answer:
            raise TooLargeError("scanner-limit", LIMIT)
        verdict = answer.removeprefix("stream: ")
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")
        if verdict == "OK":
            return None
        raise UnavailableError("scanner-unavailable", UNAVAILABLE)

    def answers(self) -> bool:
        """Tell whether it is there."""
        try:
            with self._connected() as link:
                link.sendall(b"zPING\0")
                return _answer(link) == "PONG"
        except OSError:
            return False

    def _asked(self, source: BinaryIO) -> str:
        try:
            with self._connected() as link:
                link.settimeout(self.scan_s)
                # It may answer before the end and listen no longer: then that answer counts.
                with suppress(BrokenPipeError, ConnectionResetError):
                    _sent(link, source)
                return _answer(link)
        except OSError as error:
            raise UnavailableError("scanner-unavailable", UNAVAILABLE) from error

    def _connected(self) -> socket.socket:
        if "/" in self.address:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(self.patience_s)
            try:
                link.connect(self.address)
            except OSError:
                link.close()
                raise
            return link
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self.patience_s)


def _sent(link: socket.socket, source: BinaryIO) -> None:
    """Send everything in pieces, each behind its length; a length of zero is the end."""
    answers = select.poll()  # knows no greatest file descriptor: very many layers may be open
    answers.register(link, select.POLLIN)
    link.sendall(b"zINSTREAM\0")
    while (piece := source.read(PIECE)) and not answers.poll(0):
        link.sendall(struct.pack(">I", len(piece)))
        link.sendall(piece)
    link.sendall(struct.pack(">I", 0))


def _answer(link: socket.socket) -> str:
    """Return the answer up to its final zero; cut off, it is none."""
    content = b""
    while not content.endswith(b"\0") and len(content) < LONGEST:
        piece = link.recv(LONGEST)
        if not piece:
            return ""
        content += piece
    return content.rstrip(b"\0").decode("utf-8", "replace")


UNAVAILABLE = Text(
    "Der Virenscanner antwortet nicht; nichts wurde gespeichert. Bitte später erneut versuchen.",
    "The virus scanner does not answer; nothing was stored. Please try again later.",
)
LIMIT = Text(
    "So große Dateien nimmt der Virenscanner nicht an; nichts wurde gespeichert. Bitte die Datei "
    "verkleinern oder aufteilen.",
    "The virus scanner takes no files that large; nothing was stored. Make the file smaller or "
    "split it.",
)
