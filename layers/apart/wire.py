"""Plans and what is said about them as bytes and back, each part of the type it has to be.

Read from a process that may have been taken over: nothing is run, nothing is created but the
types asked for, and what does not fit is an `UnfitError`. Geometries travel as WKB.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import pairwise
from math import isfinite
from struct import Struct
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import shapely
from pyproj import CRS
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from layers.apart import wkb

LENGTH = Struct(">Q")
Named = Callable[[str], CRS]


class UnfitError(ValueError):
    """Bytes that are not what was asked for."""


def no_crs(name: str) -> CRS:
    """Find no CRS, for what holds none."""
    raise UnfitError("a CRS")


def packed(value: Any) -> bytes:
    """Return a dataclass as bytes: the length of the header, the header as JSON, geometries.

    Raises
    ------
    TypeError, ValueError
        For something in it that cannot travel: another type, a number that is not finite.
    """
    blobs: list[bytes] = []
    plain = _plain(value, blobs)
    header = json.dumps(
        {"value": plain, "lengths": [len(b) for b in blobs]}, allow_nan=False, separators=(",", ":")
    ).encode()
    return b"".join((LENGTH.pack(len(header)), header, *blobs))


def _plain(value: Any, blobs: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, BaseGeometry):
        blobs.append(shapely.to_wkb(value))
        return len(blobs) - 1
    if isinstance(value, bytes):
        blobs.append(value)
        return len(blobs) - 1
    if isinstance(value, CRS):
        return value.srs
    if is_dataclass(value):
        held = {f.name: _plain(getattr(value, f.name), blobs) for f in fields(value)}
        return {"is": type(value).__name__, "with": held}
    if isinstance(value, Mapping):
        return {_key(k): _plain(v, blobs) for k, v in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(v, blobs) for v in value)
    if isinstance(value, tuple | list):
        return [_plain(v, blobs) for v in value]
    raise TypeError(f"{type(value).__name__} cannot travel")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("only texts name members")
    return key


@dataclass(frozen=True, slots=True)
class _Received:
    blobs: tuple[bytes, ...]
    crs: Named


def unpacked(content: bytes, hint: Any, crs: Named) -> Any:
    """Return the value of the type `hint`; `crs` finds a CRS by its name.

    Raises
    ------
    UnfitError
        If the bytes are anything else.
    """
    try:
        begin = LENGTH.size
        end = begin + LENGTH.unpack_from(content)[0]
        header = json.loads(content[begin:end])
        received = _Received(tuple(_cut(content[end:], header["lengths"])), crs)
        return _value(header["value"], hint, received)
    except UnfitError:
        raise
    except Exception as error:
        # Whatever else a parser finds wrong, the bytes are not what was asked for.
        raise UnfitError(type(error).__name__) from error


def _cut(content: bytes, lengths: list[int]) -> list[bytes]:
    if min(lengths, default=0) < 0 or sum(lengths) != len(content):
        raise UnfitError("lengths")
    ends = np.cumsum([0, *lengths], dtype=np.int64).tolist()
    return [content[a:b] for a, b in pairwise(ends)]


def _value(raw: Any, hint: Any, received: _Received) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return _loose(raw, DEEPEST)
    if origin in (Union, types.UnionType):
        return _one_of(raw, get_args(hint), received)
    if origin is not None:
        return _several(raw, origin, get_args(hint), received)
    if hint in PLAIN:
        return _scalar(raw, hint)
    if is_dataclass(hint):
        return _made(raw, hint, received)
    if issubclass(hint, tuple):  # with named members
        kinds = list(_hints(hint).values())
        return hint(*_listed(raw, kinds, received))
    if hint is BaseGeometry:
        return _geometry(received.blobs[_scalar(raw, int)])
    if hint is bytes:
        return received.blobs[_scalar(raw, int)]
    if hint is CRS:
        return received.crs(_scalar(raw, str))
    raise UnfitError(f"{hint} is not known")


PLAIN = (str, bool, int, float, type(None))
DEEPEST = 32  # of facts, which have no type of their own: whoever writes them anew goes as deep


def _loose(raw: Any, deeper: int) -> Any:
    """Return plain data of any kind, with nothing in it that could not be written again."""
    if not deeper or (type(raw) is float and not isfinite(raw)):
        raise UnfitError("no plain data")
    within = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    for each in within:
        _loose(each, deeper - 1)
    return raw


def _scalar(raw: Any, hint: Any) -> Any:
    # A whole number may stand for a float: it was one before it was sent.
    fits = type(raw) is hint or (hint is float and type(raw) is int)
    if not fits or (type(raw) is float and not isfinite(raw)):
        raise UnfitError(f"no {hint.__name__}")
    return raw


def _one_of(raw: Any, kinds: tuple[Any, ...], received: _Received) -> Any:
    if isinstance(raw, dict) and "is" in raw:
        kinds = tuple(kind for kind in kinds if kind.__name__ == raw["is"])
    unfit = UnfitError("none of the types there may be")
    for kind in kinds:
        try:
            return _value(raw, kind, received)
        except UnfitError as error:
            unfit = error
    raise unfit


def _several(raw: Any, origin: Any, kinds: tuple[Any, ...], received: _Received) -> Any:
    if origin is tuple and kinds[-1] is not Ellipsis:
        return tuple(_listed(raw, list(kinds), received))
    if origin in (tuple, frozenset):
        if not isinstance(raw, list):
            raise UnfitError("no list")
        return origin([_value(each, kinds[0], received) for each in raw])
    if origin is Mapping and isinstance(raw, dict):
        return {key: _value(each, kinds[1], received) for key, each in raw.items()}
    raise UnfitError(f"no {origin}")


def _listed(raw: Any, kinds: list[Any], received: _Received) -> list[Any]:
    if not isinstance(raw, list) or len(raw) != len(kinds):
        raise UnfitError("another number of members")
    return [_value(each, kind, received) for each, kind in zip(raw, kinds, strict=True)]


def _made(raw: Any, kind: Any, received: _Received) -> Any:
    hints = _hints(kind)
    names = [f.name for f in fields(kind)]
    if not isinstance(raw, dict) or raw.get("is") != kind.__name__ or list(raw["with"]) != names:
        raise UnfitError(f"no {kind.__name__}")
    return kind(**{name: _value(raw["with"][name], hints[name], received) for name in names})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _geometry(content: bytes) -> BaseGeometry:
    if not wkb.is_flat(content):
        raise UnfitError("no plain geometry")
    try:
        geometry: BaseGeometry = shapely.from_wkb(content)
    except GEOSException as error:
        raise UnfitError("no geometry") from error
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise UnfitError("not finite")
    return geometry
