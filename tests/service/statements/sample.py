"""A statement on a plan of the sample region: six offices with something to say, and the rest.

One is late, one answers without objections, one is not affected after all, one was dropped; two
contradict each other; documents are missing; one point rests on data not for everybody.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from layers.catalogue import read_catalogue
from layers.store import Store
from service.config import Settings
from service.district import District
from service.house import House, open_house
from service.plans.intake import read_plan
from service.report.audience import INTERNAL, Audience
from service.report.picture import picture
from service.review import Gathered, gather, heard
from service.statements import handover
from service.statements.case import Answer, Case
from service.statements.checked import checked_of
from service.statements.compose import compose
from service.statements.content import (
    Addressee,
    Closing,
    Committee,
    Content,
    Correction,
    Edition,
    Gap,
    Missing,
    Outside,
    Point,
    Received,
    Resolution,
    Signed,
    Subject,
)
from service.statements.edition import Copy, Result, cut

DAY = date(2026, 4, 9)
PLAN = "wohnen-am-hainer-see"


def district(sample: Path) -> District:
    """Open the sample region that lies in `sample`, with the layers other tests have imported."""
    catalogue = read_catalogue(sample / "catalogue.yaml")
    data = sample.parent / "sample-data" / "layers"
    return District(catalogue, Store(data, catalogue.crs, area=catalogue.area))


@cache
def gathered(sample: Path) -> tuple[District, Gathered]:
    """Check a plan of the sample region, once for all tests of a run."""
    place = district(sample)
    read = read_plan(sample / "plans" / f"{PLAN}.geojson", place.intake())
    return place, gather(read, place.catalogue, place.store, place.rules, place.vocabulary, on=DAY)


@cache
def result(sample: Path, role: str, language: str = "de") -> Result:
    """Return what one audience may see of the check."""
    place, found = gathered(sample)
    audience = Audience(role)
    review = heard(found, audience).review(language)
    drawn = picture(review, place.vocabulary, language, store=place.store)
    return Result(review.document, drawn, checked_of(review.document, place.rules, language))


def house() -> House:
    """Return the sample district's house rules."""
    return open_house(Settings())


def names(sample: Path, language: str = "de") -> dict[str, str]:
    """Return the offices' names in their order."""
    offices = gathered(sample)[0].catalogue.offices
    return {office.code: office.name.in_language(language) for office in offices}


def content(sample: Path, language: str = "de", **changes: Any) -> Content:
    """Return the inner edition of the sample statement."""
    inner, outer = result(sample, INTERNAL.role, language), result(sample, "planner", language)
    whole = replace(case(sample, language), **changes)
    return compose(whole, inner.checked, outer.checked, house(), names(sample, language), language)


@cache
def copy(sample: Path, edition: Edition, language: str = "de") -> Copy:
    """Return one edition of the sample statement."""
    inner, outer = result(sample, INTERNAL.role, language), result(sample, "planner", language)
    return cut(content(sample, language), inner, outer, edition)


@cache
def ready(sample: Path, edition: Edition, language: str = "de") -> handover.Prepared:
    """Return one edition with its maps drawn."""
    return handover.prepare(copy(sample, edition, language))


@cache
def files(sample: Path, edition: Edition) -> dict[str, bytes]:
    """Return all that is made of one edition."""
    audit = b'{"entries": ["CANARY-JOURNAL"]}' if edition == "inner" else None
    return handover.files(ready(sample, edition), audit=audit)


def place_of(sample: Path, dx: float, dy: float, radius: float = 25.0) -> dict[str, Any]:
    """Return a circle beside the middle of the plan as GeoJSON in the working CRS."""
    middle = gathered(sample)[1].evidence.plan.geometry.footprint.centroid
    circle = shapely.Point(middle.x + dx, middle.y + dy).buffer(radius, quad_segs=4)
    place: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(circle, 0.01)))
    return place


