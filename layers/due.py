"""Which layers are to be refreshed by the clock: those that say how old they may become."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from layers import sources
from layers.layer import Layer
from layers.store import Store
from layers.unavailable import LayerUnavailableError

AGAIN = timedelta(hours=6)  # after a refresh was refused


def due(store: Store, layers: Iterable[Layer], now: datetime) -> list[Layer]:
    """Return the layers whose interval has run out, or that were never published.

    A refresh that was refused is tried again after some hours. Layers without an interval, and
    files that nobody has ever published, are left to people.
    """
    return [layer for layer in layers if _scheduled(store, layer) and _due(store, layer, now)]


def _scheduled(store: Store, layer: Layer) -> bool:
    if layer.refresh_days is None or layer.fault is not None:
        return False
    return layer.source.type in sources.REFRESHED or store.published(layer).exists()


def _due(store: Store, layer: Layer, now: datetime) -> bool:
    published = store.published(layer)
    try:
        state = published.state()
        last = [datetime.fromisoformat(str(event["when"])) for event in published.events()[-1:]]
    except (LayerUnavailableError, ValueError, KeyError):
        return True  # refreshing mends it, or says what is wrong
    if state.refreshed is None or state.stale_since is not None:
        return all(now - when >= AGAIN for when in last)
    age = now.date() - date.fromisoformat(state.refreshed[:10])
    return age.days >= (layer.refresh_days or 0)
