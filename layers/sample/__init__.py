"""The schematic sample region, drawn from facts by the project's own deterministic code.

No shape in it is official, and every feature says so. It exists so that everything can be tried
on something a planner recognises.
"""

from layers.sample.region import VERSION, build, is_current

__all__ = ["VERSION", "build", "is_current"]
