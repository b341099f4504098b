"""A small threaded HTTP server on a free loopback port, and one that runs a CGI program."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as a server saw it."""

    path: str
    headers: Mapping[str, str]
    at: float

    @property
    def parameters(self) -> dict[str, str]:
        return {k.lower(): v for k, v in parse_qsl(urlsplit(self.path).query, True)}


@dataclass
class Served:
    """A running server: its address, what it was asked, how many requests it held at once."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def inside(self, asked: Asked) -> Iterator[None]:
        with self._lock:
            self.asked.append(asked)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def serving(
    handle: Callable[[BaseHTTPRequestHandler, Asked], None], port: int = 0
) -> Iterator[Served]:
    """Serve GET with `handle`, which writes the answer; gone when the block ends."""
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_GET(self) -> None:
            asked = Asked(self.path, dict(self.headers.items()), monotonic())
            with served.inside(asked):
                handle(self, asked)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # a client that hangs up is what the tests are about

    with Server(("127.0.0.1", port), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def answering(answer: Callable[[Asked], Reply], port: int = 0) -> Any:
    """Serve what `answer` returns: status, headers, body."""

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        status, headers, body = answer(asked)
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return serving(handle, port)


def cgi(program: str, environment: Mapping[str, str]) -> Any:
    """Serve a CGI program; everything after the host is its path and query."""

    def answer(asked: Asked) -> Reply:
        parts = urlsplit(asked.path)
        host, _, port = asked.headers["Host"].partition(":")
        ran = subprocess.run(
            [program],
            env={
                **environment,
                "REQUEST_METHOD": "GET",
                "QUERY_STRING": parts.query,
                "PATH_INFO": parts.path if parts.path != "/" else "",
                "SCRIPT_NAME": "",
                "SERVER_NAME": host,
                "SERVER_PORT": port,
                "SERVER_PROTOCOL": "HTTP/1.1",
                **{f"HTTP_{k.upper().replace('-', '_')}": v for k, v in asked.headers.items()},
                "PATH": os.environ["PATH"],
            },
            capture_output=True,
            timeout=60,
            check=False,
        )
        head, _, body = ran.stdout.partition(b"\r\n\r\n")
        headers = dict(
            line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line
        )
        return int(headers.pop("Status", "200")[:3]), headers, body

    return answering(answer)


def program(*candidates: Path) -> Path | None:
    """Return the first that exists."""
    return next((path for path in candidates if path.is_file()), None)
