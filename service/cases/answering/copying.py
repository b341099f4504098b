"""Items of one version as the beginning of the next: the same words under the same numbers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import inspect

from service.models.contribution import Item

OWN = frozenset({"id", "contribution_id", "reused_from", "by", "revision", "changed", "prepared"})
KEPT = tuple(name for name in inspect(Item).column_attrs.keys() if name not in OWN)  # noqa: SIM118


def copied(items: Iterable[Item], contribution_id: UUID, by: str) -> list[Item]:
    """Return copies of items for another contribution, each knowing where it comes from."""
    return [
        Item(
            contribution_id=contribution_id,
            reused_from=item.id,
            # Whoever writes an item reads it: a confidential one stays with who wrote it.
            by=item.by if item.restricted else by,
            revision=1,
            prepared=False,
            **{name: getattr(item, name) for name in KEPT},
        )
        for item in items
        if not item.prepared
    ]
