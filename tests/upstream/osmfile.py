"""A small OpenStreetMap PBF file, written byte by byte."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Tags = Mapping[str, str]


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def number(tag: int, value: int) -> bytes:
    return varint(tag << 3) + varint(value)


def text(tag: int, value: bytes) -> bytes:
    return varint(tag << 3 | 2) + varint(len(value)) + value


def packed(tag: int, values: Sequence[int]) -> bytes:
    return text(tag, b"".join(map(varint, values)))


def differences(values: Sequence[int]) -> list[int]:
    return [zigzag(b - a) for a, b in zip([0, *values], values)]  # noqa: B905


@dataclass
class Strings:
    known: list[bytes] = field(default_factory=lambda: [b""])

    def of(self, value: str) -> int:
        encoded = value.encode()
        if encoded not in self.known:
            self.known.append(encoded)
        return self.known.index(encoded)


def blob(kind: str, message: bytes) -> bytes:
    body = number(2, len(message)) + text(3, zlib.compress(message))
    header = text(1, kind.encode()) + number(3, len(body))
    return struct.pack(">I", len(header)) + header + body


def squares(
    number_of: int,
) -> tuple[dict[int, tuple[float, float, Tags]], dict[int, tuple[list[int], Tags]]]:
    """Return nodes and closed ways: woods, meadows and one building in turn."""
    nodes: dict[int, tuple[float, float, Tags]] = {}
    ways: dict[int, tuple[list[int], Tags]] = {}
    kinds: list[Tags] = [
        {"landuse": "forest", "name": "Wäldchen", "leaf_type": "mixed"},
        {"landuse": "meadow"},
        {"building": "yes", "addr:street": "Hauptstraße"},
    ]
    for i in range(number_of):
        x, y = 12.5 + i / 1000, 51.1
        corners = [(x, y), (x + 0.0005, y), (x + 0.0005, y + 0.0005), (x, y + 0.0005)]
        for k, (lon, lat) in enumerate(corners):
            nodes[10 * i + k + 1] = (lon, lat, {})
        ring = [10 * i + k + 1 for k in (0, 1, 2, 3, 0)]
        ways[i + 1] = (ring, kinds[i % len(kinds)])
    nodes[10 * number_of + 1] = (12.6, 51.2, {"natural": "tree", "name": "Eiche"})
    return nodes, ways


def tagged(tags: Tags, strings: Strings) -> bytes:
    if not tags:
        return b""
    return packed(2, [strings.of(k) for k in tags]) + packed(
        3, [strings.of(v) for v in tags.values()]
    )


def write(path: Path, number_of: int = 30) -> None:
    """Write the squares and a tree."""
    nodes, ways = squares(number_of)
    strings = Strings()
    node_messages = b""
    for name, (lon, lat, tags) in sorted(nodes.items()):
        node_messages += text(
            1,
            number(1, zigzag(name))
            + tagged(tags, strings)
            + number(8, zigzag(round(lat * 1e7)))
            + number(9, zigzag(round(lon * 1e7))),
        )
    way_messages = b""
    for name, (refs, tags) in sorted(ways.items()):
        way_messages += text(
            3,
            number(1, name) + tagged(tags, strings) + packed(8, differences(refs)),
        )
    table = text(1, b"".join(text(1, s) for s in strings.known))
    header = text(4, b"OsmSchema-V0.6")
    path.write_bytes(
        blob("OSMHeader", header)
        + blob("OSMData", table + text(2, node_messages))
        + blob("OSMData", table + text(2, way_messages))
    )
