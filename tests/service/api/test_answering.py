"""From a checked plan to the released answers of all offices, over HTTP."""

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, select, update

from service import journal, seal
from service.cases.answering.forgetting import forget
from service.cases.asking.reminding import Desk, remind_all
from service.cases.events import happened
from service.db import transaction
from service.models import AnswerLink, Case, Entry, Mail, Membership, Task
from tests.service.api.offices import House, add, house, in_days
from tests.service.cases import files
from tests.service.postgres import Server

ASKED = ["BAA", "KE", "SBA", "UDB", "UNB", "UWB"]


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
    """Return the case that the walk leads from the check to the end; tests go on in order."""
    return there.checked(procedure="par4-2", uses=("wohnen",))


def decide(there: House, case: UUID, office: str, status: int = 200, **said: Any) -> Any:
    return there.call("coordinator", "PUT", f"/cases/{case}/offices/{office}", status, json=said)


def begun(there: House, who: str, task: dict[str, Any], **said: Any) -> dict[str, Any]:
    path = f"/tasks/{task['id']}/contributions"
    return there.call(who, "POST", path, 201, json=said)  # type: ignore[no-any-return]


def words(item: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Return an item as it is saved again."""
    names = ("kind", "text", "basis", "binding", "exception", "exception_by", "layer", "rule",
             "restricted", "edition", "topic", "stance", "priority", "object")  # fmt: skip
    return {**{name: item[name] for name in names}, **changed}


def taken(there: House, who: str, contribution: dict[str, Any]) -> None:
    """Take every prepared item as it is."""
    for item in contribution["items"]:
        match = {"If-Match": f'"{item["revision"]}"'}
        said = words(item, restricted=False)  # what speaks of a restricted layer stays so
        there.call(who, "PUT", f"/items/{item['id']}", headers=match, json=said)


def finished(there: House, who: str, contribution: dict[str, Any]) -> dict[str, Any]:
    path = f"/contributions/{contribution['id']}/circulation"
    return there.call(who, "POST", path)  # type: ignore[no-any-return]


def answer_of(there: House, case: UUID, office: str, who: str = "coordinator") -> dict[str, Any]:
    found = there.call(who, "GET", f"/cases/{case}/answers")["answers"]
    return next(one for one in found if one["office"] == office)  # type: ignore[no-any-return]


def mails(there: House, template: str) -> list[Mail]:
    with transaction(there.app.state.engine) as session:
        rows = select(Mail).where(Mail.template == template).order_by(Mail.event)
        return list(session.scalars(rows))


def released(there: House, case: UUID, *only: str) -> None:
    body = {"due": in_days(10), "offices": list(only)}
    there.call("coordinator", "POST", f"/cases/{case}/release", 201, json=body)


def test_the_coordinator_decides_whom_to_ask_and_the_proposal_stays(
    there: House, case: UUID
) -> None:
    seen = there.call("coordinator", "GET", f"/cases/{case}/offices")["offices"]
    found = {one["office"]: one["proposal"]["certainty"] for one in seen}
    assert found == {
        "UNB": "certain", "KE": "certain", "UWB": "certain", "UDB": "certain", "SBA": "certain",
        "IMM": "certain", "LfD": "possible",
    }  # fmt: skip
    assert decide(there, case, "IMM", 422, decision="drop")["code"] == "reason-missing"
    dropped = decide(there, case, "IMM", decision="drop", reason="Gewerbelärm ist geklärt.")
    assert dropped["proposed"]["reasons"][0]["rule"] == "I1"
    assert decide(there, case, "BAA", 422, decision="involve")["code"] == "reason-missing"
    assert decide(there, case, "BAA", decision="involve", reason="Baugrund")["decision"] == "add"
    assert decide(there, case, "LfD", 422, decision="involve")["code"] == "body-outside"
    assert decide(there, case, "LfD", decision="hint")["decision"] == "hint"
    assert decide(there, case, "XY", 422, decision="involve")["code"] == "office-unknown"
    assert decide(there, case, "BAA", 422, decision="carry")["code"] == "nothing-to-carry"


def test_a_release_gives_every_office_its_task_and_mail_once(there: House, case: UUID) -> None:
    path = f"/cases/{case}/release"
    past = {"due": in_days(-1)}
    assert there.call("coordinator", "POST", path, 422, json=past)["code"] == "due-past"
    key = {"Idempotency-Key": str(uuid4())}
    body = {"due": in_days(10), "deadlines": {"UDB": in_days(12)}, "note": "Bitte zügig."}
    made = there.call("coordinator", "POST", path, 201, json=body, headers=key)
    again = there.call("coordinator", "POST", path, 201, json=body, headers=key)
    assert (made, made["state"]) == (again, "with_offices")
    assert sorted(one["office"] for one in made["asked"]) == ASKED
    asked = mails(there, "task_asked")
    assert len(asked) == len(ASKED)
    assert {mail.mailbox for mail in asked} >= {"naturschutz@landkreis.example"}
    told = next(m for m in asked if m.mailbox == "naturschutz@landkreis.example").values
    assert len(told["reasons"]) == 1  # the restricted one stands in the case only
    assert there.call("coordinator", "POST", path, 409, json=body)["code"] == "nobody-to-ask"


def test_an_office_sees_its_own_task_and_no_other(there: House, case: UUID) -> None:
    task = there.task(case, "UNB")
    assert there.ask("UWB", "GET", f"/tasks/{task['id']}").status_code == 404
    assert there.ask("UFB", "GET", f"/cases/{case}/offices").status_code == 403
    assert [row["office"] for row in there.call("UNB", "GET", "/tasks")["tasks"]] == ["UNB"]
    read = there.call("UNB", "GET", f"/tasks/{task['id']}")
    assert (read["state"], read["note"]) == ("seen", "Bitte zügig.")
    assert [r["rule"] for r in read["reasons"]] == ["N1", "N2"]
    assert [f["layer"] for f in read["findings"]] == ["nsg", "arten"]
    offices = there.call("UWB", "GET", f"/cases/{case}/offices")["offices"]
    others = next(o for o in offices if o["office"] == "UNB")
    assert [r["rule"] for r in others["proposal"]["reasons"]] == ["N1"]


def test_prepared_items_wait_for_a_person(there: House, case: UUID) -> None:
    made = begun(there, "UNB", there.task(case, "UNB"))
    first, second = made["items"]
    assert first["text"] == "Die Planung liegt auf 400,0 m² in Objekt nsg."
    assert (first["name"], first["label"], first["binding"]) == ("UNB-1", "Einwendung", "law")
    assert (first["restricted"], second["restricted"]) == (False, True)
    away = there.call("UNB", "POST", f"/contributions/{made['id']}/circulation", 422)
    assert (away["code"], away["items"]) == ("items-prepared", [1, 2])
    assert there.ask("UWB", "GET", f"/contributions/{made['id']}").status_code == 404
    assert there.ask("coordinator", "GET", f"/contributions/{made['id']}").status_code == 404
    begin = f"/tasks/{there.task(case, 'UNB')['id']}/contributions"
    assert there.call("UNB", "POST", begin, 409, json={})["code"] == "contribution-under-way"


def test_two_people_in_one_draft_do_not_overwrite_each_other(there: House, case: UUID) -> None:
    draft = there.task(case, "UNB")["draft"]
    item = there.call("UNB", "GET", f"/contributions/{draft}")["items"][0]
    path, match = f"/items/{item['id']}", {"If-Match": f'"{item["revision"]}"'}

    def save(text: str) -> Any:
        return there.ask("UNB", "PUT", path, headers=match, json=words(item, text=text))

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(save, ("der erste Satz", "der zweite Satz")))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert lost.json()["theirs"]["text"] == won.json()["text"]
    merged = words(item, text="der erste und der zweite Satz")
    again = {"If-Match": f'"{lost.json()["revision"]}"'}
    saved = there.ask("UNB-2", "PUT", path, headers=again, json=merged)
    same = there.ask("UNB-2", "PUT", path, headers=match, json=merged)  # the answer was lost
    assert (saved.status_code, same.status_code) == (200, 200)
    assert saved.json()["revision"] == same.json()["revision"]
    assert there.ask("UNB", "PUT", path, json=merged).status_code == 428


def test_a_place_is_drawn_and_comes_back(there: House, case: UUID) -> None:
    draft = there.task(case, "UNB")["draft"]
    path = f"/contributions/{draft}/items"
    place = {"geometry": {"type": "Point", "coordinates": [12.43, 51.16]}}
    said = {"kind": "hinweis", "text": "Quelle", "place": place}
    made = there.call("UNB", "POST", path, 201, json=said)
    assert made["place"]["coordinates"] == pytest.approx([12.43, 51.16], abs=1e-6)
    crossing = [[12, 51], [13, 52], [13, 51], [12, 52], [12, 51]]
    for wrong in ({"type": "Point", "coordinates": [51.16, 102.43]},
                  {"type": "Polygon", "coordinates": [crossing]},
                  {"type": "GeometryCollection", "geometries": []}):  # fmt: skip
        said = {"kind": "hinweis", "text": "x", "place": {"geometry": wrong}}
        assert there.call("UNB", "POST", path, 422, json=said)["code"] == "place-invalid"
    first = there.call("UNB", "GET", f"/contributions/{draft}")["items"][0]
    where, match = f"/items/{first['id']}/place", {"If-Match": f'"{first["revision"]}"'}
    found = {"layer": "nsg", "object": "nsg-1"}
    taken_over = there.call("UNB", "PUT", where, json=found, headers=match)
    assert taken_over["place"]["type"] == "Polygon"
    assert (taken_over["object"], taken_over["text"]) == ("nsg-1", first["text"])
    none = {"layer": "nsg", "object": "nsg-9"}
    match = {"If-Match": "*"}
    assert there.call("UNB", "PUT", where, 422, json=none, headers=match)["code"] == "place-unknown"
    own = {"kind": "eigene_planung", "text": "Radweg"}
    assert there.call("UNB", "POST", path, 422, json=own)["code"] == "planned-for-missing"
    gone = {"If-Match": '"9"'}
    assert there.ask("UNB", "DELETE", f"/items/{made['id']}", headers=gone).status_code == 412
    there.call("UNB", "DELETE", f"/items/{made['id']}", 204, headers={"If-Match": '"1"'})
    assert (
        there.call("UNB", "POST", path, 201, json={"kind": "hinweis", "text": "y"})["number"] == 4
    )


def test_a_contribution_goes_round_is_returned_and_signed(there: House, case: UUID) -> None:
    draft = there.task(case, "UNB")["draft"]
    taken(there, "UNB", there.call("UNB", "GET", f"/contributions/{draft}"))
    round_ = finished(there, "UNB", {"id": draft})
    assert there.ask("UWB-deputy", "GET", f"/contributions/{draft}").status_code == 404
    assert (round_["state"], round_["signatures"][0]["step"]) == ("circulating", "head")
    assert there.task(case, "UNB")["state"] == "cosigning"
    sign, back = f"/contributions/{draft}/signatures", f"/contributions/{draft}/returns"
    assert there.call("UNB", "POST", sign, 403, json={})["code"] == "signature-not-yours"
    assert there.ask("UNB-head", "POST", back, json={"remark": ""}).status_code == 422
    there.call("UNB-head", "POST", back, json={"remark": "Rechtsgrundlage fehlt"})
    assert there.call("UNB-head", "POST", sign, 409, json={})["code"] == "nothing-to-sign"
    assert there.task(case, "UNB")["state"] == "working"
    finished(there, "UNB", {"id": draft})
    done = there.call("UNB-head", "POST", sign, json={})
    assert (done["state"], done["signatures"][0]["state"]) == ("released", "signed")
    assert there.task(case, "UNB")["state"] == "answered"
    assert [len(mails(there, name)) for name in ("signature_asked", "contribution_returned")] == [
        2,
        1,
    ]
    with transaction(there.app.state.engine) as session:
        told = list(session.scalars(select(Entry.action).where(Entry.case_id == case)))
    assert [told.count(a) for a in ("task.circulated", "contribution.signed")] == [2, 1]


def test_what_is_released_others_read_but_for_what_is_restricted(there: House, case: UUID) -> None:
    for who, numbers in (("coordinator", [1, 2, 4]), ("UNB-2", [1, 2, 4]), ("UWB", [1, 4])):
        items = answer_of(there, case, "UNB", who)["items"]
        assert [item["number"] for item in items] == numbers, who
    released = there.task(case, "UNB")["released"]
    assert len(there.call("UWB", "GET", f"/contributions/{released}")["items"]) == 2
    item = answer_of(there, case, "UNB")["items"][0]
    match = {"If-Match": "*"}
    for who, status in (("UWB", 403), ("coordinator", 403), ("UNB", 409)):
        path = f"/items/{item['id']}"
        assert there.ask(who, "PUT", path, headers=match, json=words(item)).status_code == status


def test_a_question_goes_to_the_planner_through_the_coordinator(there: House, case: UUID) -> None:
    task = there.task(case, "UWB")
    question = {"question": "Bitte das Entwässerungskonzept."}
    asked = there.call("UWB", "POST", f"/tasks/{task['id']}/supplements", 201, json=question)
    assert (asked["state"], asked["stops_clock"]) == ("asked", False)
    events = f"/supplements/{asked['id']}/events"
    forward = {"action": "forward", "text": "Bitte reichen Sie das Konzept nach."}
    assert there.ask("UWB", "POST", events, json=forward).status_code == 403
    sent = there.call("coordinator", "POST", events, json=forward)
    assert (sent["question"], sent["own_words"]) == (forward["text"], question["question"])
    where = f"/cases/{case}"
    assert there.call("coordinator", "GET", where)["state"] == "supplement_due"
    empty = {"action": "answer"}
    assert there.call("coordinator", "POST", events, 422, json=empty)["code"] == "answer-empty"
    there.call("coordinator", "POST", events, json={"action": "answer", "text": "Liegt bei."})
    assert there.call("coordinator", "GET", where)["state"] == "with_offices"
    assert len(mails(there, "supplement_asked")) == 1
    assert mails(there, "supplement_answered")[0].mailbox == "wasser@landkreis.example"
    other = there.call("UWB", "POST", f"/tasks/{task['id']}/supplements", 201, json=question)
    no = {"action": "refuse", "reason": "Liegt schon vor."}
    there.call("coordinator", "POST", f"/supplements/{other['id']}/events", json=no)
    listed = there.call("UWB", "GET", f"{where}/supplements")["supplements"]
    assert [one["state"] for one in listed] == ["answered", "refused"]


def test_a_deputy_signs_as_a_deputy(there: House, case: UUID) -> None:
    made = begun(there, "UWB", there.task(case, "UWB"))
    taken(there, "UWB", made)
    finished(there, "UWB", made)
    path = f"/contributions/{made['id']}/signatures"
    done = there.call("UWB-deputy", "POST", path, json={"remark": "in Vertretung"})
    assert (done["state"], done["signatures"][0]["deputy"]) == ("released", "deputy:head")


def test_a_mailbox_answers_once_by_its_link_without_an_account(there: House, case: UUID) -> None:
    task = there.task(case, "SBA")
    with transaction(there.app.state.engine) as session:
        rows = select(AnswerLink).where(AnswerLink.task_id == UUID(task["id"]))
        number = session.scalars(rows).one().id
    word = seal.sealed(there.data, number)
    seen = there.call("nobody", "GET", f"/links/{word}")
    assert (seen["office"], seen["answerable"], len(seen["reasons"])) == ("SBA", True, 1)
    forged = seal.sealed(there.data / "elsewhere", number)
    assert there.ask("nobody", "GET", f"/links/{forged}").status_code == 404
    assert there.ask("nobody", "GET", f"/links/{word[:-1]}").status_code == 422
    said = {"kind": "keine_bedenken", "contact": "Straßenbauamt"}
    there.call("nobody", "POST", f"/links/{word}", 201, json=said)
    assert there.call("nobody", "POST", f"/links/{word}", 409, json=said)["code"] == "link-used"
    found = answer_of(there, case, "SBA")
    assert (found["state"], found["items"][0]["kind"]) == ("answered", "keine_bedenken")
    more = there.call("coordinator", "POST", f"/tasks/{task['id']}/links", 201)
    other = more["address"].rpartition("/")[2]
    assert there.call("nobody", "POST", f"/links/{other}", 409, json=said)["code"] == "answer-there"


def test_a_letter_is_entered_with_its_source(there: House, case: UUID) -> None:
    task = there.task(case, "BAA")
    path = f"/tasks/{task['id']}/contributions"
    assert there.call("coordinator", "POST", path, 403, json={})["code"] == "office-not-yours"
    unknown = {"source": "letter", "document": str(uuid4())}
    assert there.call("coordinator", "POST", path, 422, json=unknown)["code"] == "document-unknown"
    said = {"source": "letter", "received": in_days(0)}
    made = begun(there, "coordinator", task, **said)
    assert finished_refused(there, made["id"]) == "contribution-empty"
    both = (
        {"kind": "forderung", "text": "Baugrundgutachten"},
        {"kind": "keine_bedenken", "text": "ok"},
    )
    items = [there.call("coordinator", "POST", f"/contributions/{made['id']}/items", 201, json=i)
             for i in both]  # fmt: skip
    assert finished_refused(there, made["id"]) == "items-contradict"
    gone = {"If-Match": "*"}
    there.call("coordinator", "DELETE", f"/items/{items[1]['id']}", 204, headers=gone)
    done = finished(there, "coordinator", made)
    assert (done["state"], done["source"], done["signatures"]) == ("released", "letter", [])
    assert answer_of(there, case, "BAA")["items"][0]["label"] == "Forderung / Festsetzungsvorschlag"


def finished_refused(there: House, contribution: str) -> str:
    path = f"/contributions/{contribution}/circulation"
    return str(there.call("coordinator", "POST", path, 422)["code"])


def test_the_staff_unit_prepares_its_own_part_and_a_person_decides(
    there: House, case: UUID
) -> None:
    made = begun(there, "coordinator", there.task(case, "KE"))
    said = {(i["topic"], i["block"], i["stance"], i["priority"], i["text"]) for i in made["items"]}
    assert said == {
        ("economy", "markt", "supports", None, "Erweitert Objekt gewerbe."),
        ("kek", "wirtschaft", "supports", 1, "KEK, Leitbild „Wirtschaft“: ja"),
        ("kek", "wirtschaft", "supports", 1,
         "KEK, Maßnahme „Objekt kek“ (Leitbild „Wirtschaft“): dient"),
        ("kek", "orte", "supports", 2, "KEK, Leitbild „Orte“: ja"),
    }  # fmt: skip
    again = there.call("coordinator", "POST", f"/contributions/{made['id']}/prepared")
    assert len(again["items"]) == 4
    taken(there, "coordinator", made)
    assert finished(there, "coordinator", made)["state"] == "released"


def test_who_is_late_is_reminded_once_and_reported(there: House, case: UUID) -> None:
    task = there.task(case, "UDB")
    events = f"/tasks/{task['id']}/events"
    with transaction(there.app.state.engine) as session:
        wednesday = date(2027, 3, 10)
        session.execute(update(Task).where(Task.id == UUID(task["id"])).values(due=wednesday))
    there.call("UDB", "POST", events, json={"action": "wait", "body": "LfD", "until": "2027-03-05"})
    there.call("UDB", "POST", events,
               json={"action": "resubmit", "day": "2027-03-08", "note": "Ortstermin"})  # fmt: skip
    seen = []
    for day in range(1, 15):
        desk = Desk(there.app.state.engine, there.app.state.house, there.district.offices,
                    date(2027, 3, day))  # fmt: skip
        remind_all(desk)
        assert remind_all(desk) == 0  # a worker that runs again
        with transaction(there.app.state.engine) as session:
            told = select(Entry.facts).where(Entry.action.in_(("task.reminded", "task.escalated")))
            names = [facts["occasion"] for facts in session.scalars(told.order_by(Entry.seq))]
        seen += [(day, name) for name in names[len(seen) :]]
    assert seen == [
        (6, "before-3-2027-03-10"), (6, "outside-2027-03-05"), (8, "resubmit-2027-03-08"),
        (9, "before-1-2027-03-10"), (11, "overdue-2027-03-10"), (11, "escalated-2027-03-10"),
    ]  # fmt: skip
    assert mails(there, "task_outside")[0].values["body"] == "LfD"
    assert mails(there, "task_resubmitted")[0].values["memo"] == "Ortstermin"
    [up] = mails(there, "task_escalated")
    assert up.account_id == there.accounts["coordinator"]


def test_a_late_answer_is_an_answer_and_shows_that_it_is_late(there: House, case: UUID) -> None:
    task = there.task(case, "UDB")
    with transaction(there.app.state.engine) as session:
        yesterday = date.today() - timedelta(days=1)
        session.execute(update(Task).where(Task.id == UUID(task["id"])).values(due=yesterday))
    awaited = there.call("UWB", "GET", f"/cases/{case}/answers")
    assert awaited["awaited"] == ["UDB"]
    assert [
        row["office"] for row in there.call("coordinator", "GET", "/tasks?late=true")["tasks"]
    ] == ["UDB"]
    made = begun(there, "UDB", task)
    assert [item["kind"] for item in made["items"]] == ["forderung"]
    taken(there, "UDB", made)
    assert finished(there, "UDB", made)["state"] == "released"
    found = there.call("UWB", "GET", f"/cases/{case}/answers")
    assert (found["awaited"], found["supplement"]) == ([], [])
    assert {one["office"]: (one["state"], one["late"]) for one in found["answers"]} == {
        office: ("answered", office == "UDB") for office in ASKED
    }


def test_only_the_office_changes_its_words(there: House, case: UUID) -> None:
    item = answer_of(there, case, "UDB")["items"][0]
    path = f"/items/{item['id']}/suggestions"
    said = {"text": "Das Denkmal ist zu erhalten.", "kind": "hinweis", "reason": "kürzer"}
    assert there.ask("UWB", "POST", path, json=said).status_code == 403
    made = there.call("coordinator", "POST", path, 201, json=said)
    assert there.call("coordinator", "POST", path, 409, json=said)["code"] == "suggestion-open"
    answer = f"/suggestions/{made['id']}/answer"
    assert there.ask("coordinator", "POST", answer, json={"accept": True}).status_code == 403
    assert answer_of(there, case, "UDB")["items"][0]["text"] == item["text"]
    there.call("UDB", "POST", answer, json={"accept": True})
    now = answer_of(there, case, "UDB")["items"][0]
    assert (now["text"], now["kind"], now["number"]) == (said["text"], "hinweis", item["number"])
    assert (
        there.call("UDB", "POST", answer, 409, json={"accept": False})["code"] == "suggestion-over"
    )
    other = there.call("coordinator", "POST", f"/items/{now['id']}/suggestions", 201,
                       json={"text": "Nein.", "reason": "x"})  # fmt: skip
    there.call("UDB", "POST", f"/suggestions/{other['id']}/answer", json={"accept": False})
    assert answer_of(there, case, "UDB")["items"][0]["text"] == said["text"]


def test_a_revised_draft_asks_only_those_to_whom_something_is_new(there: House, case: UUID) -> None:
    there.checked(180.0, case_id=case, procedure="par4-2", uses=("wohnen",))
    seen = there.call("coordinator", "GET", f"/cases/{case}/offices")
    again = {one["office"]: one["again"] for one in seen["offices"] if not one["external"]}
    assert seen["version"] == 2
    assert {office for office, new in again.items() if not new} == {"SBA"}  # no rule named BAA
    decide(there, case, "BAA", decision="carry")
    decide(there, case, "IMM", decision="drop", reason="Gewerbelärm ist geklärt.")
    body = {"due": in_days(10)}
    made = there.call("coordinator", "POST", f"/cases/{case}/release", 201, json=body)
    assert sorted(one["office"] for one in made["asked"]) == ["KE", "UDB", "UFB", "UNB", "UWB"]
    assert made["carried"] == ["SBA"]
    found = there.call("coordinator", "GET", f"/cases/{case}/answers")
    standing = {one["office"]: one["carried"] for one in found["answers"] if one["released"]}
    assert standing == {"BAA": True, "SBA": True}
    assert found["awaited"] == ["KE", "UDB", "UFB", "UNB", "UWB"]


def test_an_early_answer_is_taken_over_with_its_numbers(there: House, case: UUID) -> None:
    task = there.call("UNB", "GET", f"/tasks/{there.task(case, 'UNB')['id']}")
    [earlier] = task["reusable"]
    assert (earlier["version"], earlier["items"]) == (1, 3)
    made = begun(there, "UNB", task, reuse=earlier["id"])
    assert [(i["number"], i["reused"], i["prepared"]) for i in made["items"]] == [
        (1, True, False), (2, True, True), (4, True, False),
    ]  # fmt: skip
    assert "unter 0,1 % der Planung" in made["items"][1]["text"]  # the plan has grown
    taken(there, "UNB", {"items": [made["items"][1]]})  # the figures of this draft
    item = {"kind": "hinweis", "text": "neu"}
    added = there.call("UNB", "POST", f"/contributions/{made['id']}/items", 201, json=item)
    assert added["number"] == 5
    finished(there, "UNB", made)
    there.call("UNB-head", "POST", f"/contributions/{made['id']}/signatures", json={})
    for office in ("KE", "UDB", "UFB", "UWB"):
        task = there.task(case, office)
        said = {"kind": "keine_bedenken"}
        there.call(office, "POST", f"/tasks/{task['id']}/answers", 201, json=said)
    assert there.call("coordinator", "GET", f"/cases/{case}/answers")["awaited"] == []


def test_what_comes_after_the_statement_is_kept_for_a_supplement(there: House, case: UUID) -> None:
    with transaction(there.app.state.engine) as session:
        row = session.get_one(Case, case, with_for_update=True)
        for action in ("consolidation.begun", "statement.sent"):
            happened(session, row, action, actor=journal.SYSTEM)
    made = begun(there, "UFB", there.task(case, "UFB"))
    assert (made["late"], made["notice"][:38]) == (True, "Die Stellungnahme des Landkreises ist ")
    item = {"kind": "forderung", "text": "Waldabstand"}
    there.call("UFB", "POST", f"/contributions/{made['id']}/items", 201, json=item)
    for old in made["items"]:
        match = {"If-Match": "*"}
        there.call("UFB", "DELETE", f"/items/{old['id']}", 204, headers=match)
    assert finished(there, "UFB", made)["state"] == "released"
    found = there.call("coordinator", "GET", f"/cases/{case}/answers")
    stands = next(one for one in found["answers"] if one["office"] == "UFB")
    assert [item["kind"] for item in stands["items"]] == ["keine_bedenken"]
    assert [(one["office"], one["items"][0]["text"]) for one in found["supplement"]] == [
        ("UFB", "Waldabstand")
    ]
    with transaction(there.app.state.engine) as session:
        assert list(journal.faults(session)) == []


def test_other_ends_of_a_task(there: House) -> None:
    case = there.checked(procedure="bimschg")
    decide(there, case, "KE", decision="drop", reason="nicht zuständig")
    released(there, case, "UNB", "UWB", "UDB")
    task = there.task(case, "UNB")
    events = f"/tasks/{task['id']}/events"
    said = {
        "action": "not_affected",
        "code": "data_outdated",
        "reason": "Das Gebiet ist aufgehoben.",
    }
    assert there.ask("coordinator", "POST", events, json=said).status_code == 403
    closed = there.call("UNB", "POST", events, json=said)
    assert (closed["state"], closed["closing_code"]) == ("not_affected", "data_outdated")
    wet = f"/tasks/{there.task(case, 'UWB')['id']}/events"
    none = {"action": "no_answer", "reason": "trotz zweier Erinnerungen"}
    assert there.ask("UWB", "POST", wet, json=none).status_code == 403
    assert there.call("coordinator", "POST", wet, json=none)["state"] == "no_answer"
    found = answer_of(there, case, "UWB")
    assert (found["state"], found["contribution"], found["items"]) == ("no_answer", None, [])
    again = {"action": "reopen", "due": in_days(5), "reason": "meldet sich doch"}
    assert there.call("coordinator", "POST", wet, json=again)["state"] == "open"
    there.call("coordinator", "POST", wet,
               json={"action": "stand_in", "office": "UFB", "reason": "nicht besetzt"})  # fmt: skip
    assert mails(there, "task_asked")[-1].mailbox == "forst@landkreis.example"
    inbox = there.call("UFB", "GET", f"/tasks?case={case}")["tasks"]
    assert [(row["office"], row["stand_in"]) for row in inbox] == [("UWB", "UFB")]
    stranger = {"action": "forward", "account": str(there.accounts["SBA"])}
    assert there.call("UFB", "POST", wet, 422, json=stranger)["code"] == "assignee-unknown"
    there.call(
        "UFB", "POST", wet, json={"action": "forward", "account": str(there.accounts["UFB"])}
    )
    assert there.call("UFB", "GET", "/tasks?mine=true")["tasks"][0]["mine"]
    there.call("UFB", "POST", f"/tasks/{there.task(case, 'UWB')['id']}/answers", 201,
               json={"kind": "fehlanzeige"})  # fmt: skip
    decide(there, case, "UDB", decision="drop", reason="kein Denkmal")
    assert there.task(case, "UDB")["state"] == "withdrawn"
    path = f"/tasks/{there.task(case, 'UDB')['id']}/contributions"
    assert there.call("UDB", "POST", path, 409, json={})["code"] == "task-withdrawn"
    left = there.call("coordinator", "GET", f"/cases/{case}/answers")["answers"]
    assert [one["office"] for one in left] == ["UNB", "UWB"]


def test_a_claim_becomes_a_task_once_the_coordinator_confirms(there: House) -> None:
    case = there.checked()
    released(there, case, "UNB")
    claim = {"reason": "Wald im Umfeld"}
    there.call("UFB", "POST", f"/cases/{case}/claims", 201, json=claim)
    offices = there.call("coordinator", "GET", f"/cases/{case}/offices")["offices"]
    claimed = next(one for one in offices if one["office"] == "UFB")
    assert claimed["proposal"]["certainty"] == "claimed"
    assert claimed["proposal"]["reasons"][0]["because"] == "Wald im Umfeld"
    decide(there, case, "UFB", decision="involve")
    body = {"due": in_days(4), "offices": ["UFB"]}
    made = there.call("coordinator", "POST", f"/cases/{case}/release", 201, json=body)
    assert [one["office"] for one in made["asked"]] == ["UFB"]
    assert there.call("UFB", "GET", f"/tasks?case={case}")["tasks"][0]["state"] == "open"


def test_a_planner_reads_what_was_forwarded_and_answers(there: House) -> None:
    case = there.checked()
    add(there, "town", "planner")
    with transaction(there.app.state.engine) as session:
        town = session.scalars(select(Membership.organisation_id)).one()
        session.get_one(Case, case).organisation_id = town
    question = {"question": "Bitte das Schallgutachten."}
    made = there.call("coordinator", "POST", f"/cases/{case}/supplements", 201, json=question)
    path = f"/cases/{case}/supplements"
    assert there.call("town", "GET", path) == {"supplements": []}
    events = f"/supplements/{made['id']}/events"
    said = {"action": "answer", "text": "Kommt."}
    assert there.ask("town", "POST", events, json=said).status_code == 404
    there.call("coordinator", "POST", events, json={"action": "forward"})
    assert there.call("town", "GET", path)["supplements"][0]["own_words"] is None
    assert there.ask("town", "POST", events, json={"action": "withdraw"}).status_code == 403
    assert there.call("town", "POST", events, json=said)["state"] == "answered"
    assert there.ask("town", "GET", f"/cases/{case}/answers").status_code == 403


def test_decisions_and_answers_teach_about_the_rules(there: House) -> None:
    add(there, "steward", "steward")
    found = there.call("steward", "GET", "/statistics/rules")
    rules = {(one["rule"], one["office"]): one for one in found["rules"]}
    assert rules["N1", "UNB"]["codes"]["data_outdated"] == 1
    assert rules["N1", "UNB"]["not_affected"] < rules["N1", "UNB"]["asked"]
    assert (rules["I1", "IMM"]["asked"], rules["I1", "IMM"]["dropped"] >= 2) == (0, True)
    assert {one["office"] for one in found["missed"]} == {"BAA", "UFB"}
    assert there.ask("UNB", "GET", "/statistics/rules").status_code == 403


def test_the_number_of_statements_does_not_grow_with_the_tasks(there: House) -> None:
    def statements(path: str) -> int:
        noted: list[object] = []
        engine = there.app.state.engine
        event.listen(engine, "before_cursor_execute", note := lambda *given: noted.append(given))
        there.call("coordinator", "GET", path)
        event.remove(engine, "before_cursor_execute", note)
        return len(noted)

    case = there.checked()
    released(there, case, "UNB")
    for path in ("/tasks?limit=500", f"/cases/{case}/offices", f"/cases/{case}/answers"):
        statements(path)  # the token is noted as used once in a while
    few = [statements(f"/cases/{case}/{what}") for what in ("offices", "answers")]
    one = statements("/tasks?limit=1")
    released(there, case, "UWB", "UDB", "SBA", "KE")
    for office in ("UWB", "UDB", "SBA", "KE"):
        said = {"kind": "keine_bedenken"}
        there.call(
            office, "POST", f"/tasks/{there.task(case, office)['id']}/answers", 201, json=said
        )
    assert [statements(f"/cases/{case}/{what}") for what in ("offices", "answers")] == few
    assert statements("/tasks?limit=500") <= one


def docx() -> bytes:
    """Return the smallest letter that is one."""
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
        'package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="'
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
        '2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        "</Relationships>"
    )
    text = (
        '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/'
        'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Bedenken</w:t></w:r></w:p></w:body>'
        "</w:document>"
    )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relations)
        archive.writestr("word/document.xml", text)
    return held.getvalue()


def test_a_mailbox_may_answer_with_a_letter_that_the_coordinator_enters(there: House) -> None:
    case = there.checked()
    released(there, case, "UWB")
    task = there.task(case, "UWB")
    made = there.call("coordinator", "POST", f"/tasks/{task['id']}/links", 201)
    path = f"/links/{made['address'].rpartition('/')[2]}"
    plan = {"file": ("lageplan.txt", b"Lageplan", "text/plain")}
    where = f"/cases/{case}/documents"
    for edition in ("outward", "inner"):
        there.call("coordinator", "POST", where, 201, files=plan, data={"edition": edition})
    seen = there.call("nobody", "GET", path)
    assert [finding["layer"] for finding in seen["findings"]] == ["uesg"]
    [document] = seen["documents"]
    assert there.ask("nobody", "GET", f"{path}/documents/{document['id']}").content == b"Lageplan"
    inner = next(d["id"] for d in there.call("coordinator", "GET", where)["documents"]
                 if d["edition"] == "inner")  # fmt: skip
    assert there.ask("nobody", "GET", f"{path}/documents/{inner}").status_code == 404
    wrong = there.call("nobody", "POST", f"{path}/documents", 422, files=plan)
    assert wrong["code"] == "letter-other-kind"
    torn = files.misnamed(docx(), "word/document.xml")
    damaged = {"file": ("antwort.docx", torn, "application/octet-stream")}
    refused = there.call("nobody", "POST", f"{path}/documents", 422, files=damaged)
    assert refused["code"] == "archive-corrupt"
    letter = {"file": ("antwort.docx", docx(), "application/octet-stream")}
    sent = there.call("nobody", "POST", f"{path}/documents", 201, files=letter)
    again = there.call("nobody", "POST", f"{path}/documents", 409, files=letter)
    assert (sent["filename"], again["code"]) == ("antwort.docx", "link-used")
    assert len(mails(there, "letter_arrived")) == 1
    read = there.call("coordinator", "GET", f"/contributions/{sent['contribution']}")
    assert (read["source"], read["writable"], read["items"]) == ("docx", True, [])
    item = {"kind": "bedenken", "text": "Bedenken"}
    there.call("coordinator", "POST", f"/contributions/{read['id']}/items", 201, json=item)
    assert finished(there, "coordinator", read)["state"] == "released"


def test_what_is_forgotten_leaves_what_was_said(there: House) -> None:
    case = there.checked()
    released(there, case, "UNB", "SBA")
    task = there.task(case, "SBA")
    said = {"kind": "keine_bedenken", "contact": "Frau Muster"}
    there.call("SBA", "POST", f"/tasks/{task['id']}/answers", 201, json=said)
    no = {"action": "not_affected", "code": "other", "reason": "sagt Herr Muster"}
    there.call("UNB", "POST", f"/tasks/{there.task(case, 'UNB')['id']}/events", json=no)
    question = {"question": "Frau Muster fragen"}
    there.call("coordinator", "POST", f"/cases/{case}/supplements", 201, json=question)
    with transaction(there.app.state.engine) as session:
        forget(session, case)
    found = answer_of(there, case, "SBA")
    assert (found["contact"], found["items"][0]["kind"]) == (None, "keine_bedenken")
    assert answer_of(there, case, "UNB")["closing"] == "–"
    asked = there.call("coordinator", "GET", f"/cases/{case}/supplements")["supplements"]
    assert asked[0]["question"] == "–"
