"""The body of an answer, written to disk as it comes, with limits on size and patience."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from layers.harvest.manners import Manners
from layers.harvest.refusals import refuse

PIECE = 1 << 20  # bytes unpacked at a time


class CutOffError(Exception):
    """The packed body ended before its end."""


def save(
    chunks: Iterable[bytes],
    file: BinaryIO,
    *,
    packed: str,
    manners: Manners,
    clock: Callable[[], float],
    count: Callable[[int], None],
) -> None:
    """Write a body to `file`, unpacked; `count` is told the size of each piece received.

    Raises
    ------
    Refusal
        ``source-too-large`` (received or unpacked), ``source-slow``, ``source-content`` for a
        packing nobody asked for.
    CutOffError
        Where a packed body lacks its end.
    """
    size = 0
    for piece in _unpacked(_measured(chunks, manners, clock, count), packed):
        size += len(piece)
        if size > manners.most_decoded:
            raise refuse("source-too-large", f"> {manners.most_decoded} bytes")
        file.write(piece)


def _measured(
    chunks: Iterable[bytes],
    manners: Manners,
    clock: Callable[[], float],
    count: Callable[[int], None],
) -> Iterator[bytes]:
    started, received = clock(), 0
    for chunk in chunks:
        received += len(chunk)
        count(len(chunk))
        if received > manners.most_received:
            raise refuse("source-too-large", f"> {manners.most_received} bytes")
        elapsed = clock() - started
        if elapsed > manners.patience and received < manners.least_rate * elapsed:
            raise refuse("source-slow", f"{received} bytes / {elapsed:.0f} s")
        yield chunk


def _unpacked(chunks: Iterable[bytes], packed: str) -> Iterator[bytes]:
    if packed in ("", "identity"):
        yield from chunks
        return
    if packed not in ("gzip", "x-gzip"):
        raise refuse("source-content", f"Content-Encoding: {packed}")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            while chunk:  # never more than one piece in memory, however far it unpacks
                yield unpacker.decompress(chunk, PIECE)
                chunk = unpacker.unconsumed_tail
        yield unpacker.flush(PIECE)
    except zlib.error as error:
        raise CutOffError(str(error)) from error
    if not unpacker.eof:
        raise CutOffError("gzip")
