"""The tables of a fair comparison: a KPI's numerators and denominators by unit and kind of work, and by unit and day, each from one question."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual, ForbiddenError, QuestionError

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.query import Answer, Scope
    from rashin.query.cells import Series
    from rashin.stats import Compared
    from rashin.store import Store

Floats = NDArray[np.float64]
Kind = Literal["share", "mean", "ratio"]
#: What a missing value means where it is a unit like any other: who has no vendor is one's own.
OWN = {"vendor": Bilingual("自社", "in-house")}
#: A comparison that loses more of its contacts to withheld cells is made without the mix of work instead.
_LOST = 0.02


@dataclass(frozen=True, eq=False)
class Tables:
    """``names``: the units ("" = those without a value, see :data:`OWN`). ``over``, ``under``, ``squares``: units × kinds of work; ``days``: units × days. ``adjusted``: dimensions the mix is of, empty = none.
    ``unknown``: part of all contacts that belongs to no unit. ``notes``: what could not be adjusted for, and what the answer lacks."""

    definition: Definition
    by: str
    kind: Kind
    names: tuple[str, ...]
    over: Floats
    under: Floats
    squares: Floats | None
    days: tuple[Floats, Floats]
    adjusted: tuple[str, ...]
    unknown: float
    notes: tuple[Bilingual, ...]

    def compared(self, q: float) -> Compared:
        """Return the units compared."""
        from rashin.stats import compare_units
        from rashin.stats.agents import LEAST

        least = 0.0 if self.kind == "ratio" else float(max(LEAST, self.definition.min_n))
        return compare_units(self.over, self.under, kind=self.kind, squares=self.squares, days=self.days, q=q, least=least)


def tables(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    by: str,
    period: Period,
    *,
    scope: Scope,
    adjust: Sequence[str],
    filters: Mapping[str, object] | None,
) -> Tables:
    """Ask for a KPI by unit, by unit and kind of work, and by unit and day. QuestionError where the KPI is no quotient, or is not split by ``by``."""
    from rashin.query import Question, ask

    definition = catalogue.definition(*_parts(kpi))
    kind = kind_of(definition)
    _splits(definition, by)
    dropped = [name for name in adjust if name != by and not _known(definition, name)]
    strata = tuple(name for name in adjust if name != by and name not in dropped)
    whole = ask(store, catalogue, Question(kpi, period, by=(by,), filters=filters), scope=scope)
    daily = ask(store, catalogue, Question(kpi, period, by=(by,), grain="day", filters=filters, dense=False), scope=scope)
    names, unknown = _units(whole, by)
    notes = [
        Bilingual(f"{_label(name).ja}の違いは揃えられません", f"differences of {_label(name).en} cannot be adjusted for")
        for name in dropped
    ]
    notes += [note.text for note in whole.completeness.notes]
    total = _table(whole, by, names, ())
    mixed = total
    adjusted: tuple[str, ...] = ()
    if strata and names:
        split = ask(store, catalogue, Question(kpi, period, by=(by, *strata), filters=filters, dense=False), scope=scope)
        found = _table(split, by, names, strata)
        if float(found[1].sum()) >= (1 - _LOST) * float(total[1].sum()):
            mixed, adjusted = found, strata
        else:
            notes.append(
                Bilingual(
                    "細かく分けると表示できない区分が多いため、仕事の構成は揃えていません",
                    "too much is withheld when sliced by kind of work: the mix is not adjusted for",
                )
            )
    over, under, squares = mixed
    days = _table(daily, by, names, None)
    return Tables(
        definition, by, kind, tuple(names), over, under, squares if kind == "mean" else None, days[:2], adjusted, unknown, tuple(dict.fromkeys(notes))
    )  # fmt: skip


def kind_of(definition: Definition) -> Kind:
    """Return how chance acts on a KPI: on shares of contacts, on means of contacts, or only seen from its days. QuestionError for what is no quotient."""
    if definition.value.ratio is None:
        raise QuestionError(
            "fair_no_quotient",
            Bilingual(
                f"「{definition.name.ja}」は合計や分位点なので、担当者やチームの公平な比較はできません。",
                f"“{definition.name.en}” is a total or a percentile: units cannot be compared fairly on it.",
            ),
            Bilingual("割合や平均のKPI(aht、repeat_rate など)を指定してください。", "Name a rate or a mean, such as aht or repeat_rate."),
        )
    if definition.interval == "wilson":
        return "share"
    if definition.interval == "mean" and definition.squares is not None:
        return "mean"
    return "ratio"


def _parts(kpi: str) -> tuple[str, str | None]:
    name, _, variant = kpi.partition(":")
    return name, variant or None


def _known(definition: Definition, name: str) -> bool:
    from rashin.query.dimensions import of_fact
    from rashin.records import FACTS

    return all(name in of_fact(FACTS[fact]) for fact in definition.facts)


def _splits(definition: Definition, by: str) -> None:
    from rashin.query import dimensions

    (name,) = dimensions.check((by,))
    if not _known(definition, name):
        label = dimensions.label(name)
        raise QuestionError(
            "fair_not_split",
            Bilingual(
                f"「{definition.name.ja}」は{label.ja}で分けられません。", f"“{definition.name.en}” cannot be split by {label.en.lower()}."
            ),
            Bilingual("別の切り口かKPIを指定してください。", "Name another dimension or KPI."),
        )


def _label(name: str) -> Bilingual:
    from rashin.query import dimensions

    return dimensions.label(name)


def _units(answer: Answer, by: str) -> tuple[list[str], float]:
    """The units with a figure, in order, and the part of the denominator that belongs to none. ForbiddenError when all of it is withheld."""
    from rashin.query.cells import STATES

    one, values = answer.series[0], answer.keys.values(by)
    withheld = np.array([STATES[state] == "withheld" for state in one.state], bool)
    known = np.array([value is not None or by in OWN for value in values], bool)
    size = np.nan_to_num(one.denominator)
    names = ["" if value is None else str(value) for value in values[known & (size > 0)]]
    if not names and (withheld & known).any():
        reason = next((one.reason(int(at)) for at in np.flatnonzero(withheld & known)), None) or Bilingual("", "")
        raise ForbiddenError(
            "fair_withheld", Bilingual(f"比較できる値がありません: {reason.ja}。", f"Nothing that may be compared: {reason.en}.")
        )
    total = float(size.sum())
    return names, float(size[~known].sum()) / total if total > 0 else 0.0


def _table(answer: Answer, by: str, names: Sequence[str], strata: Sequence[str] | None) -> tuple[Floats, Floats, Floats]:
    """Numerators, denominators and squares as units × combinations of ``strata`` (None: × buckets of time)."""
    one = answer.series[0]
    place = {name: at for at, name in enumerate(names)}
    rows = np.array([place.get("" if value is None else str(value), -1) for value in answer.keys.values(by)], np.int64)
    columns, count = _columns(answer, strata)
    over, under, squares = (np.zeros((len(names), count)) for _ in range(3))
    above, below, square = np.nan_to_num(one.numerator), np.nan_to_num(one.denominator), np.nan_to_num(_squares(one))
    mine = (rows >= 0) & (below > 0)
    np.add.at(over, (rows[mine], columns[mine]), above[mine])
    np.add.at(under, (rows[mine], columns[mine]), below[mine])
    np.add.at(squares, (rows[mine], columns[mine]), square[mine])
    return over, under, squares


def _columns(answer: Answer, strata: Sequence[str] | None) -> tuple[NDArray[np.int64], int]:
    if strata is None:
        return answer.keys.bucket, len(answer.keys.axis.labels)
    if not strata:
        return np.zeros(len(answer.keys), np.int64), 1
    listed = [answer.keys.values(name) for name in strata]
    seen: dict[tuple[object, ...], int] = {}
    found = [seen.setdefault(key, len(seen)) for key in zip(*listed, strict=True)]
    return np.array(found, np.int64), max(len(seen), 1)


def _squares(one: Series) -> Floats:
    """The sum of squares of the numerator's single amounts; NaN where the KPI has none, or the cell is withheld."""
    ratio = one.definition.value.ratio
    if one.inputs.squares is None or ratio is None or len(ratio[0]) != 1:
        return np.full(len(one.value), math.nan)
    (name,) = ratio[0]
    found: Floats = np.where(np.isfinite(one.numerator), one.inputs.squares * ratio[0][name] ** 2, math.nan)
    return found