def case(sample: Path, language: str = "de") -> Case:
    """Return the case behind the sample statement."""
    german = language == "de"
    return Case(
        reference="KE-2026-0142",
        addressee=Addressee(
            ("Stadt Rötha", "Bauamt", "Musterplatz 1", "04571 Rötha"), "60.2/BP-17", "per E-Mail"
        ),
        copies=(Addressee(("Planungsbüro Beispiel", "Musterweg 5", "04103 Leipzig")),),
        subject=Subject(
            title="Bebauungsplan „Wohnen am Hainer See“",
            kind_code="bebauungsplan",
            kind="Bebauungsplan" if german else "binding land-use plan",
            procedure_code="par4-2",
            procedure="förmliche Beteiligung, § 4 (2) BauGB"
            if german
            else "formal participation, § 4 (2) BauGB",
            municipalities=("Rötha", "Neukieritzsch"),
            plan_state="2. Entwurf, Stand 20. Februar 2026",
            asked="2026-03-06",
            received="2026-03-09",
            period_end="2026-04-13",
        ),
        received=(
            Received("Planzeichnung (Teil A)", "2026-02-20", "2026-03-09", "3f1c0a9be2d4" * 5),
            Received("Textliche Festsetzungen (Teil B)", "2026-02-20", "2026-03-09", "90ab" * 16),
            Received("Begründung mit Umweltbericht", "2026-02-18", "2026-03-09", "77e0" * 16),
        ),
        answers=answers(sample),
        dropped=(("OEPNV", "Linien und Haltestellen sind vom 2. Entwurf nicht mehr berührt."),),
        outside=(Outside("LTV", "Landestalsperrenverwaltung"),),
        same=(("UNB-4", "KLIMA-1"),),
        missing=(
            Missing(
                "Schalltechnische Untersuchung zur A 72 mit Angabe der Beurteilungspegel im "
                "Plangebiet",
                "IMM",
                "2026-03-16",
                "2026-05-15",
            ),
        ),
        gaps=(
            Gap(
                "office",
                "ABB",
                "Bodenschutz und Altlasten",
                "Das Amt hat trotz Erinnerung bis zum Versand nicht geantwortet.",
                "Ergänzung der Stellungnahme",
                "2026-04-24",
            ),
        ),
        resolutions=(
            Resolution(
                "UNB-2",
                "SBA-1",
                "Die Hecke bleibt erhalten; das Sichtdreieck wird durch Rückschnitt auf 0,80 m Höhe "
                "auf 12 m Länge hergestellt.",
                "Leitung der Stabsstelle",
                "2026-04-02",
                outward=True,
            ),
        ),
        corrections=(
            Correction(
                2,
                "2026-04-09",
                ("UWB-2 neu: Bemessung der Versickerung", "SBA-1 nach Abstimmung ergänzt"),
            ),
        ),
        version=2,
        committee=Committee(
            "Ausschuss für Wirtschaft, Kreisentwicklung und Umweltschutz", "2026-03-30", "2026/041"
        ),
        cosigned=(
            Signed("Leitung der Stabsstelle", "2026-04-07"),
            Signed("Rechtsamt", "2026-04-08", "mit Hinweis auf § 4a Abs. 5 BauGB"),
        ),
        closing=Closing("Borna", "2026-04-09", "Im Auftrag", "Leitung der Stabsstelle", seal=True),
    )


