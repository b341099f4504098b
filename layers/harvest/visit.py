"""A visit to one source: what it is asked, what is written down, and the proof at the end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gis.problem import Refusal
from layers.harvest.manners import POLITE, Manners
from layers.harvest.proof import Account, Ending, Tally, prove
from layers.harvest.protocol import Ledger, Protocol
from layers.harvest.refusals import refuse
from layers.harvest.request import Answer, Request
from layers.harvest.spool import Spool
from layers.reading import Features

if TYPE_CHECKING:
    from layers.harvest.client import Client


class UnchangedError(Exception):
    """The source holds what it held when the version in force was made: nothing to harvest."""


@dataclass
class Visit:
    """What a source works with. Every page goes through `count`, and `finish` ends the visit.

    `known` holds ``etag`` and ``last-modified`` of the version in force, from its protocol.
    """

    client: "Client"
    spool: Spool
    ledger: Ledger
    aside: Path  # for answers that are not worth keeping
    known: Mapping[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    @property
    def manners(self) -> Manners:
        """The limits of this visit."""
        return self.client.manners

    def ask(self, request: Request) -> Answer:
        """Return the answer to a question about the source as it is now."""
        return self.client.fetch(request, self.aside / f"{request.key}.body")

    @contextmanager
    def page(self, request: Request) -> Iterator[Answer]:
        """Give a page, from the spool where an earlier attempt has left it.

        A page that turns out to be unusable is forgotten, so that the next attempt asks again.
        """
        answer = self.spool.kept(request)
        if answer is not None:
            self.ledger.spooled += 1
        else:
            answer = self.client.fetch(request, self.spool.place(request))
            self.spool.keep(request, answer)
        try:
            yield answer
        except Refusal:
            self.spool.drop(request)
            raise

    def count(self, features: Features, ids: Iterable[str | None]) -> None:
        """Count a page.

        Raises
        ------
        Refusal
            ``source-repeats`` for anything that was there before, ``source-too-large``.
        """
        self.ledger.pages += 1
        try:
            self.tally.add(features, ids)
        except Refusal:
            self.spool.clear()  # nobody knows which of the pages is the wrong one
            raise
        self.ledger.received, self.ledger.distinct = self.tally.received, self.tally.distinct
        self.ledger.evidence = self.tally.evidence
        if self.tally.received > self.manners.most_features:
            raise refuse("source-too-large", f"> {self.manners.most_features}")

    def finish(self, ended: Ending, *, full: bool = False) -> None:
        """Prove that the harvest is complete and forget what was spooled.

        Raises
        ------
        Refusal
            ``source-repeats``, ``source-incomplete``; the spool is emptied as well, since the
            pages in it do not make a whole.
        """
        tally, ledger = self.tally, self.ledger
        account = Account(
            tally.received, tally.distinct, ledger.counts, ended, tally.evidence, full
        )
        try:
            for note in prove(account):
                ledger.notes.setdefault(note.code, note)
        finally:
            self.spool.clear()
        ledger.complete = True

    def protocol(self) -> Protocol:
        """Return the protocol as of now."""
        return self.ledger.protocol()


@contextmanager
def visit(
    source: str,
    spool: Path,
    *,
    manners: Manners = POLITE,
    known: Mapping[str, str] | None = None,
    client: "Callable[[Ledger, Manners], Client] | None" = None,
) -> Iterator[Visit]:
    """Open a visit to `source` (a name for the protocol) that spools into a folder of its own."""
    from layers.harvest.client import Client  # 0.2 s that a check of known versions need not pay

    ledger = Ledger(source)
    asking = (client or Client)(ledger, manners)
    try:
        with TemporaryDirectory(prefix="belang-") as aside:
            yield Visit(asking, Spool(spool, manners.spool_age), ledger, Path(aside), known or {})
    finally:
        asking.close()
