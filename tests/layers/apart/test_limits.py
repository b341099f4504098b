"""What an operator is told about the means in force."""

import pytest

from layers.apart.limits import Isolation, Limits


def means(network: str = "namespace", *, files: bool = True) -> Isolation:
    return Isolation(network, calls=True, files=files, user=False, limits=Limits(cpu_s=7, wall_s=8))


@pytest.mark.parametrize(
    ("found", "complete"),
    [
        (means(), True),
        (means("seccomp"), True),
        (means("settings"), False),
        (means(files=False), False),
    ],
)
def test_complete_is_neither_network_nor_foreign_files(found: Isolation, *, complete: bool) -> None:
    assert found.complete == complete


def test_the_text_says_what_is_missing_and_the_limits() -> None:
    assert "no network" in means().text.en
    assert "NICHT vom Netz getrennt" in means("settings").text.de
    assert "all files of the user in sight" in means(files=False).text.en
    assert "höchstens 7 s Rechenzeit, 8 s, 1024 MB" in means().text.de
