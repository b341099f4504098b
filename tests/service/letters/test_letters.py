"""Mails: one for each event and person, seen once, whatever the mail server or a crash does."""

import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from jinja2 import UndefinedError
from pydantic import HttpUrl, SecretStr
from sqlalchemy import Engine, select, text

from service import journal, letters, seal
from service.config import Settings
from service.db import engine_for, transaction
from service.letters.message import AddressError, address, message
from service.letters.sending import UndeliverableError, UnsentError, send
from service.letters.templates import LANGUAGES, filled, known
from service.models import Account, Mail
from tests.service.letters.servers import Box, free_port, hang_up_once, killing, mail_server
from tests.service.working import until, worker

VALUES = {"case": "c-1", "reference": "KE-1", "title": "Am See", "deadline": None}

DAY = {"de": "31.01.2027", "en": "2027-01-31"}
OF_TASKS = {
    "municipality": "Borna", "office": "UNB", "due": DAY, "note": None, "documents": [],
    "reasons": [{"de": "liegt darin", "en": "lies within"}], "map": None, "answer": None,
    "body": "LfD", "memo": None, "function": {"de": "Leitung", "en": "Head"}, "remark": "fehlt",
    "label": "UNB-3",
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(fresh_database_url: str) -> Iterator[Engine]:
    """Return a database in which nothing is yet."""
    engine = engine_for(fresh_database_url)
    yield engine
    engine.dispose()


def asked(engine: Engine, **account: Any) -> UUID:
    """Ask for a mail about an event; return its number."""
    given = {
        "login": f"k{uuid4()}",
        "name": "K",
        "role": "coordinator",
        "mail": "k@example.org",
        **account,
    }
    with transaction(engine) as session:
        person = Account(**given)
        session.add(person)
        session.flush()
        entry = journal.append(session, "check.done", actor="system")
        letters.ask(session, entry, person, "check_done", VALUES)
        return session.scalars(select(Mail.id).where(Mail.account_id == person.id)).one()


def row(engine: Engine) -> Mail:
    """Return the mail that was asked for last."""
    with transaction(engine) as session:
        return session.scalars(select(Mail).order_by(Mail.created.desc()).limit(1)).one()


def settings(port: int, **more: Any) -> Settings:
    return Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="belang@example.org", **more)


def test_a_mail_is_sent_once(engine: Engine) -> None:
    mail_id, box = asked(engine, language="en"), Box()
    with mail_server(box) as port:
        send(engine, settings(port), mail_id)
        send(engine, settings(port), mail_id)  # a job that runs again
    (mail,) = box.mails
    assert mail["Subject"] == "KE-1: checked – Am See"
    assert (mail["To"], mail["From"]) == ("k@example.org", "belang@example.org")
    assert mail["Message-ID"] == row(engine).message_id
    assert "“Am See” (KE-1)" in mail.get_content()
    assert (row(engine).sent is not None, row(engine).tries, row(engine).problem) == (True, 1, None)


def test_an_event_asks_for_one_mail_a_person_and_one_job(empty: Engine) -> None:
    asked(empty)
    with transaction(empty) as session:
        entry = session.scalars(select(journal.Entry)).one()
        person = session.scalars(select(Account)).one()
        letters.ask(session, entry, person, "check_done", VALUES)
        assert len(session.scalars(select(Mail)).all()) == 1
        assert session.scalar(text("select count(*) from procrastinate_jobs")) == 1


def test_no_mail_without_the_event(empty: Engine) -> None:
    class Undone(Exception):
        pass

    with suppress(Undone), transaction(empty) as session:
        person = Account(login="k", name="K", role="coordinator", mail="k@example.org")
        session.add(person)
        session.flush()
        entry = journal.append(session, "check.done", actor="system")
        letters.ask(session, entry, person, "check_done", VALUES)
        raise Undone
    with transaction(empty) as session:
        assert session.scalars(select(Mail)).all() == []
        assert session.scalar(text("select count(*) from procrastinate_jobs")) == 0


def test_without_a_mail_server_the_row_says_so(engine: Engine) -> None:
    mail_id = asked(engine)
    send(engine, Settings(), mail_id)
    mail = row(engine)
    assert (mail.sent, mail.tries) == (None, 0)
    assert "BELANG_SMTP_HOST" in str(mail.problem)


