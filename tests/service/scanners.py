"""Virus scanners for tests: clamd itself where it is installed, and a stand-in for it.

The stand-in is a real server on loopback that speaks what clamd's manual says of PING and
INSTREAM, and knows the one signature of these tests.
"""

import shutil
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.clamd import Clamd

SIGNATURE = b"BELANG-SIGNATUR-FUER-TESTS"
LIMIT = 2_000_000  # bytes of a stream
CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin") or shutil.which("clamd")


class Session(socketserver.BaseRequestHandler):
    """One command and its answer."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self._exactly(1)
        if command == b"zPING\0":
            self.request.sendall(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.request.sendall(self._verdict())

    def _verdict(self) -> bytes:
        content = b""
        while length := struct.unpack(">I", self._exactly(4))[0]:
            content += self._exactly(length)
            if len(content) > LIMIT:
                return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Belang.Test-1 FOUND\0" if SIGNATURE in content else b"stream: OK\0"

    def _exactly(self, length: int) -> bytes:
        content = b""
        while len(content) < length:
            piece = self.request.recv(length - len(content))
            if not piece:
                raise ConnectionError
            content += piece
        return content


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever asks may go away in the middle."""


@contextmanager
def stand_in() -> Iterator[str]:
    """Yield the address of a stand-in for clamd."""
    with Server(("127.0.0.1", 0), Session) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def clamd(folder: Path) -> Iterator[str]:
    """Yield the address of clamd itself, which knows no signature but that of these tests."""
    assert CLAMD is not None
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Belang.Test-1:0:*:{SIGNATURE.hex()}\n")
    address = folder / "clamd.sock"
    settings = {
        "LocalSocket": address, "DatabaseDirectory": signatures, "TemporaryDirectory": folder,
        "StreamMaxLength": "2M", "Foreground": "yes", "LogFile": folder / "log",
    }  # fmt: skip
    conf = folder / "clamd.conf"
    conf.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([CLAMD, "-c", str(conf)], stdout=out, stderr=out)
    try:
        end = time.monotonic() + 20
        while not Clamd(str(address)).answers():
            assert process.poll() is None, (folder / "out").read_text()
            assert time.monotonic() < end, "clamd does not answer"
            time.sleep(0.05)
        yield str(address)
    finally:
        process.terminate()
        process.wait()
