"""Which layers of a catalogue a command is about."""

from collections.abc import Sequence

from layers.layer import Layer
from service.commands.usage import UsageError


def chosen(layers: Sequence[Layer], codes: Sequence[str]) -> list[Layer]:
    """Return the layers of these codes in the order of the catalogue; all where none is named.

    Raises
    ------
    UsageError
        For a code that no layer has.
    """
    unknown = set(codes) - {layer.code for layer in layers}
    if unknown:
        raise UsageError(f"no such layer: {', '.join(sorted(unknown))}")
    return [layer for layer in layers if not codes or layer.code in codes]
