"""A layer that is refreshed: which version of it is in force, and since when it is out of date.

In the layer's folder lie `current.json`, which names the version in force and is only ever
replaced as a whole; `stale.json` while the last refresh was refused; and `history.jsonl`. At any
moment a crash leaves either the old state or the new one.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.problem import Refusal, Text
from layers.folder import unwritable, write_whole
from layers.history import Event, History
from layers.unavailable import LayerUnavailableError
from layers.version import LayerVersion, checked_facts, checked_text, open_version

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """Which version of a layer is in force. Times are ISO 8601 with their zone.

    `since`: when this version was published; `refreshed`: when it was last found to be what the
    source holds. `stale_since` with `reason` and `code` where later refreshes were refused;
    `staged` is the version they would have led to. All None where there is none.
    """

    version: str | None
    since: str | None
    refreshed: str | None
    stale_since: str | None = None
    code: str | None = None
    reason: Text | None = None
    staged: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of the layer `code`, in a folder of its own."""

    folder: Path
    code: str

    def exists(self) -> bool:
        """Tell whether the layer was ever refreshed; then it no longer follows its source."""
        return any((self.folder / name).exists() for name in ("current.json", "stale.json"))

    @property
    def history(self) -> History:
        """What happened to the layer."""
        return History(self.folder / "history.jsonl")

    @property
    def spool(self) -> Path:
        """Where an interrupted harvest keeps what it has."""
        return self.folder / "spool"

    def current(self) -> Facts | None:
        """Return what `current.json` holds: version, origin, event; None where there is none."""
        return self._read("current.json")

    def stale(self) -> Facts | None:
        """Return why the last refresh was refused; None where it was not."""
        stale = self._read("stale.json")
        current = self.current()
        # It may be left over from a crash just after the switch to a newer state.
        if stale is None or stale["after"] != (current and current["refreshed"]):
            return None
        return stale

    def state(self) -> State:
        """Return the state of the layer."""
        current, stale = self.current() or {}, self.stale() or {}
        reason = stale.get("reason")
        return State(
            version=current.get("version"),
            since=current.get("since"),
            refreshed=current.get("refreshed"),
            stale_since=stale.get("since"),
            code=stale.get("code"),
            reason=Text(reason["de"], reason["en"]) if reason else None,
            staged=(stale.get("staged") or {}).get("version"),
        )

    def version(self, versions: Path) -> LayerVersion:
        """Open the version in force; its facts say under `published` how old it is.

        Raises
        ------
        LayerUnavailableError
            If none was ever published, or it is damaged; with the command that helps.
        """
        current = self.current()
        if current is None:
            raise LayerUnavailableError(self._never())
        try:
            version = open_version(versions / current["version"])
        except (OSError, ValueError) as error:
            raise LayerUnavailableError(self._damaged()) from error
        state = self.state()
        facts = {
            "since": state.since,
            "refreshed": state.refreshed,
            "stale_since": state.stale_since,
            "reason": state.reason and {"de": state.reason.de, "en": state.reason.en},
        }
        region = (current.get("protocol") or {}).get("region")
        return version.by({**current["origin"], "published": facts, "region": region})

    def switch(self, facts: Facts, event: Event) -> None:
        """Put another version in force, or the same one as found again now.

        Raises
        ------
        Refusal
            ``data-folder``.
        """
        with self._writing():
            self._complete()
            self._write("current.json", {**facts, "event": event})
            self._complete()
            (self.folder / "stale.json").unlink(missing_ok=True)

    def refuse(self, facts: Facts, event: Event) -> None:
        """Leave the version in force, say since when and why it is out of date.

        Raises
        ------
        Refusal
            ``data-folder``.
        """
        earlier, current = self.stale(), self.current()
        since = earlier["since"] if earlier else event["when"]
        after = current and current["refreshed"]
        with self._writing():
            self._complete()
            self._write("stale.json", {**facts, "since": since, "after": after})
            self.history.add(event)

    def _complete(self) -> None:
        """Write down the event of the last switch, where a crash has kept it from being."""
        written = self.history.events()
        for event in self.events():
            if event not in written:
                self.history.add(event)

    def events(self) -> list[Event]:
        """Return what happened, the oldest first."""
        events = self.history.events()
        current = self.current()
        last = current and current.get("event")
        if last and last not in events:
            events.append(last)
        return sorted(events, key=lambda e: str(e["when"]))

    def mend(self) -> None:
        """Set aside what cannot be read, so that a refresh can write it anew."""
        for name in ("current.json", "stale.json"):
            try:
                self._read(name)
            except LayerUnavailableError:
                (self.folder / name).replace(self.folder / f"{name}.damaged")

    def versions(self) -> set[str]:
        """Return the names of the versions that must stay: the one in force, the staged one."""
        state = self.state()
        return {name for name in (state.version, state.staged) if name}

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """Keep others from refreshing this layer at the same time.

        Raises
        ------
        Refusal
            ``refresh-running``, ``data-folder``.
        """
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Refusal("refresh-running", RUNNING) from error
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def _write(self, name: str, facts: Facts) -> None:
        write_whole(self.folder / name, checked_text(facts))

    def _read(self, name: str) -> Facts | None:
        try:
            return checked_facts((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise LayerUnavailableError(self._damaged()) from error

    def _never(self) -> Text:
        command = f"belang layers refresh {self.code}"
        return Text(
            f"Noch kein Datenstand veröffentlicht; bitte ausführen: {command}",
            f"No version has been published yet; run: {command}",
        )

    def _damaged(self) -> Text:
        command = f"belang layers refresh {self.code}"
        return Text(
            f"Der veröffentlichte Datenstand ist beschädigt; bitte ausführen: {command}",
            f"The published version is damaged; run: {command}",
        )


RUNNING = Text(
    "Die Schicht wird gerade von einem anderen Vorgang aktualisiert.",
    "The layer is being refreshed by another process.",
)
