"""Settings: what cannot be used is said in one sentence that names the variable, and no secret."""

from pathlib import Path

import pytest

from service.config import Settings
from service.running.given import (
    SettingsError,
    environment_of,
    settings_from,
    unknown,
    variable,
)


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("PORT", "70000", "less than or equal to 65535"),
        ("PORT", "http", "valid integer"),
        ("WORKERS", "-1", "greater than or equal to 0"),
        ("BASE_URL", "belang.example", "valid URL"),
        ("LOG_LEVEL", "LOUD", "'DEBUG', 'INFO'"),
        ("ROOT_PATH", "belang/", "must begin and not end"),
        ("CA_BUNDLE", "/nowhere/ca.pem", "there is no file"),
        ("CATALOGUE", "/nowhere/catalogue.yaml", "there is no file"),
        ("HTTPS_PROXY", "proxy:3128", "like http://proxy:3128"),
        ("PUBLIC_INSTANCE", "maybe", "valid boolean"),
        ("REFERENCE_PATTERN", "KE", "must hold {number}"),
        ("DATA", "/proc/belang", "cannot be made"),
    ],
)
def test_a_fault_names_its_variable(
    name: str, value: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path))
    monkeypatch.setenv(f"BELANG_{name}", value)
    with pytest.raises(SettingsError) as caught:
        settings_from()
    said = str(caught.value)
    assert said.startswith(f"BELANG_{name}")
    assert part in said
    assert len(said.splitlines()) == 1


def test_every_fault_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_PORT", "x")
    monkeypatch.setenv("BELANG_SMTP_PORT", "0")
    with pytest.raises(SettingsError) as caught:
        settings_from()
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "BELANG_PORT",
        "BELANG_SMTP_PORT",
    ]


def test_a_public_instance_has_no_use_for_what_is_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "house.yaml").touch()
    given = {"PUBLIC_INSTANCE": "1", "DATA": str(tmp_path), "SMTP_HOST": "mail.example",
             "HOUSE": str(tmp_path / "house.yaml")}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(f"BELANG_{name}", value)
    with pytest.raises(SettingsError) as caught:
        settings_from()
    said = [line.split()[0] for line in str(caught.value).splitlines()]
    assert said == ["BELANG_HOUSE", "BELANG_SMTP_HOST"]


def test_no_secret_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path))
    with pytest.raises(SettingsError) as caught:
        settings_from({"metrics_token": 4711, "smtp_port": 0})
    assert "4711" not in str(caught.value)


def test_options_go_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_PORT", "1")
    monkeypatch.setenv("BELANG_HOST", "::1")
    settings = settings_from({"port": "2", "host": None, "data": tmp_path})
    assert (settings.port, settings.host, settings.data) == (2, "::1", tmp_path)


def test_a_child_gets_the_same_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings_from(
        {"data": tmp_path, "smtp_password": "secret", "base_url": "https://b.example/x"}
    )
    for name, value in environment_of(given, "postgresql+psycopg://u:p@h/d").items():
        monkeypatch.setenv(name, value)
    child = Settings()
    assert child.database_url is not None
    assert child.database_url.get_secret_value() == "postgresql+psycopg://u:p@h/d"
    assert child.model_dump(exclude={"database_url"}) == given.model_dump(exclude={"database_url"})


def test_a_slip_of_the_pen_is_noticed() -> None:
    said = unknown({"BELANG_DATABSE_URL": "x", "BELANG_PORT": "1", "BELANG_DEBUG": "1", "X": "1"})
    assert said == [
        "BELANG_DATABSE_URL is not a setting and was ignored; did you mean BELANG_DATABASE_URL?"
    ]
    assert variable("port") == "BELANG_PORT"
