"""Belang itself, twice: as a check is done, and by the plain definition it has to agree with."""

from dataclasses import replace

from bench.anchors.answer import Answer, Figures
from layers.catalogue import Catalogue
from layers.store import Store
from service.checks.run import Evidence, Wanted, run
from service.plans.plan import Plan


class Belang:
    """Checks as service, command line and bulk do; layers were opened before."""

    def __init__(
        self, catalogue: Catalogue, store: Store, wanted: Wanted, *, together: bool = True
    ) -> None:
        self.name = "belang" if together else "plain"
        self.together = together
        self.catalogue, self.store, self.wanted = catalogue, store.pinned(), wanted
        self.numbers = {layer.code: n for n, layer in enumerate(catalogue.layers)}

    def ask(self, plan: Plan) -> Evidence:
        """Check a plan."""
        return run(plan, self.catalogue, self.store, self.wanted, together=self.together)

    def answer(self, asked: Evidence) -> Answer:
        """Return the objects of all findings."""
        return {
            (self.numbers[finding.layer.code], found.id): Figures(
                found.distance_m, found.overlap_m2 or 0.0, found.length_m or 0.0
            )
            for finding in asked.findings
            for found in finding.objects
        }


def anew(plan: Plan) -> Plan:
    """Return a plan for which nothing is computed or prepared yet."""
    geometry = plan.geometry
    return replace(plan, geometry=replace(geometry))
