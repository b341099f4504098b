"""What an operator is told about the means in force."""

from dataclasses import replace

import pytest

from layers.apart.limits import Isolation, Limits


def means(network: str = "namespace", *, files: bool = True) -> Isolation:
    return Isolation(network, calls=True, files=files, user=False, limits=Limits(cpu_s=7, wall_s=8))


@pytest.mark.parametrize(
    ("found", "complete"),
    [
        (means(), True),
        (means("seccomp"), False),
        (means("settings"), False),
        (means(files=False), False),
        (replace(means(), calls=False), False),
        (replace(means(), user=True), True),
    ],
)
def test_complete_is_every_means_a_machine_can_have(found: Isolation, *, complete: bool) -> None:
    assert found.complete == complete
    assert ("Missing: " in found.text.en) == ("Es fehlt: " in found.text.de) == (not complete)


def test_the_text_says_what_is_missing_and_the_limits() -> None:
    assert "no network" in means().text.en
    assert "NICHT vom Netz getrennt" in means("settings").text.de
    assert "all files of the user in sight" in means(files=False).text.en
    assert means("seccomp", files=False).text.en.endswith(
        "1024 MB. Missing: a namespace without network; Landlock, which hides others' files."
    )
    assert "höchstens 7 s Rechenzeit, 8 s, 1024 MB" in means().text.de
