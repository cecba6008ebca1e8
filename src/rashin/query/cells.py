"""From measures to cells: value, n, numerator and denominator, interval, state and reason. The only place where a KPI is divided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.formula import Histogram, Histograms
from rashin.query import interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Definition
    from rashin.formula.value import Columns

#: Every state a cell can have. Only ``ok``, ``too_few`` and ``approximate`` have a value.
STATES = ("ok", "no_data", "not_applicable", "too_few", "withheld", "approximate")
OK, NO_DATA, NOT_APPLICABLE, TOO_FEW, WITHHELD, APPROXIMATE = range(6)

_NOTHING = Bilingual("この区間に実績がありません", "no record in this bucket")
_NO_DENOMINATOR = Bilingual("分母が0、または集計する値がありません", "the denominator is 0, or there is nothing to sum up")
_SMALL_GROUP = Bilingual("対象の人数が少ないため表示しません", "withheld: it is about too few people")


@dataclass(slots=True)
class Inputs:
    """What a definition is computed from, one array per measure, all as long as the keys.

    ``columns``: by name of the measure. ``squares``: the sum of squares that the interval of a mean needs. ``rows``: how many rows of the definition's facts lie in the bucket at all.
    ``left_out``: for each fact some of whose rows no longer count because their source does not record what the value needs, how many.
    ``uncounted``: for each limited exclusion of the definition, how many rows it takes from n. ``agents``: the least number of different agents behind the cell over those facts that know agents, or None when nobody asks.
    ``small``: cells that are about too few of them, or would give such a cell away (:mod:`rashin.query.complement`).
    """

    columns: Columns
    squares: NDArray[np.float64] | None
    rows: NDArray[np.float64]
    uncounted: tuple[NDArray[np.float64], ...] = ()
    agents: NDArray[np.float64] | None = None
    min_group: int = 0
    small: NDArray[np.bool_] | None = None
    error: float | None = None
    missing: Bilingual | None = None
    left_out: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)


@dataclass
class Series:
    """The cells of one KPI, in the order of the answer's keys. NaN = no value. ``why``: (which cells, what to say of them). ``compare_value``: the values compared
    with; ``compared``: the cells that these are of, with their intervals and states."""

    name: str
    definition: Definition
    inputs: Inputs
    value: NDArray[np.float64]
    n: NDArray[np.float64]
    state: NDArray[np.uint8]
    why: list[tuple[NDArray[np.bool_], Bilingual]] = field(default_factory=list)
    compare_value: NDArray[np.float64] | None = None
    compared: Series | None = None

    @cached_property
    def ends(self) -> interval.Ends:
        """Lower and upper end of the interval; worked out when first asked for."""
        if not self.inputs.columns:
            return self.value, self.value
        low, high = interval.ends(self.definition, self.inputs.columns, self.inputs.squares)
        shown = ~np.isnan(self.value)
        least, most = self.definition.bounds or (None, None)
        if least is None and self.definition.unit == "s":
            least = 0.0  # no mean of durations lies below nothing, however few there are
        # where the value itself lies beyond (a difference), so may its ends
        low = low if least is None else np.where(self.value >= least, np.maximum(low, least), low)
        high = high if most is None else np.where(self.value <= most, np.minimum(high, most), high)
        return np.where(shown, low, np.nan), np.where(shown, high, np.nan)

    @cached_property
    def numerator(self) -> NDArray[np.float64]:
        """What stands above the line; NaN where the value is no quotient, or is withheld."""
        return self._side(0)

    @cached_property
    def denominator(self) -> NDArray[np.float64]:
        """What stands below the line; NaN where the value is no quotient, or is withheld."""
        return self._side(1)

    def _side(self, which: int) -> NDArray[np.float64]:
        ratio = self.definition.value.ratio
        if ratio is None or not self.inputs.columns:
            return np.full(len(self.value), np.nan)
        return np.where(self.state == WITHHELD, np.nan, ratio[which].evaluate(self.inputs.columns))  # type: ignore[arg-type]

    @property
    def change(self) -> NDArray[np.float64] | None:
        """Value minus the value compared with, in the KPI's unit (of shares: 0.01 = one point)."""
        return None if self.compare_value is None else self.value - self.compare_value

    def measures(self, index: int) -> dict[str, float | None]:
        """Return what one cell was computed from, by name: numbers, and the sizes of histograms; nothing of a withheld cell."""
        if self.state[index] == WITHHELD:
            return {}
        held = {name: column[index] for name, column in self.inputs.columns.items()}
        sizes = {name: float(value.size) if isinstance(value, Histogram) else float(value) for name, value in held.items()}
        return {name: None if np.isnan(value) else value for name, value in sizes.items()}

    def reason(self, index: int) -> Bilingual | None:
        """Return all there is to say of one cell, or None."""
        said = [text for mask, text in self.why if mask[index]]
        return joined(said) if said else None


def joined(texts: list[Bilingual]) -> Bilingual:
    """Return several remarks as one; what is said twice is said once."""
    texts = list(dict.fromkeys(texts))
    return Bilingual("。".join(text.ja for text in texts), "; ".join(text.en for text in texts))