def test_a_mail_waits_for_a_server_that_is_down(engine: Engine) -> None:
    mail_id, box, port = asked(engine), Box(), free_port()
    with pytest.raises(UnsentError) as caught:
        send(engine, settings(port), mail_id)
    assert not isinstance(caught.value, UndeliverableError)
    assert (row(engine).tries, row(engine).sent) == (1, None)
    assert "ConnectionRefusedError" in str(row(engine).problem)
    with mail_server(box, port):
        send(engine, settings(port), mail_id)
    assert (len(box.mails), row(engine).problem) == (1, None)


def test_a_server_that_hangs_up_after_the_mail_shows_it_once(engine: Engine) -> None:
    mail_id, box = asked(engine), Box(react=hang_up_once)
    with mail_server(box) as port:
        with pytest.raises(UnsentError):
            send(engine, settings(port), mail_id)
        send(engine, settings(port), mail_id)
    assert len(box.arrived) == 2
    assert box.arrived[0] == box.arrived[1]  # the same mail, to the byte
    assert len(box.seen()) == 1


def test_a_worker_killed_after_the_server_took_the_mail_shows_it_once(
    empty: Engine, tmp_path: Path, fresh_database_url: str
) -> None:
    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text("layers: []\noffices: []\n", encoding="utf-8")
    box, port = Box(), free_port()
    with (
        mail_server(box, port),
        worker(tmp_path, catalogue, fresh_database_url, smtp_port=port) as one,
    ):
        box.react = killing(one.pid)
        mail_id = asked(empty)
        until(lambda: one.poll() is not None)
        assert (len(box.arrived), row(empty).sent) == (1, None)
        box.react = Box.react
        with worker(tmp_path, catalogue, fresh_database_url, smtp_port=port):
            until(lambda: row(empty).sent is not None)
    assert mail_id == row(empty).id
    assert len(box.arrived) == 2
    assert len(box.seen()) == 1


def test_two_workers_do_not_send_it_both(engine: Engine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    mail_id, box = asked(engine), Box()
    with mail_server(box) as port, ThreadPoolExecutor(4) as pool:
        given = settings(port)
        list(pool.map(lambda _: send(engine, given, mail_id), range(4)))
    assert len(box.arrived) == 1


@pytest.mark.parametrize(
    ("react", "refused"), [(lambda box, _: "554 no", ()), (None, ("k@example.org",))]
)
def test_what_the_server_refuses_for_good_is_not_tried_again(
    engine: Engine, react: Any, refused: tuple[str, ...]
) -> None:
    mail_id = asked(engine)
    box = Box(refused=frozenset(refused), **({"react": react} if react else {}))
    with mail_server(box) as port, pytest.raises(UndeliverableError):
        send(engine, settings(port), mail_id)
    problem = str(row(engine).problem)
    assert "refuses" in problem
    assert "example.org" not in problem


def test_after_five_tries_it_is_given_up(engine: Engine) -> None:
    mail_id, port = asked(engine), free_port()
    kinds = []
    for _ in range(5):
        with pytest.raises(UnsentError) as caught:
            send(engine, settings(port), mail_id)
        kinds.append(type(caught.value))
    assert kinds == [UnsentError] * 4 + [UndeliverableError]


@pytest.mark.parametrize("mail", [None, "", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b> x"])
def test_an_account_without_a_usable_address_gets_none(engine: Engine, mail: str | None) -> None:
    mail_id = asked(engine, mail=mail)
    box = Box()
    with mail_server(box) as port, pytest.raises(UndeliverableError):
        send(engine, settings(port), mail_id)
    assert box.arrived == []


def test_nothing_in_a_title_becomes_a_header(engine: Engine) -> None:
    asked(engine)
    evil = "Am See\r\nBcc: everybody@example.org\n\nFrom: me\x00\u2028X: y"
    with transaction(engine) as session:
        mail = session.get_one(Mail, row(engine).id)
        mail.values = {**VALUES, "title": evil.replace("\x00", "")}
    with mail_server(box := Box()) as port:
        send(engine, settings(port), row(engine).id)
    (arrived,) = box.mails
    expected = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
    mime = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding", "X-Peer", "X-MailFrom",
            "X-RcptTo"}  # fmt: skip
    assert set(arrived.keys()) - mime == expected
    assert box.recipients == ["k@example.org"]
    assert arrived["Subject"].startswith("KE-1: geprüft – Am See Bcc: everybody@example.org")


def test_a_template_in_a_title_is_only_text() -> None:
    subject, body = filled("check_done", "de", {**VALUES, "title": "{{ 7 * 7 }}", "link": None})
    assert "{{ 7 * 7 }}" in subject
    assert "49" not in body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(known()))
def test_every_template_says_something_and_misses_no_value(name: str, language: str) -> None:
    subject, body = filled(
        name, language, {**VALUES, **OF_TASKS, "link": "https://example.org/cases/c-1"}
    )
    assert subject.startswith("KE-1: ")
    assert "https://example.org/cases/c-1" in body
    assert "\n\n\n" not in body
    assert max(map(len, body.splitlines())) <= 100
    with pytest.raises(UndefinedError):
        filled(name, language, {})


def test_an_unknown_template_is_a_bug_at_once(engine: Engine) -> None:
    with pytest.raises(KeyError), transaction(engine) as session:
        letters.ask(session, journal.Entry(seq=1), Account(), "nothing", {})


def test_a_link_leads_to_where_users_see_the_case(engine: Engine) -> None:
    asked(engine)
    with transaction(engine) as session:
        mail = session.get_one(Mail, row(engine).id)
        person = session.get_one(Account, mail.account_id)
    made = message(mail, person, settings(25, base_url="https://belang.example/x/"))
    assert "https://belang.example/x/vorgaenge/c-1" in made.get_content()
    with pytest.raises(AddressError):
        address("a@b c")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return certificate and key of a mail server, which is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    made = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-out", str(made[0]), "-keyout", str(made[1])],
        check=True, capture_output=True,
    )  # fmt: skip
    return made


