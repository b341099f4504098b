"""Who signs after whom, in whose place, and what items are called where."""

import pytest

from gis.problem import Text
from service.cases.answering.chain import chain, following, may_sign
from service.cases.answering.labels import KINDS, label, numbered
from service.house.house import Function, HouseOffice, Signer

HEAD = Function(Text("Leitung", "Head"), "leitung@landkreis.example")
LAW = Signer("law", Text("Rechtsamt", "Law"), "recht@landkreis.example",
             procedures=frozenset({"planfeststellung"}))  # fmt: skip


def test_the_head_signs_last_where_it_releases() -> None:
    office = HouseOffice("a@landkreis.example", HEAD, head_releases=True, sign_off=(LAW,))
    assert [one.code for one in chain(office, "UNB", "planfeststellung")] == ["law", "head"]
    assert [(one.code, one.office) for one in chain(office, "UNB", "par4-2")] == [("head", "UNB")]
    assert chain(HouseOffice("a@landkreis.example", HEAD), "UNB", None) == ()


def test_only_the_function_or_its_deputy_signs_and_only_in_its_office() -> None:
    head, deputy = frozenset({"head"}), frozenset({"deputy:head"})
    assert may_sign(head, "UNB", "head", "UNB") == "head"
    assert may_sign(deputy, "UNB", "head", "UNB") == "deputy:head"
    assert may_sign(head | deputy, "UNB", "head", "UNB") == "head"
    assert may_sign(head, "UWB", "head", "UNB") is None
    assert may_sign(frozenset(), "UNB", "head", "UNB") is None
    assert may_sign(frozenset({"law"}), None, "law", None) == "law"


def test_what_follows() -> None:
    assert following(["signed", "asked", "waiting"]) == 1
    assert following(["signed", "signed"]) is None
    assert following([]) is None


@pytest.mark.parametrize(
    ("kind", "procedure", "plan", "own", "called"),
    [
        ("forderung", "par4-2", "bebauungsplan", False, "Forderung / Festsetzungsvorschlag"),
        ("forderung", "bimschg", "windenergie", False, "Nebenbestimmung"),
        ("forderung", "rvp", "strasse", False, "Forderung"),
        ("einwendung", "par4-2", "bebauungsplan", False, "Einwendung"),
        ("einwendung", "planfeststellung", "strasse", True, "Einwendung als Betroffener"),
        ("einwendung", "par4-2", "flaechennutzungsplan", True, "Widerspruch, § 7 BauGB"),
        ("hinweis", "planfeststellung", "strasse", True, "Hinweis"),
    ],
)
def test_what_an_item_is_called_follows_from_the_procedure(
    kind: str, procedure: str, plan: str, own: bool, called: str
) -> None:
    assert label(kind, procedure, plan, own_rights=own).de == called


def test_an_authority_makes_a_statement_where_the_affected_object() -> None:
    said = label("einwendung", "planfeststellung").de
    assert said.startswith("Stellungnahme")
    assert all(label(kind, None).en for kind in KINDS)
    assert numbered("UNB", 3) == "UNB-3"