def not_applicable(name: str, definition: Definition, length: int, reason: Bilingual) -> Series:
    """Return a series that has no value anywhere, and says why."""
    empty = np.full(length, np.nan)
    inputs = Inputs({}, None, np.zeros(length))
    every = np.ones(length, np.bool_)
    return Series(name, definition, inputs, empty, empty, np.full(length, NOT_APPLICABLE, np.uint8), [(every, reason)])


def compute(name: str, definition: Definition, inputs: Inputs) -> Series:
    """Return the cells of a definition.

    A value below ``min_n`` is shown, marked too_few: a reader may look, a judgement must not be built on it. A value outside the bounds or about too few
    people is not shown at all.
    """
    value = definition.value.evaluate(inputs.columns)
    n = _n(definition, inputs)
    present = inputs.rows > 0
    empty = ~present | np.isnan(value)
    state = np.where(empty, NO_DATA, OK).astype(np.uint8)
    why = [(~present, inputs.missing or _NOTHING), (present & np.isnan(value), _NO_DENOMINATOR)]
    # a minimum of 1 asks for no more than that there is a value; an interval that reaches into a bucket is not counted there, yet it has one
    few = ~empty & (n < definition.min_n) if definition.min_n > 1 else np.zeros(len(value), np.bool_)
    if few.any():
        state[few] = TOO_FEW
        why.append((few, Bilingual(f"件数が少ない(最低 {definition.min_n})", f"too few to judge (at least {definition.min_n} are needed)")))
    if inputs.error is not None:
        state[(state == OK)] = APPROXIMATE
        share = f"{inputs.error:.2%}"
        why.append((~empty, Bilingual(f"近似値(相対誤差 {share} 以内)", f"approximate: within {share} of the exact value")))
    held = _outside(definition, value, why) | _small_group(inputs, empty, why) | _unfair(definition, n, inputs, empty, why)
    if held.any():
        state[held] = WITHHELD
        value, n = np.where(held, np.nan, value), np.where(held, np.nan, n)
    value = np.where(empty, np.nan, value)
    return Series(name, definition, inputs, value, n, state, [(mask, text) for mask, text in why if mask.any()])


def _unfair(
    definition: Definition, n: NDArray[np.float64], inputs: Inputs, empty: NDArray[np.bool_], why: list[tuple[NDArray[np.bool_], Bilingual]]
) -> NDArray[np.bool_]:
    """Cells in which so many rows fall out for one reason that the rest is no fair sample: a rate of the rest would mislead."""
    unfair = np.zeros(len(n), np.bool_)
    for taken, (_, exclusion) in zip(inputs.uncounted, definition.uncounted, strict=True):
        lost = np.nan_to_num(taken)
        over = ~empty & (lost > (exclusion.at_most or 0.0) * (np.nan_to_num(n) + lost))
        if over.any():
            reason, limit = exclusion.reason, f"{exclusion.at_most or 0.0:.0%}"
            why.append(
                (
                    over,
                    Bilingual(
                        f"「{reason.ja}」行が{limit}を超えるため値を出しません(残りだけの割合は実態とずれます)",
                        f"withheld: more than {limit} of the rows fall out ({reason.en}), and a rate of the rest would mislead",
                    ),
                )
            )
        unfair |= over
    return unfair


def _n(definition: Definition, inputs: Inputs) -> NDArray[np.float64]:
    """How many things the value rests on: the measure that the definition names, else the denominator, else the first count."""
    if definition.n is not None:
        return _numbers(inputs.columns[definition.n])
    ratio = definition.value.ratio
    if ratio is not None:
        return ratio[1].evaluate(inputs.columns)  # type: ignore[arg-type]
    first = next((name for name in definition.value.measures if definition.measures[name].kind in ("count", "distinct", "histogram")), None)
    return _numbers(inputs.columns[first]) if first else inputs.rows


def _numbers(column: object) -> NDArray[np.float64]:
    """A column as numbers; of histograms their sizes."""
    if isinstance(column, np.ndarray) and column.dtype != object:
        return column
    if isinstance(column, Histograms):
        return column.sizes
    return np.array([each.size for each in column], np.float64)  # type: ignore[attr-defined]


def _outside(definition: Definition, value: NDArray[np.float64], why: list[tuple[NDArray[np.bool_], Bilingual]]) -> NDArray[np.bool_]:
    if definition.bounds is None:
        return np.zeros(len(value), np.bool_)
    low, high = definition.bounds
    # sums of seconds carry rounding in the last digits; a share of 1.0000000001 is no fault
    slack = 1e-9 * max(1.0, abs(low or 0.0), abs(high or 0.0))
    outside = np.zeros(len(value), np.bool_)
    with np.errstate(invalid="ignore"):
        if low is not None:
            outside |= value < low - slack
        if high is not None:
            outside |= value > high + slack
    why.append((outside, Bilingual("ありえない値のため表示しません(データの誤り)", "withheld: an impossible value, a fault in the data")))
    return outside


def _small_group(inputs: Inputs, empty: NDArray[np.bool_], why: list[tuple[NDArray[np.bool_], Bilingual]]) -> NDArray[np.bool_]:
    if inputs.agents is None or inputs.min_group <= 1:
        return np.zeros(len(empty), np.bool_)
    # rows without an agent (abandoned calls …) are about nobody
    few = inputs.small if inputs.small is not None else (inputs.agents > 0) & (inputs.agents < inputs.min_group)
    small = ~empty & few
    why.append((small, _SMALL_GROUP))
    return small
