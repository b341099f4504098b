"""WKB looked at before it is decoded: a decoder follows whatever nests, until it falls."""

from struct import Struct, error

HEAD, COUNT = Struct("<BI"), Struct("<I")
POINT, LINE, AREA, COLLECTION = 1, 2, 3, 7
COORDINATE = 16  # bytes: two numbers


def is_flat(content: bytes) -> bool:
    """Tell whether `content` is one point, line, area, or several of one of these, and no more.

    Little-endian, without heights: as it is written here.
    """
    try:
        return _end(content, 0, nested=False) == len(content)
    except (error, ValueError):
        return False


def _end(content: bytes, begin: int, *, nested: bool) -> int:
    """Return where the geometry at `begin` ends."""
    order, kind = HEAD.unpack_from(content, begin)
    at = begin + HEAD.size
    if order != 1 or not POINT <= kind < COLLECTION or (nested and kind > AREA):
        raise ValueError
    if kind == POINT:
        return at + COORDINATE
    count, at = int(COUNT.unpack_from(content, at)[0]), at + COUNT.size
    if kind == LINE:
        return at + count * COORDINATE
    for _ in range(count):
        if kind == AREA:
            at += COUNT.size + int(COUNT.unpack_from(content, at)[0]) * COORDINATE
        else:
            at = _end(content, at, nested=True)
    return at
