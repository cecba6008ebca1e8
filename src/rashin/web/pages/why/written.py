"""Differences as tables of this page write them."""

from __future__ import annotations

from rashin.display import Scale


def moved(scale: Scale, value: float | None, lang: str) -> str:
    """Write a difference with its sign, as the sentences have it (−); one that rounds to nothing has both: ±0.0pt."""
    text = scale.change(value, lang).replace("-", "−")
    return text if any(digit in text for digit in "123456789") or not any(digit.isdigit() for digit in text) else "±" + text.lstrip("+−")
