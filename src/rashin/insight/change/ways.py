"""Ways of slicing a change: which there are for a KPI, which are tried where nobody names any, and which tell nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.insight.change.sides import SLOT, Side, Sums

if TYPE_CHECKING:
    from rashin.catalogue import Definition

#: Ways of slicing that are tried where nobody names any, as far as the KPI's facts know them; people are compared elsewhere, with their case mix.
USUAL = ("queue", "channel", "category", "site", "team", "vendor", "client", "stage", "network", "account", "weekday", SLOT)
#: Crossed where nobody names any: which queue at which time of day.
CROSSED = (SLOT, "queue")
#: Dimensions that often only handled contacts have: what nobody took belongs to no team and has no category.
_HANDLED = ("team", "agent", "category", "stage", "priority", "template")
_HANDLERS = ("team", "agent")
#: A share of the records that is no accident.
_FAIR = 0.005
#: Up to so large a share of all records without a value, so large a share of the missed ones (or of the others) without one says that it is given by being
#: handled. With more the dimension is simply not recorded, and may still tell something.
_MOST_UNKNOWN = ((0.5, 0.7), (0.75, 0.85))


def usual(known: frozenset[str], sides: tuple[Side, Side]) -> list[tuple[str, ...]]:
    """Return the ways that are tried where nobody names any; what a side is limited to already is none."""
    fixed = {*sides[0].filters, *sides[1].filters}
    ways: list[tuple[str, ...]] = [(name,) for name in USUAL if name in known and name not in fixed]
    if all(name in known for name in CROSSED) and not fixed & set(CROSSED):
        ways.append(CROSSED)
    return ways


def known_of(definition: Definition) -> frozenset[str]:
    """Return what every fact of a KPI can be sliced by."""
    from rashin.query.dimensions import of_fact
    from rashin.records import FACTS

    found = frozenset.intersection(*(of_fact(FACTS[fact]) for fact in definition.facts))
    return found | {SLOT} if "hour" in found else found


def check(way: tuple[str, ...], known: frozenset[str]) -> None:
    """Raise QuestionError with the nearest name for a dimension that the KPI does not have."""
    for name in way:
        if name not in known:
            near = nearest(name, known)
            raise QuestionError(
                "dimension_unknown",
                Bilingual(f"このKPIは「{name}」で分けられません。", f"This KPI cannot be sliced by “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
                if near
                else Bilingual(f"使える切り口: {'、'.join(sorted(known))}", f"Dimensions: {', '.join(sorted(known))}"),
            )


def says_nothing(way: tuple[str, ...], keys: tuple[tuple[object, ...], ...], before: Sums, after: Sums, kind: str) -> Bilingual | None:
    """Why a way of slicing tells nothing; None when it may."""
    shown = [key for key in keys if key]
    if len(shown) < 2:
        if before.hidden or after.hidden:
            return Bilingual(
                "少人数などのため区分ごとの値を表示できません", "the segments are withheld (too few people, or no fair sample)"
            )
        return Bilingual("区分が一つしかありません", "there is one segment only")
    if not set(before.keys) & set(after.keys):
        return Bilingual("両側に共通の区分がありません", "the two sides share no segment")
    if any(name in _HANDLED for name in way):
        unknown = np.array([nobodys(way, key) for key in before.keys], bool)
        alike = any(name in _HANDLERS for name in way) and _all_alike(before, unknown)
        if alike or (kind == "share" and _only_when_handled(before, unknown)):
            return Bilingual(
                "応対したものにだけ付く区分なので、分けても同じことの言い換えです",
                "only what was handled has such a value: slicing by it repeats the figure",
            )
    return None


def nobodys(way: tuple[str, ...], key: tuple[object, ...]) -> bool:
    """Whether a segment lacks what only handled contacts have; False for what no shown segment holds."""
    return any(name in _HANDLED and one is None for name, one in zip(way, key, strict=bool(key)))


def _all_alike(side: Sums, unknown: NDArray[np.bool_]) -> bool:
    """True when of a fair number of records without a value all count, or none does: those that nobody took."""
    own = float(side.under[unknown].sum())
    return own > _FAIR * float(np.abs(side.under).sum()) and float(side.over[unknown].sum()) in (0.0, own)


def _only_when_handled(side: Sums, unknown: NDArray[np.bool_]) -> bool:
    """True when most of those that count, or most of those that do not, have no value, while many records have one."""
    share = side.under[unknown].sum() / side.under.sum() if unknown.any() else 0.0
    most = next((most for upto, most in _MOST_UNKNOWN if 0 < share <= upto), None)
    if most is None:
        return False
    hits, misses = side.over, side.under - side.over
    return any(each.sum() > 0 and each[unknown].sum() >= most * each.sum() for each in (hits, misses))
