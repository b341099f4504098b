"""The socket to listen on, bound before anything costly is begun."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from gis.problem import Problem, Text


class ListenError(Problem):
    """The address cannot be listened on."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a socket that listens; who connects already is answered once we serve.

    Raises
    ------
    ListenError
        ``port-in-use``, ``address-unusable``.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ListenError("address-unusable", _unusable(host, port, error)) from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(socket.SOMAXCONN)  # now: two can be bound to one port, not listen
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ListenError("port-in-use", _taken(host, port)) from error
            raise ListenError("address-unusable", _unusable(host, port, error)) from error
        yield listener


def address(listener: socket.socket, root_path: str = "") -> str:
    """Return the address of a socket as one types it into a browser."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}{root_path}"


def _taken(host: str, port: int) -> Text:
    return Text(
        f"Auf {host}:{port} läuft schon ein Programm; bitte beenden oder mit --port einen anderen "
        "Port nennen (0: irgendein freier).",
        f"Another program listens on {host}:{port} already; stop it, or name another port with "
        "--port (0: any free one).",
    )


def _unusable(host: str, port: int, error: OSError) -> Text:
    return Text(
        f"Auf {host}:{port} kann Belang nicht hören ({error.strerror}); bitte --host und --port "
        "prüfen. Ports unter 1024 gehören dem Proxy davor.",
        f"Belang cannot listen on {host}:{port} ({error.strerror}); check --host and --port. "
        "Ports below 1024 are for the proxy in front.",
    )
