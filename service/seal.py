"""Seals: a number made into a word that only this installation can have made.

The key lies in the data folder, so that whoever reads the database alone can make no seal.
"""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from gis.problem import Text
from layers.folder import synced
from service.errors import UnavailableError

KEY = Path("audit") / "seal.key"
BYTES = 32
LENGTH = 64  # characters of a sealed number: base64 of 16 + 32 bytes


def sealed(data: Path, number: UUID) -> str:
    """Return a number with its seal, of characters an address may hold."""
    whole = number.bytes + _seal(data, number)
    return base64.urlsafe_b64encode(whole).decode("ascii")


def opened(data: Path, word: str) -> UUID | None:
    """Return the number in a sealed word; None where the seal is not ours."""
    try:
        whole = base64.urlsafe_b64decode(word.encode("ascii"))
    except ValueError:
        return None
    if len(whole) != 16 + BYTES:
        return None
    number = UUID(bytes=whole[:16])
    return number if hmac.compare_digest(whole[16:], _seal(data, number)) else None


def _seal(data: Path, number: UUID) -> bytes:
    return hmac.digest(_key(data), number.bytes, hashlib.sha256)


def _key(data: Path) -> bytes:
    """Return the key, made at the first use; of two who make it at once the first one wins.

    Raises
    ------
    UnavailableError
        ``seal-key-damaged``: there is a file, but not a whole key in it. None is made in its place:
        it would make void, without a word, every link that was sent with the key that was there.
    """
    path = data / KEY
    try:
        return _whole(path.read_bytes())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    aside.touch(0o600)
    try:
        aside.write_bytes(secrets.token_bytes(BYTES))
        synced(aside)
        with suppress(FileExistsError):
            os.link(aside, path)  # there is never half a key, not even after a power cut
    finally:
        aside.unlink()
    for folder in (path.parent, data):
        synced(folder)
    return _whole(path.read_bytes())


def _whole(key: bytes) -> bytes:
    if len(key) != BYTES:
        raise UnavailableError("seal-key-damaged", DAMAGED)
    return key


DAMAGED = Text(
    "Links in E-Mails lassen sich gerade weder prüfen noch ausstellen: "
    f"Die Datei {KEY} im Datenordner ist beschädigt; bitte der Betriebsstelle melden.",
    f"Links in mails can neither be checked nor issued at the moment: the file {KEY} in the data "
    "folder is damaged; please tell who runs the service.",
)
