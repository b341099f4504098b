"""The office's pages as a browser gets them: inbox, task, answer, one-time link."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from service import seal
from service.db import transaction
from service.models import AnswerLink, Contribution, Item, Supplement, Task
from tests.service.api.offices import House, house, in_days
from tests.service.postgres import Server

HTML = {"Accept": "text/html"}
CANARY = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def there(
    postgres: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    with postgres.database(template) as name:
        folder: Path = tmp_path_factory.mktemp("house")
        with house(postgres.url(name), folder) as made:
            yield made


@pytest.fixture(scope="module")
def case(there: House) -> UUID:
    """Return a case in which all offices are asked; tests go on in order."""
    asked = there.checked(procedure="par4-2", title=CANARY)
    body = {"due": in_days(5), "note": CANARY}
    there.call("coordinator", "POST", f"/cases/{asked}/release", 201, json=body)
    return asked


def see(there: House, who: str, path: str, status: int = 200) -> str:
    answer = there.client.get(path, headers={**there.people.get(who, {}), **HTML})
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    return answer.text


def send(there: House, who: str, path: str, status: int = 303, **fields: Any) -> Any:
    headers = {**there.people.get(who, {}), **HTML}
    answer = there.client.post(path, data=fields, headers=headers, follow_redirects=False)
    assert answer.status_code == status, (path, answer.status_code, answer.text)
    assert CANARY not in answer.text
    return answer


def rows(there: House, model: Any, *where: Any) -> list[Any]:
    with transaction(there.app.state.engine) as session:
        return list(session.scalars(select(model).where(*where)))


def task_of(there: House, case: UUID, office: str) -> Task:
    found = rows(there, Task, Task.case_id == case, Task.office == office)
    return max(found, key=lambda one: one.released)  # type: ignore[no-any-return]


def test_no_objections_take_two_clicks_from_the_inbox(there: House, case: UUID) -> None:
    page = see(there, "UWB", "/posteingang")
    assert CANARY not in page
    assert "noch 5 Tage" in page
    [of] = re.findall(r'name="of" value="([^"]+)"', page)
    away = send(there, "UWB", "/posteingang?ansicht=offen", act="clear", of=of)
    after = see(there, "UWB", away.headers["location"])
    assert 'role="status">Keine Bedenken mitgeteilt' in after
    assert "Hier wartet nichts" in after
    assert task_of(there, case, "UWB").state == "answered"
    again = send(there, "UWB", "/posteingang", 409, act="clear", of=of)
    assert 'role="alert"' in again.text
    assert "beantwortet" in see(there, "UWB", "/posteingang?ansicht=alle")


def test_views_of_the_inbox_and_the_map_hold_what_they_say(there: House, case: UUID) -> None:
    task = task_of(there, case, "UDB")
    here = f"/aufgaben/{task.id}"
    send(there, "UDB", here, act="resubmit", day=in_days(0), note=CANARY)
    send(there, "UDB", here, act="wait", body="LfD", until=in_days(3))
    send(there, "UDB", here, act="forward", account=str(there.accounts["UDB"]))
    for view in ("vorlage", "meine"):
        assert str(task.id) in see(there, "UDB", f"/posteingang?ansicht={view}")
    assert "LfD" in see(there, "UDB", "/posteingang?ansicht=meine")
    assert str(task.id) not in see(there, "UDB", "/posteingang?ansicht=spaet")
    on_map = see(there, "UDB", "/betroffenheiten")
    assert CANARY not in on_map
    assert f'"href":"/aufgaben/{task.id}"' in on_map
    ground = there.client.get("/kartengrund?box=12,51,12.8,51.4")
    assert {thing["ground"] for thing in ground.json()} >= {"municipality"} or ground.json() == []
    assert there.client.get("/kartengrund?box=13,51,12,51.4").status_code == 422
    see(there, "UNB", here, 404)


def test_an_answer_is_written_saved_and_handed_over(there: House, case: UUID) -> None:
    task = task_of(there, case, "UNB")
    here = f"/aufgaben/{task.id}"
    page = see(there, "UNB", here)
    assert "§" in page
    assert CANARY not in page
    send(there, "UNB", here, act="begin")
    items = rows(there, Item, Item.prepared)
    assert len(items) == 2
    first, *others = sorted(items, key=lambda item: item.number)
    fields = {
        "act": "save", "of": str(first.id), "kind": "forderung", "text": CANARY, "basis": CANARY,
        "exception_by": CANARY, "exception_step": CANARY, "planned_for": CANARY, "object": CANARY,
        "outward": CANARY, "edition": "internal", "binding": "law", "restricted": "true",
        "priority": "2", "revision": str(first.revision),
        "place": '{"type": "Point", "coordinates": [12.46, 51.16]}',
    }  # fmt: skip
    send(there, "UNB", here, **fields)
    [kept] = rows(there, Item, Item.id == first.id)
    assert (kept.text, kept.outward, kept.restricted, kept.priority) == (CANARY, CANARY, True, 2)
    assert (kept.prepared, kept.place is None) == (False, False)
    lost = send(there, "UNB-2", here, 412, **{**fields, "text": "Meine Fassung"})
    assert "Meine Fassung" in lost.text
    assert CANARY in unescape(lost.text)
    wrong = send(there, "UNB", here, 422, **{**fields, "kind": "", "place": "nirgends"})
    assert set(re.findall(r'class="fault" id="save-[\w-]{36}-(\w+)-fault"', wrong.text)) == {
        "kind",
        "place",
    }
    early = send(there, "UNB", here, 422, act="finish")
    assert "Das ging nicht" in early.text
    for item in others:
        send(there, "UNB", here, act="discard", of=str(item.id))
    send(there, "UNB", here, act="add", kind="hinweis", text="Bitte beachten.")
    send(there, "UNB", here, act="block", of="0")
    send(there, "UNB", here, act="head", contact=CANARY, office_reference=CANARY)
    assert CANARY not in see(there, "UNB", here)
    send(there, "UNB", here, act="finish")
    assert "in Mitzeichnung" in see(there, "UNB", here)
    send(there, "UNB-head", here, act="return", remark=CANARY)
    assert CANARY not in see(there, "UNB", here)
    send(there, "UNB", here, act="finish")
    send(there, "UNB", here, 403, act="sign")
    send(there, "UNB-head", here, act="sign", remark=CANARY)
    [found] = rows(there, Contribution, Contribution.task_id == task.id)
    assert (found.state, found.contact) == ("released", CANARY)
    released = see(there, "UNB", here)
    assert "Neue Fassung beginnen" in released
    assert CANARY not in released
    send(there, "UNB", here, act="begin")
    assert task_of(there, case, "UNB").state == "answered"


def test_what_is_missing_is_asked_and_asked_no_longer(there: House, case: UUID) -> None:
    task = task_of(there, case, "SBA")
    here = f"/aufgaben/{task.id}"
    send(there, "SBA", here, 422, act="ask", question="")
    send(there, "SBA", here, act="ask", question=CANARY, wanted_by=in_days(2))
    [one] = rows(there, Supplement)
    assert (one.question, one.office) == (CANARY, "SBA")
    assert CANARY not in see(there, "SBA", here)
    send(there, "UWB", f"/aufgaben/{task_of(there, case, 'UWB').id}", 403, act="unask", of=one.id)
    send(there, "SBA", here, act="unask", of=one.id)
    assert rows(there, Supplement)[0].state == "withdrawn"
    send(there, "SBA", here, 422, act="not-affected", code="", reason="")
    send(there, "SBA", here, act="not-affected", code="data_outdated", reason=CANARY)
    assert task_of(there, case, "SBA").closing_code == "data_outdated"
    assert CANARY not in see(there, "SBA", here)
    send(there, "SBA", here, 404, act="nothing-of-the-kind")


def test_a_link_answers_once_without_an_account(there: House, case: UUID) -> None:
    task = task_of(there, case, "UDB")
    [link] = rows(there, AnswerLink, AnswerLink.task_id == task.id)
    word = seal.sealed(there.app.state.settings.data, link.id)
    page = see(there, "nobody", f"/antwort/{word}")
    assert "Antworten ohne Anmeldung" in page
    assert CANARY not in page
    said = send(there, "nobody", f"/antwort/{word}", 200, kind="keine_bedenken", contact=CANARY)
    assert "eingegangen" in said.text
    assert task_of(there, case, "UDB").state == "answered"
    again = send(there, "nobody", f"/antwort/{word}", 409, kind="keine_bedenken")
    assert 'role="alert"' in again.text
    see(there, "nobody", f"/antwort/{'x' * len(word)}", 404)


def test_an_answer_to_an_earlier_draft_is_taken_over(there: House, case: UUID) -> None:
    there.checked(140.0, case_id=case)
    body = {"due": in_days(5), "offices": ["UNB"]}
    there.call("coordinator", "POST", f"/cases/{case}/release", 201, json=body)
    task = task_of(there, case, "UNB")
    here = f"/aufgaben/{task.id}"
    page = see(there, "UNB", here)
    reuse = re.findall(r'name="reuse" value="([^"]+)"', page)
    send(there, "UNB", here, act="begin", reuse=reuse[-1])
    [found] = rows(there, Contribution, Contribution.task_id == task.id)
    assert str(found.reused_from) == reuse[-1]
    assert "übernommen" in see(there, "UNB", here)


def test_an_office_that_was_not_asked_comes_forward(there: House) -> None:
    other = there.checked(title=CANARY, kind="radweg", uses=())
    here = f"/vorgaenge/{other}"
    page = see(there, "UFB", here)
    assert "Ihr Fachamt ist an diesem Vorgang nicht beteiligt" in page  # no forest lies in it
    assert CANARY not in page
    assert "Bitte ausfüllen" in send(there, "UFB", here, 422, act="claim").text
    send(there, "UFB", here, act="claim", reason=CANARY)
    page = see(there, "UFB", here)
    assert "nicht beteiligt" not in page
    assert CANARY not in page
    send(there, "UFB", here, 409, act="claim", reason="noch einmal")
