"""The cases of the demonstration: what each is about, and what has happened to it."""

from dataclasses import dataclass

TOWN, OFFICE = "Stadt Musterstadt", "Planungsbüro Beispiel"
RELEASED, BEGUN = "offices.released", "consolidation.begun"
SENT, RESULT, CLOSED = "statement.sent", "result.received", "case.closed"
ASSESSMENT = (
    "Der Planung stehen keine unüberwindbaren Belange entgegen, wenn die Auflagen und Hinweise der "
    "beteiligten Fachämter berücksichtigt werden."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the public sees of a case: in a sentence, on display from and to, in days from today."""

    summary: str
    link: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A case: the plan, who sends it, how many days ago, how long it may take, what happened.

    `verdict` and `assessment` are of its statement, where one was sent.
    """

    plan: str
    sender: str | None
    ago: int
    days: int | None
    procedure: str
    steps: tuple[str, ...] = ()
    shown: Shown | None = None
    verdict: str = "conditions"
    assessment: str = ASSESSMENT

    @property
    def before(self) -> tuple[str, ...]:
        """The steps before its statement is sent."""
        return self.steps[: self.steps.index(SENT)] if SENT in self.steps else self.steps

    @property
    def after(self) -> tuple[str, ...]:
        """The steps that follow the sending of its statement."""
        return self.steps[len(self.before) + 1 :]


WACHAU = Shown(
    "Neue Gewerbeflächen südlich des vorhandenen Gewerbeparks, mit Erschließung und Grünzug.",
    "https://www.musterstadt.example/auslegung/gewerbepark-wachau", -12, 18,
)  # fmt: skip
FNP = Shown(
    "Die Änderung des Flächennutzungsplans zeigt, wo künftig gebaut werden soll und was frei "
    "bleibt.",
    "https://www.musterstadt.example/bauleitplanung/flaechennutzungsplan", -45, -5,
)  # fmt: skip
CASES = (
    Sample("wohnen-am-hainer-see", TOWN, 3, 27, "par4-2"),
    Sample("radweg-borna-kitzscher", OFFICE, 5, 40, "voranfrage"),
    Sample("gewerbepark-wachau", TOWN, 12, 18, "par4-2", (RELEASED,), shown=WACHAU),
    Sample("windpark-lossatal", OFFICE, 20, 10, "bimschg", (RELEASED,)),
    Sample("pv-a72", TOWN, 26, 4, "par4-2", (RELEASED, "supplement.requested")),
    Sample("leitung-eula-grimma", None, 34, 22, "planfeststellung", (RELEASED, BEGUN)),
    Sample("fnp-musterstadt", TOWN, 45, None, "par4-1", (RELEASED, BEGUN, SENT), FNP),
    Sample("strasse-naunhof", None, 120, -30, "planfeststellung", (RELEASED, BEGUN, SENT, RESULT)),
    Sample(
        "satzung-kohren",
        TOWN,
        200,
        -150,
        "par34-35",
        (RELEASED, BEGUN, SENT, RESULT, CLOSED),
        verdict="notes",
    ),
    Sample("glasfaser-frohburg-kohren", OFFICE, 8, 82, "tkg-127", ("case.rested",)),
    Sample("umbau-schloss-colditz", TOWN, 9, 21, "baugenehmigung", ("case.withdrawn",)),
    Sample("skizze-ohne-koordinatensystem", TOWN, 1, 30, "voranfrage"),
)
