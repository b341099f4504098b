"""Where features come from; one module a source type, each with `read(source) -> Features`."""

from collections.abc import Callable, Mapping

from layers.layer import Source
from layers.reading import Features
from layers.sources import file

# The schema admits exactly these types; a further one is a module and a line here.
READERS: Mapping[str, Callable[[Source], Features]] = {"file": file.read}


def read(source: Source) -> Features:
    """Read all features of `source`; Refusal or Question where that cannot be done."""
    return READERS[source.type](source)
