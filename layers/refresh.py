"""Refreshing a layer: harvest, build aside, compare with the version in force, then switch.

Whatever goes wrong on the way, the version in force stays and the reason is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.problem import Problem, Refusal, Text
from layers import sources
from layers.building import Built
from layers.guard import Candidate, Objection, objections
from layers.harvest.manners import POLITE, Manners
from layers.harvest.visit import UnchangedError, Visit, visit
from layers.importing import imported
from layers.layer import Layer
from layers.published import Published
from layers.store import Store
from layers.unavailable import LayerUnavailableError
from layers.version import FORMAT, LayerVersion, open_version

Event = Literal["published", "unchanged", "refused", "accepted"]


@dataclass(frozen=True)
class Outcome:
    """What a refresh came to. `version` and `count` are of what the source holds now, where that
    could be found out; `protocol` says how it was asked.
    """

    layer: Layer
    event: Event
    code: str | None = None
    reason: Text | None = None
    version: str | None = None
    count: int | None = None
    previous: str | None = None
    protocol: Mapping[str, Any] | None = None

    @property
    def kept(self) -> bool:
        """Whether the version in force is not what the source holds now."""
        return self.event == "refused"


def refresh(
    store: Store,
    layer: Layer,
    *,
    who: str,
    dry_run: bool = False,
    manners: Manners = POLITE,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    during: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Publish what the source of `layer` holds now, or keep the version in force and say why.

    A dry run harvests and compares, and publishes nothing. `during` is told what is being done.
    """
    published = store.published(layer)
    try:
        with published.refreshing():
            published.mend()
            before = current(store, layer)
            known = _validators(store, layer, published) if before else {}
            name = layer.source.name
            with visit(name, published.spool, manners=manners, known=known) as going:
                outcome, facts = _tried(store, layer, before, going, during)
            if not dry_run:
                _kept(published, outcome, facts, who, now())
            return outcome
    except Refusal as refusal:  # running already, or the data folder
        return Outcome(layer, "refused", refusal.code, refusal.text)


def _tried(
    store: Store,
    layer: Layer,
    before: Candidate | None,
    going: Visit,
    during: Callable[[str], None],
) -> tuple[Outcome, Mapping[str, Any] | None]:
    """Return what a refresh would come to, and the facts of the candidate if there is one."""
    previous = before.version.folder.name if before else None
    during("harvest")
    try:
        area = store.competence(layer.source)
        built = _built(store, layer, area, going)
    except UnchangedError:
        return _as_before(store, layer, going)
    except Problem as problem:
        text, code = problem.text, problem.code
    except LayerUnavailableError as error:
        text, code = error.text, "source-unusable"
    except Exception as error:  # noqa: BLE001 - a bug, too, must leave the version in force
        text = Text(f"{type(error).__name__}: {error}", f"{type(error).__name__}: {error}")
        code = "source-unusable"
    else:
        during("compare")
        return _compared(store, layer, built, before, area, going)
    protocol = going.protocol().to_json()
    return Outcome(layer, "refused", code, text, previous=previous, protocol=protocol), None


def _as_before(
    store: Store, layer: Layer, going: Visit
) -> tuple[Outcome, Mapping[str, Any] | None]:
    """Return the outcome for a source that says itself that nothing has changed."""
    facts = store.published(layer).current() or {}
    name, count = facts["version"], facts["event"]["count"]
    protocol = going.protocol().to_json()
    outcome = Outcome(layer, "unchanged", None, None, name, count, name, protocol)
    return outcome, {k: v for k, v in facts.items() if k not in ("event", "since", "refreshed")}


def _asked(store: Store, layer: Layer) -> list[Any]:
    """Return everything in the catalogue that makes a version out of what the source says."""
    source = layer.source
    return [FORMAT, store.crs.to_string(), source.type, source.layer, source.stated, layer.id]


def _validators(store: Store, layer: Layer, published: Published) -> Mapping[str, str]:
    """Return what the source can be asked with whether it is as before; none where it is asked
    for something else now.
    """
    facts = published.current() or {}
    same = facts.get("asked") == _asked(store, layer)
    return (facts["protocol"].get("validators") or {}) if same else {}


