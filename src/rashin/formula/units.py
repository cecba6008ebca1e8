"""Units of quantities: what may be added or compared, and what a product or a quotient is.

A unit is None for a bare number (it takes whatever unit is asked), "count", "share" (any pure ratio) or a product of base units such as
"s", "yen", "points", "yen/s". Counts are pure numbers in products: seconds ÷ contacts is seconds (per contact), contacts ÷ contacts is a share.
"""

from __future__ import annotations

Unit = str | None

_PLAIN = ("count", "share", "ratio")


def unit_of_name(name: str) -> Unit:
    """Return the unit that a parameter's name states: ``target_s`` is in seconds, ``cap_yen`` in yen, ``floor_share`` a share."""
    tail = name.rsplit("_", 1)[-1]
    return {"s": "s", "yen": "yen", "share": "share", "points": "points", "count": "count"}.get(tail) if "_" in name else None


def fits(left: Unit, right: Unit) -> bool:
    """Say whether two quantities may be added or compared."""
    return left is None or right is None or _canonical(left) == _canonical(right)


def common(left: Unit, right: Unit) -> Unit:
    """Return the unit of two quantities that fit each other."""
    return _canonical(left if left is not None else right)


def times(left: Unit, right: Unit) -> Unit:
    """Return the unit of a product."""
    if left is None or right is None:
        return common(left, right)
    powers = _powers(left)
    for base, power in _powers(right).items():
        powers[base] = powers.get(base, 0) + power
    plain = "count" if "count" in (left, right) else "share"
    return _spell(powers) or plain


def over(left: Unit, right: Unit) -> Unit:
    """Return the unit of a quotient; a bare number over seconds is "1/s"."""
    if right is None:
        return _canonical(left)
    powers = dict(_powers(left)) if left is not None else {}
    for base, power in _powers(right).items():
        powers[base] = powers.get(base, 0) - power
    return _spell(powers) or "share"


def _canonical(unit: Unit) -> Unit:
    return "share" if unit == "ratio" else unit


def _powers(unit: str) -> dict[str, int]:
    if unit in _PLAIN:
        return {}
    above, _, below = unit.partition("/")
    powers: dict[str, int] = {}
    for side, sign in ((above, 1), (below, -1)):
        for base in side.split("*"):
            if base and base != "1":
                powers[base] = powers.get(base, 0) + sign
    return powers


def _spell(powers: dict[str, int]) -> str:
    above = [base for base in sorted(powers) for _ in range(max(powers[base], 0))]
    below = [base for base in sorted(powers) for _ in range(max(-powers[base], 0))]
    if not above and not below:
        return ""
    return "*".join(above or ["1"]) + ("/" + "*".join(below) if below else "")
