"""What two KPIs have in common by their formulas: such a pair moves together by arithmetic, and that is no finding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rashin.catalogue import Definition
    from rashin.formula import Measure

#: Time spent on contacts, whether the contacts or the agents' clocks are added up.
_WORK = frozenset({"contact.talk_s", "contact.hold_s", "contact.acw_s", "agent_time.state"})
#: Facts whose rows hold different things under one column, told apart by name.
_BY_NAME = frozenset({"survey", "series"})
_HANDLING = "handling"
_REPEAT = "repeat"
#: Seconds on hold and how often: whoever was never on hold has neither.
_HOLD = "hold"
_HOLDS = frozenset({"contact.hold_s", "contact.hold_count"})
_LABELS = {
    _HANDLING: Bilingual("応対にかかる時間", "the time that contacts take"),
    _HOLD: Bilingual("保留", "being on hold"),
    _REPEAT: Bilingual("再入電かどうか", "whether a contact is repeated"),
}


#: A word for what is read, and the names by which the rows are told apart (none: all of them).
Read: TypeAlias = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Components:
    """What a KPI is made of. ``over``, ``under``: the measures above and below the line, as (fact, name); ``read``: what the part above reads of a record
    (of a quotient of two amounts the part below as well); ``wholes``: which rows are counted below the line, whatever the measure is called and whatever single
    rows are left out; ``counted``: those counted above it, of a total or a quotient."""

    form: str
    over: frozenset[tuple[str, str]]
    under: frozenset[tuple[str, str]]
    read: frozenset[Read]
    wholes: frozenset[tuple[str, frozenset[str]]]
    counted: frozenset[tuple[str, frozenset[str]]]

    @property
    def by_case(self) -> bool:
        """Whether it is an amount of the records that are counted below the line (waits per contact), not of something else (cost per contact)."""
        return bool(self.wholes) and {fact for fact, _ in self.over} == {fact for fact, _ in self.under}


def components(definition: Definition) -> Components:
    """Return what ``definition`` is made of. A value that is no quotient has everything above the line."""
    ratio = definition.value.ratio
    measures = definition.measures
    above = tuple(ratio[0]) if ratio is not None else tuple(definition.value.measures)
    below = tuple(ratio[1]) if ratio is not None else ()
    form = "total" if ratio is None else "share" if definition.unit == "share" else "mean" if definition.interval == "mean" else "quotient"
    every = (*above, *below) if form == "quotient" else above
    reading = {read for name in every if name in measures for read in _read(measures[name])}
    reading |= {read for name in below if name in measures for read in _read(measures[name]) if read[0] == _HANDLING}
    wholes = _wholes(measures, below)
    counted = _wholes(measures, above) if form in ("total", "quotient") else frozenset()
    return Components(form, _named(measures, above), _named(measures, below), frozenset(reading), wholes, counted)


def in_common(one: Definition, other: Definition) -> Bilingual | None:
    """Return what makes the two move together by their formulas alone, or None.

    Two rates of the same whole (answer rate, abandon rate); the same amounts above the line (handling time, talk time); the numerator of one below the line of
    the other. A total and a rate *of* that total (contacts, answer rate) share a component as well, but the rate does not follow from it: that is a question.
    """
    if one.kpi == other.kpi:
        return Bilingual("同じKPIの別の読み方です", "two readings of the same KPI")
    a, b = components(one), components(other)
    read = sorted(
        word
        for word, names in a.read
        for other_word, others in b.read
        if word == other_word and (not names or not others or names & others)
    )
    if read:
        label = _label(read[0])
        return Bilingual(f"どちらも「{label.ja}」から計算します", f"both are computed from “{label.en}”")
    if a.counted & b.counted:
        return Bilingual("どちらも同じ実績の件数から計算します", "both are computed from the number of the same records")
    if a.over & b.over:
        name = sorted(a.over & b.over)[0][1]
        return Bilingual(f"分子に同じ「{name}」を使います", f"both have “{name}” above the line")
    if a.under & b.under and "mean" not in (a.form, b.form):
        name = sorted(a.under & b.under)[0][1]
        return Bilingual(f"分母に同じ「{name}」を使います", f"both have “{name}” below the line")
    if a.wholes & b.wholes and a.form == b.form == "share":
        return Bilingual("どちらも同じ実績を分母とする割合です", "both are shares of the same records")
    for first, second in ((a, b), (b, a)):
        crossing = first.over & second.under
        its_cases = first.form == "total" and (second.form in ("share", "mean") or second.by_case)
        if crossing and not its_cases and not (first.form == "share" and second.form == "mean"):
            name = sorted(crossing)[0][1]
            return Bilingual(
                f"一方の分子と他方の分母が同じ「{name}」です", f"“{name}” is above the line of one and below that of the other"
            )
    return None


def _wholes(measures: Mapping[str, Measure], names: tuple[str, ...]) -> frozenset[tuple[str, frozenset[str]]]:
    return frozenset(_whole(measures[name]) for name in names if name in measures and measures[name].kind in ("count", "distinct"))


def _whole(measure: Measure) -> tuple[str, frozenset[str]]:
    """Which rows are counted; what is only left out (tests, channels without a ring) does not make another whole."""
    from rashin.formula import nodes
    from rashin.formula.printer import show

    condition = measure.condition
    parts = (
        () if condition is None else condition.operands if isinstance(condition, nodes.Logic) and condition.op == "and" else (condition,)
    )
    return measure.fact, frozenset(show(part) for part in parts if not isinstance(part, nodes.Not))


def _named(measures: Mapping[str, Measure], names: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((measures[name].fact, name) for name in names if name in measures)


def _read(measure: Measure) -> set[Read]:
    """Amounts and flags that a measure reads, as fact.column; what means the same by one word."""
    from rashin.records import FACTS

    everything: frozenset[str] = frozenset()
    found: set[Read] = {(_REPEAT, everything) for name in measure.virtual if name.startswith("repeat")}
    fact = FACTS[measure.fact]
    # a survey's score on satisfaction is not one on recommendation, nor are sales orders
    names = frozenset(re.findall(r"'([^']*)'", measure.text)) if measure.fact in _BY_NAME else everything
    for name in measure.columns:
        word = f"{measure.fact}.{name}"
        if word in _HOLDS:
            found.add((_HOLD, everything))
        if word in _WORK:
            found.add((_HANDLING, everything))
        elif fact.column(name).role in ("quantity", "flag") and name != "is_test":
            found.add((word, names))
    return found


def _label(word: str) -> Bilingual:
    if word in _LABELS:
        return _LABELS[word]
    from rashin.records import FACTS

    fact, _, name = word.partition(".")
    return FACTS[fact].column(name).label
