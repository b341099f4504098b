"""`belang account`: on a fresh installation, beside a running one, in both languages."""

import io
import json
from pathlib import Path

import pytest

from service.access.passwords import fits
from service.cli import main
from service.db import engine_for, transaction
from service.models.account import Account

Printed = pytest.CaptureFixture[str]
ADMIN = ["--name", "Kim Muster", "--role", "administrator"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELANG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BELANG_DATABASE_URL", fresh_database_url.replace("+psycopg", ""))


def password_of(url: str, login: str) -> str | None:
    engine = engine_for(url)
    with transaction(engine) as session:
        found = session.query(Account).filter_by(login=login).one().password
    engine.dispose()
    return found


def test_the_first_administrator_and_what_may_become_of_one(
    fresh_database_url: str, capsys: Printed
) -> None:
    assert main(["account", "add", "kim.muster", *ADMIN]) == 0
    said = capsys.readouterr().out
    password = said.split()[-1]
    assert said.startswith("Konto kim.muster ist angelegt.\nPasswort")
    assert fits(password, password_of(fresh_database_url, "kim.muster"))
    assert main(["account", "add", "KIM.muster", *ADMIN]) == 2
    assert capsys.readouterr().err.endswith("anderen wählen. [login-taken]\n")
    assert main(["account", "reset", "Kim.Muster", "--lang", "en"]) == 0
    new = capsys.readouterr().out.split()[-1]
    assert new != password
    assert fits(new, password_of(fresh_database_url, "kim.muster"))
    assert main(["account", "deactivate", "kim.muster", "--lang", "en"]) == 2
    assert "last active administrator" in capsys.readouterr().err
    assert main(["account", "reset", "nobody"]) == 2
    assert "[account-unknown]" in capsys.readouterr().err


def test_a_password_from_a_script_is_not_printed(
    fresh_database_url: str, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("kurz\n"))
    assert main(["account", "add", "kim", *ADMIN, "--ask"]) == 2
    assert "[password-too-short]" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nothing is no wish for a generated one
    assert main(["account", "add", "kim", *ADMIN, "--ask"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("vier Worte auf Wanderschaft\n"))
    assert main(["account", "add", "kim", *ADMIN, "--ask"]) == 0
    assert capsys.readouterr().out == "Konto kim ist angelegt.\n"
    assert fits("vier Worte auf Wanderschaft", password_of(fresh_database_url, "kim"))


def test_others_are_held_to_the_same_bounds_as_by_the_interface(
    sample: Path, capsys: Printed
) -> None:
    here = ["--catalogue", str(sample / "catalogue.yaml")]
    officer = ["account", "add", "uta", "--name", "Uta", "--role", "officer"]
    assert main([*officer, "--office", "UNB", *here]) == 0
    assert main([*officer, "--office", "XYZ", *here]) == 2
    assert main(officer) == 2
    assert main(["account", "add", "x y", "--name", "X", "--role", "emperor"]) == 64
    said = capsys.readouterr().err
    assert all(
        word in said for word in ("[office-unknown]", "[office-required]", "login: ", "role: ")
    )
    planner = ["account", "add", "pia", "--name", "Pia", "--role", "planner"]
    assert main([*planner, "--organisation", "Atlantis"]) == 2
    assert main(["account", "deactivate", "UTA"]) == 0
    capsys.readouterr()
    assert main(["account", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"login": "uta", "name": "Uta", "role": "officer", "office": "UNB", "active": False,
         "local": True}
    ]  # fmt: skip
    assert main(["account", "list"]) == 0
    assert "UNB" in capsys.readouterr().out


def test_an_installation_without_a_database_gets_one(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BELANG_DATABASE_URL")
    assert main(["account", "add", "kim", *ADMIN]) == 0
    assert "kim" in capsys.readouterr().out
    assert not (tmp_path / "data" / "pg" / "data" / "postmaster.pid").exists()