# Of a server that speaks TLS from the first byte its library does not know that it does.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("protection", ["starttls", "tls"])
def test_a_protected_server_is_logged_in_to_and_its_certificate_checked(
    engine: Engine, certificate: tuple[Path, Path], protection: str
) -> None:
    mail_id, box = asked(engine), Box()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def may(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == b"geheim"
        return AuthResult(success=right, handled=False)

    options: dict[str, Any] = {"authenticator": may, "auth_required": True}
    if protection == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    else:
        options |= {"ssl_context": context, "auth_require_tls": False}
    login = {"smtp_tls": protection, "smtp_user": "belang"}
    with mail_server(box, **options) as port:
        with pytest.raises(UnsentError, match="SSL"):  # nobody vouches for it
            send(engine, settings(port, **login, smtp_password=SecretStr("geheim")), mail_id)
        login |= {"ca_bundle": certificate[0]}  # type: ignore[dict-item]
        with pytest.raises(UnsentError, match="535"):
            send(engine, settings(port, **login, smtp_password=SecretStr("falsch")), mail_id)
        assert box.arrived == []
        send(engine, settings(port, **login, smtp_password=SecretStr("geheim")), mail_id)
    assert len(box.mails) == 1


def test_a_mailbox_gets_its_mail_with_a_link_that_only_we_can_have_made(
    engine: Engine, tmp_path: Path
) -> None:
    box, number = Box(), uuid4()
    with transaction(engine) as session:
        entry = journal.append(session, "task.released", actor="system")
        values = {**VALUES, **OF_TASKS, "answer_link": str(number), "check": "k-1"}
        for _ in range(2):
            letters.ask(session, entry, "natur@landkreis.example", "task_asked", values)
        mail_id = session.scalars(select(Mail.id).where(Mail.event == entry.seq)).one()
        assert str(seal.sealed(tmp_path, number)) not in str(session.get_one(Mail, mail_id).values)
    with mail_server(box) as port:
        base = HttpUrl("https://belang.example")
        send(engine, settings(port, base_url=base, data=tmp_path), mail_id)
    assert box.recipients == ["natur@landkreis.example"]
    said = box.mails[0].get_content()
    [word] = re.findall(r"https://belang\.example/antwort/(\S+)", said)
    assert seal.opened(tmp_path, word) == number
    assert seal.opened(tmp_path / "other", word) is None
    assert seal.opened(tmp_path, word[:-2] + ("AA" if word[-2:] != "AA" else "BB")) is None
    assert "https://belang.example/api/v1/checks/k-1/map" in said
    assert (tmp_path / seal.KEY).stat().st_mode & 0o077 == 0
