"""What a judge reads in a bright workshop stands out by at least 7 : 1, in the light and in the dark."""

import re

import pytest
from installation import ROOT

CSS = (ROOT / "static" / "css" / "tablet.css").read_text(encoding="utf-8")
PAIRS = [
    *[(text, ground) for text in ("ink", "soft") for ground in ("paper", "ground", "blue-pale")],
    *[("ink", ground) for ground in ("amber-pale", "red-pale", "green-pale")],
    ("soft", "green-pale"),
    ("green", "paper"),
    ("green", "green-pale"),
    ("amber", "paper"),
    ("amber", "amber-pale"),
    ("blue", "paper"),
    ("blue", "amber-pale"),
    ("accent", "paper"),
    ("accent", "ground"),
    ("accent", "red-pale"),
    ("accent-ink", "accent"),
]


def colours(scheme: str) -> dict[str, str]:
    """The variables of a colour scheme; the dark one lays its own over the light one."""
    light, dark = (
        dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", block)) for block in re.findall(r":root {([^}]*)}", CSS)[:2]
    )
    return light if scheme == "light" else light | dark


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_seven_to_one(scheme: str, text: str, ground: str) -> None:
    values = sorted((luminance(colours(scheme)[name]) for name in (text, ground)), reverse=True)
    assert (values[0] + 0.05) / (values[1] + 0.05) >= 7