def answers(sample: Path) -> tuple[Answer, ...]:
    """Return what the offices said."""

    def voice(office: str, *points: Point, contact: str, reference: str) -> Answer:
        return Answer(office, "answered", points, "2026-03-27", "2026-03-30", contact, reference)

    return (
        voice(
            "UNB",
            Point(
                "UNB-1", "UNB", "einwendung",
                "Im Nordwesten des Plangebietes liegt ein Feldgehölz, das die Merkmale eines gesetzlich "
                "geschützten Biotops erfüllt. Handlungen, die zu seiner Zerstörung oder erheblichen "
                "Beeinträchtigung führen, sind verboten.",
                basis="§ 30 Abs. 2 BNatSchG, § 21 SächsNatSchG", binding="law", exception="held_out",
                exception_by="untere Naturschutzbehörde",
                exception_step="Antrag auf Ausnahme nach § 30 Abs. 3 BNatSchG vor Satzungsbeschluss",
                place=place_of(sample, -40, 90),
            ),
            Point(
                "UNB-2", "UNB", "forderung",
                "Die Hecke entlang der Zufahrt ist zu erhalten und als Erhaltungsfestsetzung nach § 9 "
                "Abs. 1 Nr. 25 b BauGB aufzunehmen.",
                basis="§ 9 Abs. 1 Nr. 25 BauGB, § 15 BNatSchG", binding="weighing",
                place=place_of(sample, -70, -60),
            ),
            Point(
                "UNB-3", "UNB", "hinweis",
                "Die Fällung von Gehölzen ist nur vom 1. Oktober bis 28. Februar zulässig.",
                basis="§ 39 Abs. 5 BNatSchG",
            ),
            Point(
                "UNB-4", "UNB", "anregung",
                "Es wird angeregt, Flachdächer bis 15° Neigung extensiv zu begrünen.",
            ),
            Point(
                "UNB-5", "UNB", "hinweis",
                "Vermerk: Rücksprache mit dem Planungsbüro am 24.03. ergab CANARY-VERMERK, bei Abwägung "
                "beachten.",
                edition="internal",
            ),
            contact="Sachgebiet Naturschutz, naturschutz@landkreis.example",
            reference="364.21-0088/26",
        ),
        voice(
            "UWB",
            Point(
                "UWB-1", "UWB", "forderung",
                "Der Abstand der Bebauung zur Uferlinie des Hainer Sees von 12 m ist im Rechtsplan als "
                "von Bebauung freizuhaltende Fläche festzusetzen.",
                basis="§ 24 SächsWG, § 38 WHG", binding="law", layer="standgewaesser",
                place=place_of(sample, 95, 10, 12),
            ),
            Point(
                "UWB-2", "UWB", "forderung",
                "Das Niederschlagswasser der Dachflächen ist auf den Grundstücken zu versickern; die "
                "Bemessung nach DWA-A 138-1 ist nachzuweisen.",
                basis="§ 55 Abs. 2 WHG",
            ),
            Point(
                "UWB-3", "UWB", "hinweis",
                "Das Plangebiet liegt im Bereich des Grundwasserwiederanstiegs. Bauwerke sind gegen "
                "drückendes Wasser zu bemessen.",
                layer="grundwasseranstieg",
            ),
            contact="Sachgebiet Wasser/Abwasser", reference="692.2-114/26",
        ),
        voice(
            "IMM",
            Point(
                "IMM-1", "IMM", "bedenken",
                "Das Plangebiet liegt vollständig im Einwirkungsbereich des Verkehrslärms der A 72. "
                "Ohne schalltechnische Untersuchung ist nicht erkennbar, ob die Orientierungswerte der "
                "DIN 18005 für allgemeine Wohngebiete eingehalten werden.",
                basis="§ 50 BImSchG, § 1 Abs. 6 Nr. 1 BauGB", binding="weighing", layer="laerm",
            ),
            contact="Sachgebiet Immissionsschutz", reference="106.11-45/26",
        ),
        voice(
            "UDB",
            Point(
                "UDB-1", "UDB", "hinweis",
                "Südöstlich des Plangebietes steht in etwa 190 m Entfernung ein Kulturdenkmal. Seine "
                "Umgebung ist zu beachten.",
                basis="§ 2 Abs. 3 Nr. 1 SächsDSchG", layer="denkmale",
            ),
            Point(
                "UDB-2", "UDB", "forderung",
                "Im Plangebiet liegt nach dem Verzeichnis CANARY-GRAB ein Gräberfeld von 0,4 ha; vor "
                "Beginn der Erdarbeiten ist zu graben.",
                basis="§ 14 SächsDSchG", layer="archaeologie", restricted=True,
                released="Vor Beginn von Erdarbeiten ist die untere Denkmalschutzbehörde zu beteiligen.",
                place=place_of(sample, 20, -40),
            ),
            contact="Untere Denkmalschutzbehörde", reference="650.3-71/26",
        ),
        voice(
            "SBA",
            Point(
                "SBA-1", "SBA", "forderung",
                "An der Einmündung der Planstraße ist das Sichtdreieck von Bewuchs über 0,80 m "
                "freizuhalten; die Hecke ist dort zu beseitigen.",
                basis="§ 25 SächsStrG", place=place_of(sample, -75, -65),
            ),
            Point(
                "SBA-2", "SBA", "eigene_planung",
                "Der Landkreis plant den Ausbau der Kreisstraße mit straßenbegleitendem Radweg.",
                planned_for="Baubeginn 2028, Fertigstellung 2029",
            ),
            contact="Sachgebiet Kreisstraßen", reference="664.2-19/26",
        ),
        voice(
            "KE",
            Point(
                "KE-1", "KE", "hinweis",
                "Die Planung setzt die Maßnahme „Wohnen am Wasser“ des Kreisentwicklungskonzepts 2030 um.",
                topic="kek", stance="supports", priority=1, layer="kek_massnahmen",
            ),
            Point(
                "KE-2", "KE", "anregung",
                "Der freie Zugang zum Ufer soll durch einen öffentlichen Weg gesichert werden.",
                basis="Charta Leipziger Neuseenland 2030", topic="tourism",
            ),
            contact="Stabsstelle", reference="KE-2026-0142",
        ),
        voice(
            "KLIMA",
            Point(
                "KLIMA-1", "KLIMA", "anregung",
                "Flachdächer sollten begrünt und mit Solaranlagen kombiniert werden.",
                basis="§ 8 KAnG", topic="climate",
            ),
            contact="Klimaschutz", reference="KE-2026-0142",
        ),
        voice(
            "BAA",
            Point("BAA-1", "BAA", "keine_bedenken", "Keine Bedenken."),
            contact="Bauaufsicht", reference="BA-0341/26",
        ),
        voice(
            "GA", Point("GA-1", "GA", "keine_bedenken", ""),
            contact="Gesundheitsamt", reference="53-112/26",
        ),
        voice(
            "BB",
            Point(
                "BB-1", "BB", "hinweis",
                "Eine Richtfunkstrecke CANARY-FUNK quert das Plangebiet auf 3.749 m².",
                layer="richtfunk", released="Belange der Telekommunikation sind abzustimmen.",
            ),
            contact="Breitbandkoordination", reference="KE-2026-0142",
        ),
        Answer("ABB", "working", due="2026-03-30"),
        Answer("LIEG", "not_affected", answered="2026-03-18",
               closing="Keine kreiseigenen Flächen; CANARY-AKTE 12/3 geprüft."),
    )  # fmt: skip


def numbers(points: Sequence[Point]) -> list[str]:
    """Return the numbers of points."""
    return [point.number for point in points]
