"""The frame of an OpenStreetMap PBF file: blobs one after another, to the very end.

GDAL reads a file that was cut off as far as it goes and says nothing; the frame tells.
"""

from pathlib import Path
from typing import BinaryIO

from layers.harvest.refusals import refuse

MOST_HEADER, MOST_BLOB = 64 * 1024, 32 * 1024 * 1024  # what the format allows
VARINT, BYTES = 0, 2


def check_whole(path: Path) -> int:
    """Return the number of data blobs in a file.

    Raises
    ------
    Refusal
        ``source-content`` where it is no PBF file, ``source-truncated`` where it breaks off.
    """
    size, blobs = path.stat().st_size, 0
    with path.open("rb") as file:
        while head := file.read(4):
            kind, length = _blob(file, head)
            if kind != ("OSMData" if blobs else "OSMHeader") or length > MOST_BLOB:
                raise refuse("source-content", "PBF")
            blobs += 1
            if file.tell() + length > size:
                raise refuse("source-truncated", f"{size} bytes")
            file.seek(length, 1)
    if not blobs:
        raise refuse("source-content", "PBF")
    return blobs - 1


def _blob(file: BinaryIO, head: bytes) -> tuple[str, int]:
    """Return type and length of the blob that follows."""
    length = int.from_bytes(head)
    if len(head) < 4 or length > MOST_HEADER:
        raise refuse("source-content" if file.tell() <= 4 else "source-truncated", "PBF")
    header = file.read(length)
    if len(header) < length:
        raise refuse("source-truncated", "PBF")
    try:
        fields = dict(_fields(header))
        return bytes(fields[1]).decode("ascii"), int(fields[3])
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise refuse("source-content", "PBF") from error


def _fields(message: bytes) -> list[tuple[int, bytes | int]]:
    """Return the fields of a protocol buffer that holds numbers and texts only."""
    found: list[tuple[int, bytes | int]] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == BYTES:
            if at + value > len(message):
                raise ValueError("a text longer than what holds it")
            found.append((tag >> 3, message[at : at + value]))
            at += value
        elif tag & 7 == VARINT:
            found.append((tag >> 3, value))
        else:
            raise ValueError("a field of another kind")
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 64, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("a number without end")
