"""How the outline of a plan came about, and how well its position is known for that."""

from collections.abc import Mapping

from gis.problem import Notice, Text
from service.figures import metres

OFFICIAL, DRAWN, TRACED, PARCELS = "official", "drawn", "traced", "parcels"
TITLES: Mapping[str, Text] = {
    OFFICIAL: Text("amtliche Vektordaten", "official vector data"),
    DRAWN: Text("von Hand gezeichnet", "drawn by hand"),
    TRACED: Text("nachgezeichnet", "traced"),
    PARCELS: Text("aus Flurstücken gebildet", "made of parcels"),
}
# Standard deviations in metres where nobody has stated one: a line drawn on a web map or traced
# over a scan of 1 : 5000 to 1 : 10,000 is good to some metres; parcels are surveyed.
ACCURACY_M: Mapping[str, float] = {OFFICIAL: 0.0, DRAWN: 5.0, TRACED: 5.0, PARCELS: 0.5}
LINE_MM = 0.5  # how far beside a line on paper somebody follows it
PIXELS = 2.0


def accuracy_m(origin: str | None, stated_m: float) -> float:
    """Return the standard deviation of an outline, m: as stated, or the usual one of its origin."""
    return stated_m or ACCURACY_M.get(origin or OFFICIAL, 0.0)


def traced_accuracy_m(pixel_m: float, scale: float | None = None) -> float:
    """Return what to propose for an outline traced over a raster with pixels of `pixel_m`
    metres: two of them, or half a millimetre on a paper of 1 : `scale`, whichever is more.
    """
    on_paper = 0.0 if scale is None else LINE_MM / 1000 * scale
    return max(PIXELS * pixel_m, on_paper)


def notices(origin: str | None, sigma_m: float) -> tuple[Notice, ...]:
    """Return what a reader of the result must know of an outline that is not official."""
    if origin in (None, OFFICIAL):
        return ()
    title, sigma = TITLES[origin], metres(sigma_m)
    text = Text(
        f"Umriss {title.de}, Lagegenauigkeit {sigma.de}; die Toleranz ist entsprechend erweitert.",
        f"Outline {title.en}, accurate to {sigma.en}; the tolerance is widened accordingly.",
    )
    return (Notice("outline-origin", text),)


def steps(origin: str | None, stated_m: float) -> list[Text]:
    """Return the step that says where the accuracy of the outline comes from."""
    sigma_m = accuracy_m(origin, stated_m)
    if not sigma_m:
        return []
    sigma = metres(sigma_m)
    of = "" if origin in (None, OFFICIAL) else f"Umriss {TITLES[origin].de}; "
    of_en = "" if origin in (None, OFFICIAL) else f"outline {TITLES[origin].en}; "
    if stated_m:
        return [
            Text(f"{of}Lagegenauigkeit laut Angabe {sigma.de}",
                 f"{of_en}declared accuracy {sigma.en}"),
        ]  # fmt: skip
    return [Text(f"{of}übliche Lagegenauigkeit {sigma.de}", f"{of_en}usual accuracy {sigma.en}")]
