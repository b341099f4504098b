from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from maps.assets import palette
from maps.style import GROUND, HUES, INK, NO_DATA, OUTCOMES, THEMES, Hue, theme_style

SHADES = ("light", "dark")

# What the linear colours of a screen look like without one kind of cone
# (Machado, Oliveira and Fernandes 2009, severity 1).
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(linear(c) @ weights) for c in (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_contrast_formula_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("shade", SHADES)
def test_every_hue_stands_out_from_its_ground(shade: str) -> None:
    for hue in (*HUES, Hue(**NO_DATA)):
        assert contrast(getattr(hue, shade), GROUND[shade]) >= 3


@pytest.mark.parametrize("shade", SHADES)
def test_the_plan_can_be_read_as_text(shade: str) -> None:
    assert contrast(INK[shade], GROUND[shade]) >= 7


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("shade", SHADES)
def test_hues_can_be_told_apart(shade: str, sight: str) -> None:
    seen = [lab(SIGHT[sight] @ linear(getattr(hue, shade))) for hue in HUES]
    least = min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))
    assert least >= (35 if sight == "full" else 17.5)


def test_no_two_themes_look_the_same() -> None:
    looks = [(style.hue, style.hatch) for style in THEMES.values()]
    assert len(set(looks)) == len(looks)


def test_an_unforeseen_theme_has_a_look() -> None:
    assert theme_style("raumfahrt").label.de == "Sonstiges"


def test_no_hit_is_never_called_not_affected() -> None:
    assert all("nicht betroffen" not in text.de for text in OUTCOMES.values())


def test_the_page_gets_every_colour() -> None:
    css = palette()
    for name, style in THEMES.items():
        assert f"--theme-{name}: {style.hue.light};" in css
        assert f"--theme-{name}: {style.hue.dark};" in css
        assert f".t-{name} " in css
