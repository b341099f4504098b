"""Whether data are as fresh as the catalogue promises. Pure: the day comes from the caller."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from gis.problem import Text
from layers.layer import Layer


def as_of(layer: Layer, published: str | None = None) -> str | None:
    """Return the day (ISO) that the data describe: as the catalogue states it, else the day on
    which they were published; None where neither is known.
    """
    return layer.data_date or published


def overdue(layer: Layer, on: date, refreshed: str | None = None) -> Text | None:
    """Say that the data of a layer are older on the day `on` than its refresh interval allows.

    `refreshed` is the day (ISO) on which they were last found to be what the source holds, which
    counts where it is later than the data's own. None where there is nothing to say.
    """
    if layer.refresh_days is None:
        return None
    days = [day for day in (layer.data_date, refreshed) if day is not None]
    if not days:
        return Text("Der Stand der Daten ist nicht bekannt.", "The date of the data is not known.")
    last = max(date.fromisoformat(day) for day in days)
    due = last + timedelta(days=layer.refresh_days)
    if on <= due:
        return None
    return Text(
        f"Die Daten sind vom {last:%d.%m.%Y} und wären bis zum {due:%d.%m.%Y} zu erneuern gewesen.",
        f"The data are of {last.isoformat()} and should have been renewed by {due.isoformat()}.",
    )


def stale(state: Mapping[str, Any]) -> Text | None:
    """Say since when newer data were refused, and why; `state` as in a version's facts."""
    since, reason = state.get("stale_since"), state.get("reason")
    if since is None or reason is None:
        return None
    day = date.fromisoformat(since[:10])
    return Text(
        f"Seit dem {day:%d.%m.%Y} scheitert die Erneuerung: {reason['de']}",
        f"Since {day.isoformat()} the renewal fails: {reason['en']}",
    )


def joined(*texts: Text | None) -> Text | None:
    """Return several sentences as one text; None where there is none."""
    said = [text for text in texts if text is not None]
    return Text(" ".join(t.de for t in said), " ".join(t.en for t in said)) if said else None
