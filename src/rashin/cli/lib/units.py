"""Units and states in words."""

from __future__ import annotations

from rashin.cli.lib.lang import say

_UNITS = {
    "share": ("割合", "share"),
    "s": ("秒", "seconds"),
    "count": ("件", "count"),
    "yen": ("円", "yen"),
    "per_hour": ("件/時", "per hour"),
    "points": ("点", "points"),
    "ratio": ("比", "ratio"),
    "days": ("日", "days"),
    "amount": ("値", "amount"),
}
_STATES = {
    "ok": ("", ""),
    "no_data": ("データなし", "no data"),
    "not_applicable": ("該当なし", "not applicable"),
    "too_few": ("件数不足", "too few"),
    "withheld": ("非表示", "withheld"),
    "approximate": ("近似", "approximate"),
}


def unit_word(unit: str | None) -> str:
    """Return a unit's name."""
    ja, en = _UNITS.get(unit or "", (unit or "", unit or ""))
    return say(ja, en)


def state_word(state: str) -> str:
    """Return a state in words; nothing when all is well."""
    ja, en = _STATES.get(state, (state, state))
    return say(ja, en)
