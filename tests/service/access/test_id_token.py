"""The token of an identity provider counts only where everything about it is right."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from service.access.id_token import IdTokenError, UnknownKeyError, verified

KEY = ECKey.generate_key("P-256", {"kid": "a", "use": "sig"}, auto_kid=False)
OTHER = ECKey.generate_key("P-256", {"kid": "b", "use": "sig"}, auto_kid=False)
FORGED = ECKey.generate_key("P-256", {"kid": "a", "use": "sig"}, auto_kid=False)
KEYS = KeySet([KEY, OTHER])
NOW = 1_800_000_000
CLAIMS = {"iss": "https://id.example", "sub": "1", "aud": "belang", "exp": NOW + 300, "iat": NOW,
          "nonce": "n"}  # fmt: skip


class _Absent:
    """A claim that is not there; the same name in every process that collects."""

    def __repr__(self) -> str:
        return "absent"


LACKING = _Absent()


def seen(claims: dict[str, Any], *, key: Any = KEY, header: dict[str, Any] | None = None) -> Any:
    said = {name: value for name, value in claims.items() if value is not LACKING}
    token = jwt.encode(header or {"alg": "ES256", "kid": "a"}, said, key)
    return verified(
        token, KEYS, issuer="https://id.example", client_id="belang", nonce="n", now=NOW
    )


def test_a_token_for_us_counts() -> None:
    assert seen(CLAIMS)["sub"] == "1"
    assert seen({**CLAIMS, "aud": ["belang"]})["sub"] == "1"
    assert seen({**CLAIMS, "aud": ["belang", "x"], "azp": "belang"})["sub"] == "1"
    assert seen({**CLAIMS, "exp": NOW - 59})["sub"] == "1"  # clocks differ a little


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"}, {"iss": LACKING},
        {"aud": "another"}, {"aud": LACKING}, {"aud": []}, {"aud": ["belang", "x"]},
        {"aud": ["belang", "x"], "azp": "x"}, {"azp": "x"},
        {"exp": NOW - 61}, {"exp": LACKING}, {"exp": "soon"}, {"iat": NOW + 61}, {"iat": LACKING},
        {"nonce": "other"}, {"nonce": LACKING}, {"nonce": 1}, {"nonce": ""},
        {"sub": ""}, {"sub": " "}, {"sub": 1}, {"sub": None}, {"sub": ["1"]}, {"sub": LACKING},
        {"sub": "x" * 256},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_one_thing_wrong_does_not(wrong: dict[str, Any]) -> None:
    with pytest.raises(IdTokenError):
        seen({**CLAIMS, **wrong})


def test_only_the_providers_own_signature_counts() -> None:
    with pytest.raises(IdTokenError):
        seen(CLAIMS, key=FORGED)
    with pytest.raises(UnknownKeyError):
        seen(CLAIMS, header={"alg": "ES256", "kid": "c"})
    with pytest.raises(UnknownKeyError):  # without a name either of the two could be meant
        seen(CLAIMS, header={"alg": "ES256"})
    shared = OctKey.import_key("x" * 32)
    for header in ({"alg": "HS256", "kid": "a"},):
        with pytest.raises(IdTokenError):
            seen(CLAIMS, key=shared, header=header)
    for token in ("", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "x"):
        with pytest.raises(IdTokenError):
            verified(token, KEYS, issuer="i", client_id="c", nonce="n", now=NOW)
