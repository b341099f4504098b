"""Telling systemd how far we are (`Type=notify`): one datagram, nothing where nobody listens."""

import os
import socket


def notify(state: str) -> None:
    """Send a state as ``READY=1`` or ``STOPPING=1`` to `$NOTIFY_SOCKET`."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.connect(f"\0{address[1:]}" if address[0] == "@" else address)
        out.sendall(state.encode())
