"""A proxy that stands between a harvest and a real server, and does one thing wrong."""

import gzip
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.upstream.gateway import Asked, Reply, Served, serving

HTML = b"<!DOCTYPE html><html><body>Wartungsarbeiten</body></html>"
REPORT = (
    b'<?xml version="1.0"?><ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1" '
    b'version="2.0.0"><ows:Exception exceptionCode="NoApplicableCode"><ows:ExceptionText>'
    b"Datenbank nicht erreichbar</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
)
ERROR = b'{"error": {"code": 500, "message": "Datenbank nicht erreichbar", "details": []}}'
Fault = Callable[[BaseHTTPRequestHandler, Reply], None]


def pages(asked: Asked) -> bool:
    """Tell whether a request is for objects, not for a description, a count or ids."""
    seen = asked.parameters
    if "request" in seen:
        return seen["request"].lower() == "getfeature" and "resulttype" not in seen
    if asked.path.partition("?")[0].endswith("/query"):
        return "returnidsonly" not in seen and "returncountonly" not in seen
    return "/items" in asked.path and seen.get("limit") != "1"


def everything(_: Asked) -> bool:
    return True


class Upstream:
    """A real server whose answers are remembered: only the faults differ between tests."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._known: dict[tuple[str, str], Reply] = {}

    def ask(self, asked: Asked) -> Reply:
        key = (asked.path, asked.headers.get("Accept", ""))
        if key not in self._known:
            answer = httpx2.get(self.url + asked.path, headers={"Accept": key[1]}, timeout=30)
            names = ("content-type", "content-crs", "location")
            headers = {n: answer.headers[n] for n in names if n in answer.headers}
            self._known[key] = (answer.status_code, headers, answer.content)
        return self._known[key]


@contextmanager
def proxy(
    upstream: Upstream, fault: Fault, *, when: Callable[[Asked], bool] = pages
) -> Iterator[Served]:
    """Serve what `upstream` serves, with `fault` in the requests that `when` picks."""
    origin = urlsplit(upstream.url).netloc.encode()

    def handle(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        status, headers, body = upstream.ask(asked)
        reply = status, headers, body.replace(origin, asked.headers["Host"].encode())
        (fault if when(asked) else fine)(handler, reply)

    with serving(handle) as served:
        yield served


def send(handler: BaseHTTPRequestHandler, reply: Reply, *, pretend: int | None = None) -> None:
    """Send an answer, whose length may be a lie."""
    status, headers, body = reply
    handler.send_response(status)
    length = len(body) if pretend is None else pretend
    for name, value in {"Content-Length": str(length), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


fine: Fault = send


def rewriting(change: Callable[[bytes], bytes]) -> Fault:
    """Return a fault that changes the body."""
    return lambda handler, reply: send(handler, (reply[0], reply[1], change(reply[2])))


def instead(body: bytes, content_type: str, status: int = 200, **headers: str) -> Fault:
    """Return a fault that answers something else."""
    more = {k.replace("_", "-"): v for k, v in headers.items()}
    return lambda handler, _: send(handler, (status, {"Content-Type": content_type, **more}, body))


def delayed(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(0.8)
    with suppress(OSError):
        send(handler, reply)


def dripping(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    status, headers, body = reply
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    _drip(handler, body)


def dripping_headers(handler: BaseHTTPRequestHandler, _: Reply) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler, b"x" * 1_000)


def _drip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    for byte in body:
        try:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        except OSError:  # given up
            return
        time.sleep(0.05)


def cut_mid_body(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    status, headers, body = reply
    send(handler, (status, headers, body[: len(body) // 2]), pretend=len(body))
    handler.close_connection = True


def cut_unnoticed(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    """Cut an answer whose end is only told by the end of the connection, as HTTP/1.0 has it."""
    status, headers, body = reply
    handler.send_response(status)
    for name, value in {**headers, "Connection": "close"}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut_at_connect(handler: BaseHTTPRequestHandler, _: Reply) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def at_a_tag(body: bytes) -> bytes:
    """Return a body without its last object and everything behind it: cut between two tags."""
    for mark in (b"<wfs:member>", b"<gml:featureMember>", b',{"'):
        if mark in body:
            return body[: body.rindex(mark)]
    return body[: len(body) // 2]


def bomb(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    body = gzip.compress(b" " * 60_000_000, compresslevel=1)
    send(handler, (200, {**reply[1], "Content-Encoding": "gzip"}, body))


def cut_gzip(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    body = gzip.compress(reply[2])
    send(handler, (200, {**reply[1], "Content-Encoding": "gzip"}, body[: len(body) // 2]))


def busy(times: int, status: int, wait: str) -> Fault:
    """Return a fault that is over after so many answers."""
    seen = count(1)

    def fault(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if next(seen) <= times:
            send(handler, (status, {"Retry-After": wait}, b"busy"))
        else:
            send(handler, reply)

    return fault


def duplicating() -> Fault:
    """Return a fault that answers the second page, and all others, with the first."""
    first: list[Reply] = []

    def fault(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        first.append(reply)
        send(handler, first[0])

    return fault


def announcing(number: int) -> Callable[[bytes], bytes]:
    """Return a change that makes every count a service states the same lie."""

    def change(body: bytes) -> bytes:
        said = str(number).encode()
        body = re.sub(rb'(numberMatched|numberOfFeatures)="\w+"', rb'\1="' + said + b'"', body)
        return re.sub(rb'"(numberMatched|count)":\s*\d+', rb'"\1":' + said, body)

    return change


def halved(body: bytes) -> bytes:
    """Return a page that silently lacks every other object."""
    if body.lstrip().startswith(b"<"):
        kept = count()
        drop = re.compile(rb"<(wfs:member|gml:featureMember)>.*?</\1>", re.DOTALL)
        less = drop.sub(lambda m: m[0] if next(kept) % 2 else b"", body)
        return re.sub(rb'numberReturned="\d+"', b"", less)
    return _json(body, lambda members: members[::2])


def emptied(body: bytes) -> bytes:
    """Return a page without any object."""
    if body.lstrip().startswith(b"<"):
        drop = re.compile(rb"<(wfs:member|gml:featureMember)>.*?</\1>", re.DOTALL)
        return re.sub(rb'numberReturned="\d+"', b'numberReturned="0"', drop.sub(b"", body))
    return _json(body, lambda _: [])


def _json(body: bytes, choose: Callable[[list[Any]], list[Any]]) -> bytes:
    document = json.loads(body)
    document["features"] = choose(document.get("features", []))
    document.pop("numberReturned", None)
    return json.dumps(document).encode()


PAIRS = re.compile(rb"(-?[\d.]+)([ ,]\s*)(-?[\d.]+)")


def axes_swapped(body: bytes) -> bytes:
    """Return a body in which all coordinates stand the wrong way round."""
    if body.lstrip().startswith(b"<"):
        lists = re.compile(rb"(<gml:(posList|pos)[^>]*>)(.*?)(</gml:)", re.DOTALL)
        return lists.sub(lambda m: m[1] + PAIRS.sub(rb"\3\2\1", m[3]) + m[4], body)
    return re.sub(rb"\[\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*\]", rb"[\2,\1]", body)


def wrong_crs(body: bytes) -> bytes:
    """Return a body that names another CRS than it was asked for."""
    return body.replace(b"EPSG::25833", b"EPSG::25832").replace(b"25833}", b"25832}")


@contextmanager
def tcp(target: str, *, cut_after: int, stall: bool = False) -> Iterator[int]:
    """Forward a port to a socket file; cut or stall after so many bytes from the server."""
    stopping = threading.Event()
    open_ends: list[socket.socket] = [socket.create_server(("127.0.0.1", 0))]
    listener = open_ends[0]

    def pump(source: socket.socket, sink: socket.socket, limit: float) -> None:
        passed = 0
        with suppress(OSError):
            while chunk := source.recv(4_096):
                passed += len(chunk)
                if passed > limit:
                    if stall:
                        stopping.wait()
                    break
                sink.sendall(chunk)
        _shut(source, sink)

    def accept() -> None:
        pumps: list[threading.Thread] = []
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                open_ends.extend((client, server))
                server.connect(target)
                for args in ((client, server, float("inf")), (server, client, cut_after)):
                    pumps.append(threading.Thread(target=pump, args=args))
                    pumps[-1].start()
        for each in pumps:
            each.join()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopping.set()
        _shut(*open_ends)
        accepting.join()
        for end in open_ends:
            end.close()


def _shut(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
