"""Facts kept as JSON with a checksum of themselves: every byte of such a file is compared."""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zlib import crc32


class DamagedError(ValueError):
    """What is stored is not what was written; the source has to be read again."""


def _text(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")


def checked_text(facts: Mapping[str, Any]) -> bytes:
    """Return facts as the content of a file, with a checksum of them."""
    return _text({**facts, "check": crc32(_text(facts))})


def checked_facts(content: bytes) -> dict[str, Any]:
    """Return the facts in the content of a file; every byte of it is compared.

    Raises
    ------
    ValueError
        If it is not what `checked_text` has made.
    """
    return dict(checked(content))


@lru_cache(maxsize=512)  # the same bytes are read for every check, and are right once and for all
def checked(content: bytes) -> Mapping[str, Any]:
    """Return the same, not to be changed; errors as `checked_facts`."""
    facts = json.loads(content)
    if not isinstance(facts, dict) or facts.pop("check", None) != crc32(_text(facts)):
        raise DamagedError("the checksum of a file is another one")
    if checked_text(facts) != content:
        raise DamagedError("a file was written by somebody else")
    return facts


def file_facts(path: Path) -> list[Any]:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as file:
        return [path.stat().st_size, file_digest(file, "sha256").hexdigest()]
