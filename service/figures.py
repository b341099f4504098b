"""Figures as people read them: 1.234,5 m² in German, 1,234.5 m² in English."""

from gis.problem import Text

HECTARE_FROM_M2 = 10_000


def number(value: float, digits: int) -> Text:
    """Return a number with separators; German 1.234,5, English 1,234.5."""
    english = f"{value:,.{digits}f}"
    return Text(english.translate(str.maketrans(",.", ".,")), english)


def day(iso: str) -> Text:
    """Return a day as people write it: 31.01.2026 in German, 2026-01-31 in English."""
    year, month, of_month = iso.split("-")
    return Text(f"{of_month}.{month}.{year}", iso)


def _with_unit(value: float, digits: int, unit: str) -> Text:
    figure = number(value, digits)
    return Text(f"{figure.de} {unit}", f"{figure.en} {unit}")


def square_metres(area_m2: float) -> Text:
    """Return an area: m² with one digit, hectares with two from 10,000 m²."""
    if area_m2 >= HECTARE_FROM_M2:
        return _with_unit(area_m2 / HECTARE_FROM_M2, 2, "ha")
    return _with_unit(area_m2, 1, "m²")


def metres(length_m: float) -> Text:
    """Return a length: metres, with one digit below 100; kilometres with three from 1,000."""
    if length_m >= 1000:
        return _with_unit(length_m / 1000, 3, "km")
    return _with_unit(
        length_m, 0 if float(length_m).is_integer() else (2 if length_m < 1 else 1), "m"
    )


def asked_metres(length_m: float) -> Text:
    """Return a distance a rule asks for as the rule has it: 1.500 m, not 1,500 km."""
    return _with_unit(length_m, 0 if float(length_m).is_integer() else 1, "m")


def kilometre(at_m: float) -> Text:
    """Return a position along a route: km 12,345."""
    figure = number(at_m / 1000, 3)
    return Text(f"km {figure.de}", f"km {figure.en}")


def percent(share: float) -> Text:
    """Return a share from 0 to 1 as a percentage; what is more than nothing is never 0,0 %."""
    if 0 < share < 0.0005:
        return Text("unter 0,1 %", "below 0.1 %")
    return _with_unit(100 * share, 1, "%")
