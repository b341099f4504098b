"""Passwords: argon2id, and which are too weak to be one."""

import re
import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gis.problem import Text
from service.access import secret
from service.errors import UnusableError

LEAST, LONGEST = 12, 256  # characters
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # KiB: 19 MiB

# Of twelve characters and more, what people choose first. Runs and repetitions are found below.
COMMONEST = """
    password1234 password12345 password123456 passwordpassword passw0rd1234 p@ssw0rd1234
    passwort1234 passwort12345 passwort123456 passwortpasswort meinpasswort meinpasswort1
    meinpasswort123 geheimgeheim geheim123456 willkommen12 willkommen123 willkommen1234
    welcome12345 welcome123456 letmein12345 iloveyou1234 iloveyou12345 ichliebedich
    ichliebedich1 schatzschatz hallohallo12 hallo1234567 halloduhallo sommer202024 sommer202025
    sommer202026 winter202025 winter202026 administrator administrator1 administrator123
    admin1234567 adminadmin12 adminadminadmin changeme1234 changemechangeme qwertzuiopas
    qwertzuiop12 qwertzuiop123 qwertyuiop12 qwertyuiop123 qwertyuiopas qwerty123456 qwertz123456
    1q2w3e4r5t6y 1q2w3e4r5t6z 1qaz2wsx3edc 1qay2wsx3edc asdfghjklöä# asdfghjkl123 abcdefghijkl
    abcd12345678 abc123456789 a1b2c3d4e5f6 test12345678 testtesttest testpasswort testpassword
    landratsamt1 landratsamt12 landratsamt123 landkreis123 landkreis1234 verwaltung12
    verwaltung123 bauleitplan1 bebauungsplan bebauungsplan1 bauamt123456 belangbelang belang123456
    belang1234567 correcthorsebatterystaple trustno1trustno1 superman1234 fussball1234
    football1234 bayernmuenchen dynamodresden computer1234 internet1234
"""
ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertzuiopü", "qwertyuiop")


def hashed(password: str) -> str:
    """Return the hash that is stored."""
    return HASHER.hash(_normal(password))


def fits(password: str, stored: str | None) -> bool:
    """Tell whether a password is the stored one; it takes as long where none is stored."""
    try:
        return HASHER.verify(stored or _nobodys(), _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(stored)


def accepted(password: str, login: str) -> str:
    """Return the password, if it may be one.

    Raises
    ------
    UnusableError
        ``password-too-short``, ``password-too-long``, ``password-too-common``.
    """
    given = _normal(password)
    if len(given) < LEAST:
        raise UnusableError("password-too-short", TOO_SHORT, least=LEAST)
    if len(given) > LONGEST:
        raise UnusableError("password-too-long", TOO_LONG, most=LONGEST)
    if given.casefold() == login.casefold() or _is_common(given.casefold()):
        raise UnusableError("password-too-common", TOO_COMMON)
    return password


def generated() -> str:
    """Return a password nobody has thought of, in groups that can be read out: 120 bit and more."""
    letters = secret.fresh()[:24]
    return "-".join(letters[i : i + 6] for i in range(0, 24, 6))


def _is_common(folded: str) -> bool:
    bare = re.sub(r"[\W_]+$", "", folded)  # an exclamation mark at the end makes it no better
    if folded in _commonest() or bare in _commonest() or len(set(folded)) < 4:
        return True
    return any(folded in row or folded in row[::-1] for row in ROWS) or _repeats(folded)


def _repeats(folded: str) -> bool:
    """Tell whether it is one short piece over and over: at most four characters."""
    return any(folded == (folded[:size] * len(folded))[: len(folded)] for size in (1, 2, 3, 4))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)  # keyboards differ in how they write an umlaut


@lru_cache(maxsize=1)
def _commonest() -> frozenset[str]:
    return frozenset(COMMONEST.split())


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return HASHER.hash(secret.fresh())


TOO_SHORT = Text(
    "Das Passwort ist zu kurz: mindestens `least` Zeichen, gern mehrere Wörter.",
    "The password is too short: at least `least` characters, several words if you like.",
)
TOO_LONG = Text(
    "Das Passwort ist zu lang: höchstens `most` Zeichen.",
    "The password is too long: at most `most` characters.",
)
TOO_COMMON = Text(
    "Dieses Passwort raten Angreifer zuerst; bitte ein anderes wählen.",
    "This password is what attackers guess first; please choose another one.",
)
