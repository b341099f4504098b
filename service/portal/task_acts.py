"""What is done with the forms on the page of a task; each does what a route does for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gis.problem import Text
from service.api.shown import item_out
from service.cases.answering import contributions as answering
from service.cases.answering import items, quick, suggesting
from service.cases.answering.circulating import circulate, give_back, sign
from service.cases.answering.contributions import (
    Opened,
    Source,
    contribution_of,
    items_of,
    may_write,
    set_head,
    under_way,
)
from service.cases.answering.places import place_from
from service.cases.answering.preparing import prepare, prepared_for, renew
from service.cases.asking.desk import Desk
from service.cases.supplements import Question, asked, supplement_of, withdrawn
from service.cases.tasks import doing
from service.cases.tasks.access import may_act
from service.cases.tasks.doing import Bench
from service.config import Settings
from service.district import District
from service.errors import ConflictError, ForbiddenError, NotFoundError
from service.models.case import Case
from service.models.task import Task
from service.portal import task_forms as forms
from service.portal.entered import number
from service.portal.forms import Act


@dataclass(frozen=True, slots=True)
class Table:
    """What the page of a task works with; for a change case and task are locked."""

    desk: Desk
    district: District
    settings: Settings
    case: Case
    task: Task

    @property
    def bench(self) -> Bench:
        """Return what a step with the task works on."""
        return Bench(self.desk, self.case, self.task)

    def opened(self) -> Opened:
        """Return the contribution that is under way.

        Raises
        ------
        ConflictError
            If there is none any more.
        """
        found = under_way(self.desk.session, self.task)
        if found is None:
            raise ConflictError("contribution-not-draft", GONE, state=self.task.state)
        return contribution_of(
            self.desk.session, self.desk.who, found.id, self.desk.house, lock=True
        )


def at_once(table: Table, _: str, given: forms.AtOnce) -> None:
    """Give a short answer."""
    may_act(table.desk.who, table.task, table.desk.house)
    quick.answered(
        table.desk.session, table.desk.who, table.case, table.task, given.kind,
        text=given.text, contact=given.contact,
    )  # fmt: skip


def begin(table: Table, _: str, given: forms.Beginning) -> None:
    """Begin an answer, or a new version of one, with what the findings prepare."""
    found = answering.begin(table.bench, Source(reuse=given.reuse))
    if found.reused_from is None:
        _prepare(table, Opened(table.case, table.task, found, ()))
    else:
        session = table.desk.session
        opened = Opened(table.case, table.task, found, items_of(session, found.id))
        renew(session, table.desk.who, opened, table.district.blocks)


def prepare_more(table: Table, _: str, __: forms.Nothing) -> None:
    """Put in what the findings prepare and is not there."""
    _prepare(table, _writable(table))


def add(table: Table, _: str, given: forms.ItemForm) -> None:
    """Add an item."""
    _add(table, values(given))


def block(table: Table, of: str, _: forms.Nothing) -> None:
    """Add an item from a text block that fits the reasons."""
    session = table.desk.session
    texts = prepared_for(session, table.desk.who, table.case, table.task, table.district.blocks)
    if not of.isdecimal() or int(of) >= len(texts):
        raise NotFoundError
    _add(table, texts[int(of)])


def save(table: Table, of: str, given: forms.ItemForm) -> None:
    """Save an item that was last seen in a revision."""
    session, who = table.desk.session, table.desk.who
    case, task, _, item = items.item_of(session, who, number(of), table.desk.house)
    theirs = item_out(item, case, task.office, "de").model_dump(mode="json")
    said = values(given)
    if said["position"] is None:
        del said["position"]
    seen = None if given.revision is None else {given.revision}
    items.save(session, who, case, item, said, seen, theirs)


def discard(table: Table, of: str, _: forms.Nothing) -> None:
    """Remove an item, or discard a prepared one."""
    session, who = table.desk.session, table.desk.who
    *__, found, item = items.item_of(session, who, number(of), table.desk.house)
    items.remove(session, found, item, None, {})


def head(table: Table, _: str, given: forms.HeadForm) -> None:
    """Set contact and the office's own reference."""
    opened = _writable(table)
    set_head(opened, given.model_dump())


def finish(table: Table, _: str, __: forms.Nothing) -> None:
    """Finish the draft: it goes round, or is released where nobody has to sign."""
    circulate(table.desk, table.opened())


def signed(table: Table, _: str, given: forms.RemarkForm) -> None:
    """Sign the step that is on."""
    sign(table.desk, table.opened(), given.remark)


