"""Numbers as people write them: 1,234 · １，２３４ · ¥1,234 · 94.5% · △12 · (1,234) · 3.5万 · 1e3."""

from __future__ import annotations

import math
import re

from rashin.intake.values.words import ERRORS, LONGEST, NOT_FINITE, NOTHING_TYPED, plain

Parsed = tuple[float | None, str]

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"(\d+\.?\d*|\.\d+)(e[-+]?\d{1,4})?")
_COMMA = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+(,\d+)?")
_KANJI = re.compile(r"(?:(\d+(?:\.\d+)?)億)?(?:(\d+(?:\.\d+)?)万)?(?:(\d+(?:\.\d+)?)千)?(\d+(?:\.\d+)?)?")
_UNIT = re.compile(r"\s*(円|yen|jpy|件|人|名|回|点|本|通|個|社|台|票|pt|pts|points?)$")

#: unit of the mapping → factor
FACTORS = {"thousand_yen": 1e3, "million_yen": 1e6, "thousand": 1e3, "percent": 0.01}


def parse_number(text: str, unit: str | None = None, decimal: str = ".") -> Parsed:
    """Return (number, "") | (None, "") for “no value” | (None, code) when it cannot be read.

    ``unit``: as in the mapping; “%” in the text makes a share whatever the unit says. ``decimal="."``: 1,234 is one thousand two hundred thirty-four;
    ``","``: 1.234,5 is 1234.5.

    >>> parse_number("１，２３４円"), parse_number("94.5%", "percent"), parse_number("△12")
    ((1234.0, ''), (0.945, ''), (-12.0, ''))
    """
    if len(text) > LONGEST:
        return None, "not_a_number"
    body = plain(text)
    if body in NOTHING_TYPED:
        return None, ""
    if body in ERRORS:
        return None, "sheet_error"
    if body in NOT_FINITE:
        return None, "not_finite"
    body, sign = _sign(body)
    body = body.lstrip("¥\\$€£ ").removeprefix("jpy").strip()
    body = _UNIT.sub("", body)
    percent = body.endswith("%")
    body, again = _sign(body.removesuffix("%").strip())
    number = _magnitude(body, decimal)
    if number is None:
        return None, "decimal_comma" if re.fullmatch(r"\d+,\d+", body) else "not_a_number"
    if not math.isfinite(number):
        return None, "not_finite"
    factor = FACTORS["percent"] if percent else FACTORS.get(unit or "", 1.0)
    return _scaled(number * sign * again, factor), ""


def _scaled(number: float, factor: float) -> float:
    """A division by 100 keeps 94.5 % exactly 0.945; a product with 0.01 would not."""
    return number / 100 if factor == FACTORS["percent"] else number * factor


def _sign(body: str) -> tuple[str, int]:
    if body.startswith("(") and body.endswith(")"):
        return body[1:-1].strip(), -1
    if body[:1] in ("△", "▲", "-", "▴"):
        return body[1:].strip(), -1
    return body.removeprefix("+").strip(), 1


def _magnitude(body: str, decimal: str) -> float | None:
    if decimal == ",":
        return float(body.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(body) else None
    if _GROUPED.fullmatch(body):
        return float(body.replace(",", ""))
    if _PLAIN.fullmatch(body):
        return float(body)
    found = _KANJI.fullmatch(body) if any(sign in body for sign in "億万千") else None
    if not found or not any(found.groups()):
        return None
    parts = (float(each) * factor for each, factor in zip(found.groups(), (1e8, 1e4, 1e3, 1.0), strict=True) if each)
    return sum(parts)
