"""Secrets that somebody holds and of which only a hash is kept."""

import hashlib
import hmac
import secrets
import string

BASE62 = string.ascii_letters + string.digits
LENGTH = 43  # characters of base 62: 256 bit


def fresh() -> str:
    """Return a new secret of 256 bit, of letters and digits only."""
    return "".join(secrets.choice(BASE62) for _ in range(LENGTH))


def kept(secret: str) -> bytes:
    """Return what is kept of a secret; it needs no salt, as nobody can guess 256 bit."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in a time that tells nothing about them; an empty one equals none."""
    return bool(other) and hmac.compare_digest(kept(one), kept(other))