def returned(table: Table, _: str, given: forms.ReturnForm) -> None:
    """Return the contribution to its writers."""
    give_back(table.desk, table.opened(), given.remark)


def not_affected(table: Table, _: str, given: forms.NotAffectedForm) -> None:
    """Say that the office is not affected after all."""
    may_act(table.desk.who, table.task, table.desk.house)
    doing.not_affected(table.bench, given.code, given.reason)


def wait(table: Table, _: str, given: forms.WaitForm) -> None:
    """Wait for a body outside; without one no more."""
    may_act(table.desk.who, table.task, table.desk.house)
    both = given.body is not None and given.until is not None
    doing.waiting(table.bench, given.body if both else None, given.until if both else None)


def resubmit(table: Table, _: str, given: forms.ResubmitForm) -> None:
    """Have the task brought up again; without a day no more."""
    may_act(table.desk.who, table.task, table.desk.house)
    doing.resubmit(table.bench, given.day, given.note)


def forward(table: Table, _: str, given: forms.ForwardForm) -> None:
    """Pass the task on within the office."""
    may_act(table.desk.who, table.task, table.desk.house)
    doing.forwarded(table.bench, given.account, given.note)


def ask(table: Table, _: str, given: forms.QuestionForm) -> None:
    """Ask the planner back, through the coordinator."""
    asked(table.desk, table.case, table.task, Question(given.question, given.wanted_by))


def unask(table: Table, of: str, _: forms.Nothing) -> None:
    """Ask no longer; only the office that asked."""
    session, who = table.desk.session, table.desk.who
    case, found = supplement_of(session, who, number(of), lock=True)
    if who.office != found.office:
        raise ForbiddenError("coordinator-only", doing.COORDINATOR)
    withdrawn(table.desk, case, found)


def accept(table: Table, of: str, given: forms.RemarkForm) -> None:
    """Accept other words that the coordinator proposes."""
    suggesting.answer(table.desk, number(of), True, given.remark)


def refuse(table: Table, of: str, given: forms.RemarkForm) -> None:
    """Refuse other words that the coordinator proposes."""
    suggesting.answer(table.desk, number(of), False, given.remark)


def values(given: forms.ItemForm) -> dict[str, Any]:
    """Return what is said of an item, as its columns hold it."""
    said = given.model_dump(exclude={"place", "document", "revision"})
    place = given.place
    said["place"] = None if place is None else place_from(place.geometry, place.crs)
    said["document_id"] = given.document
    return said


def _add(table: Table, said: Mapping[str, Any]) -> UUID:
    opened = _writable(table)
    desk = table.desk
    made = items.add(
        desk.session, desk.who, table.case, table.task, opened.contribution, opened.items, said
    )
    return made.id


def _prepare(table: Table, opened: Opened) -> None:
    there = items_of(table.desk.session, opened.contribution.id)
    whole = Opened(table.case, table.task, opened.contribution, there)
    prepare(table.desk.session, table.desk.who, whole, table.district.blocks)


def _writable(table: Table) -> Opened:
    opened = table.opened()
    may_write(table.desk.who, table.task, opened.contribution, table.desk.house)
    return opened


ACTS: Mapping[str, Act[Table]] = {
    "at-once": Act(forms.AtOnce, at_once),
    "begin": Act(forms.Beginning, begin),
    "prepare": Act(forms.Nothing, prepare_more),
    "add": Act(forms.ItemForm, add),
    "block": Act(forms.Nothing, block),
    "save": Act(forms.ItemForm, save),
    "discard": Act(forms.Nothing, discard),
    "head": Act(forms.HeadForm, head),
    "finish": Act(forms.Nothing, finish),
    "sign": Act(forms.RemarkForm, signed),
    "return": Act(forms.ReturnForm, returned),
    "not-affected": Act(forms.NotAffectedForm, not_affected),
    "wait": Act(forms.WaitForm, wait),
    "resubmit": Act(forms.ResubmitForm, resubmit),
    "forward": Act(forms.ForwardForm, forward),
    "ask": Act(forms.QuestionForm, ask),
    "unask": Act(forms.Nothing, unask),
    "accept": Act(forms.RemarkForm, accept),
    "refuse": Act(forms.RemarkForm, refuse),
}
GONE = Text(
    "Hier ist kein Beitrag mehr in Arbeit; bitte die Seite neu laden.",
    "No contribution is under way here any more; please reload the page.",
)
