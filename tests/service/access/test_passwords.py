"""Passwords: argon2id, made again with new parameters, refused where everybody tries them."""

import pytest
from argon2 import PasswordHasher

from service.access import passwords
from service.errors import UnusableError


def test_only_the_password_itself_fits_its_hash() -> None:
    stored = passwords.hashed("vier Worte auf Wanderschaft")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits("vier Worte auf Wanderschaft", stored)
    assert not passwords.fits("vier worte auf Wanderschaft", stored)
    assert not passwords.fits("vier Worte auf Wanderschaft", None)
    assert not passwords.fits("vier Worte auf Wanderschaft", "not a hash")
    assert stored != passwords.hashed("vier Worte auf Wanderschaft")  # salted


def test_an_umlaut_is_the_same_however_a_keyboard_writes_it() -> None:
    assert passwords.fits(
        "Gro\u0308ditzer Mu\u0308hle", passwords.hashed("Gr\u00f6ditzer M\u00fchle")
    )


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("x")
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("x"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elf Zeichen", "password-too-short"),
        ("x" * 257, "password-too-long"),
        ("passwort1234!!", "password-too-common"),
        ("Administrator", "password-too-common"),
        ("kim.muster.borna", "password-too-common"),  # the login
        ("abcabcabcabc", "password-too-common"),
        ("987654321098", "password-too-common"),
        ("aaaaaaaabbbb", "password-too-common"),
    ],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(UnusableError) as refused:
        passwords.accepted(password, "kim.muster.borna")
    assert refused.value.code == code


def test_generated_passwords_are_accepted_and_never_the_same() -> None:
    made = {passwords.generated() for _ in range(100)}
    assert len(made) == 100
    assert all(passwords.accepted(one, "kim") == one and len(one) == 27 for one in made)
