"""WKB looked at before it is decoded: a decoder follows whatever nests, until its stack is gone."""

from struct import error, unpack_from

DEEPEST = 16
LONG = 5_000  # bytes: what is shorter does not nest deep enough to do harm
NUMBER = 8  # bytes
POINT, LINE, AREA, TRIANGLE = 1, 2, 3, 17
TOGETHER = (4, 5, 6, 7, 15, 16)
SRID, HEIGHT, MEASURE = 0x20000000, 0x80000000, 0x40000000  # of the dialect of PostGIS


def type_of(content: bytes) -> int:
    """Return the type of a geometry, whatever further numbers its places have."""
    code: int = unpack_from("<I" if content[0] else ">I", content, 1)[0]
    return (code & 0xFFFF) % 1000


def is_shallow(content: bytes, begin: int = 0) -> bool:
    """Tell whether the geometry at `begin` nests at most 16 deep.

    What is cut off or of no known kind is shallow as far as it goes: a decoder gets no farther.
    """
    at, left = begin, [1]
    try:
        while left:
            if not left[-1]:
                left.pop()
                continue
            left[-1] -= 1
            if len(left) > DEEPEST:
                return False
            at, inner = _past(content, at)
            left.append(inner)
    except (error, ValueError, IndexError):
        pass
    return True


def _past(content: bytes, at: int) -> tuple[int, int]:
    """Return where a geometry ends, or its first member begins, and how many members follow."""
    order = "<" if content[at] else ">"
    (code,) = unpack_from(f"{order}I", content, at + 1)
    kind, higher = code & 0xFFFF, (code & 0xFFFF) // 1000
    size = NUMBER * (2 + (higher in (1, 2)) + 2 * (higher == 3))
    size += NUMBER * (bool(code & HEIGHT) + bool(code & MEASURE))
    at += 5 + 4 * bool(code & SRID)
    kind %= 1000
    if kind == POINT:
        return at + size, 0
    (count,) = unpack_from(f"{order}I", content, at)
    at += 4
    if kind == LINE:
        return at + count * size, 0
    if kind in (AREA, TRIANGLE):
        for _ in range(count):
            (places,) = unpack_from(f"{order}I", content, at)
            at += 4 + places * size
        return at, 0
    if kind not in TOGETHER:
        raise ValueError(kind)
    return at, count