def _built(store: Store, layer: Layer, area: BaseGeometry | None, going: Visit) -> Built:
    if layer.fault is not None:
        raise LayerUnavailableError(layer.fault)
    return imported(
        store.base(layer) / "versions",
        sources.pages(layer.source, going),
        store.crs,
        id_attribute=layer.id,
        area=area,
    )


def _compared(
    store: Store,
    layer: Layer,
    built: Built,
    before: Candidate | None,
    area: BaseGeometry | None,
    going: Visit,
) -> tuple[Outcome, Mapping[str, Any]]:
    protocol = going.protocol().to_json()
    after = Candidate(built.version, built.repaired, built.duplicates)
    name, count = built.version.folder.name, built.version.count
    previous = before.version.folder.name if before else None
    facts = {
        "version": name,
        "origin": built.origin,
        "repaired": built.repaired,
        "duplicates": built.duplicates,
        "protocol": protocol,
        "asked": _asked(store, layer),
    }
    against: tuple[Objection, ...] = ()
    if name != previous:
        box = None if area is None else np.array(shapely.bounds(area))
        against = objections(layer, after, before, crs=store.crs, area=box)
    event: Event = "refused" if against else "unchanged" if name == previous else "published"
    reason = Text("; ".join(o.text.de for o in against), "; ".join(o.text.en for o in against))
    return Outcome(
        layer,
        event,
        against[0].code if against else None,
        reason if against else None,
        name,
        count,
        previous,
        protocol,
    ), facts


def current(store: Store, layer: Layer) -> Candidate | None:
    """Return the version in force, or the last one known of; None where there is none, or it is
    damaged.
    """
    published = store.published(layer)
    facts: Mapping[str, Any] | None = published.current()
    if facts is None:  # never published, or the pointer was lost
        before = [event for event in published.events() if event["event"] != "refused"]
        facts = before[-1] if before else {"version": "-"}
    version = _whole(store, layer, facts["version"])
    if version is None:
        return None
    return Candidate(version, facts.get("repaired", 0), facts.get("duplicates", 0))


def _kept(
    published: Published,
    outcome: Outcome,
    facts: Mapping[str, Any] | None,
    who: str,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Write down what a refresh came to."""
    when = now.isoformat(timespec="microseconds")
    event = {
        "when": when,
        "event": outcome.event,
        "who": who,
        "version": outcome.version,
        "previous": outcome.previous,
        "count": outcome.count,
        "code": outcome.code,
        "reason": outcome.reason and {"de": outcome.reason.de, "en": outcome.reason.en},
        "because": reason,
    }
    if outcome.event == "refused":
        stale = {"code": outcome.code, "reason": event["reason"], "staged": facts}
        published.refuse(stale, event)
        return
    earlier = published.current() or {}
    since = earlier.get("since") if outcome.event == "unchanged" else when
    published.switch({**(facts or {}), "since": since, "refreshed": when}, event)


def accept(
    store: Store,
    layer: Layer,
    *,
    who: str,
    reason: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Outcome:
    """Publish the candidate of a refused refresh; a person answers for it, with a reason.

    Raises
    ------
    Refusal
        ``nothing-staged`` where there is no whole candidate; ``refresh-running``,
        ``data-folder``.
    """
    published = store.published(layer)
    with published.refreshing():
        staged = (published.stale() or {}).get("staged") or {}
        version = _whole(store, layer, staged.get("version", "-"))
        if version is None:
            raise Refusal("nothing-staged", NOTHING)
        state = published.state()
        outcome = Outcome(
            layer,
            "accepted",
            state.code,
            state.reason,
            staged["version"],
            version.count,
            state.version,
        )
        _kept(published, outcome, staged, who, now(), reason)
        return outcome


def _whole(store: Store, layer: Layer, name: str) -> LayerVersion | None:
    try:
        version = open_version(store.base(layer) / "versions" / name)
        version.verified("keys")
        return version
    except (OSError, ValueError):
        return None


NOTHING = Text(
    "Für diese Schicht wartet kein Datenstand auf eine Entscheidung.",
    "No version of this layer waits for a decision.",
)
