"""Which rows a definition must leave out because their source does not record what stands above the line.

A source that never says whether a matter was settled brings contacts and no settled ones; counted below the line they would make first contact resolution
look like a failure. Its rows count on neither side. The same holds for the days before a source began to record the column, and after it stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rashin.catalogue.model import BoundExclusion, Definition
from rashin.errors import Bilingual
from rashin.formula import Measure, nodes
from rashin.formula.blind import blind
from rashin.formula.nodes import Node
from rashin.records import FACTS
from rashin.records.model import UNKNOWN

#: First and last day, both included.
Span = tuple[date, date]

#: What a column's null says when a source may not record it at all. (Other nulls mean something: has not happened, none, not answered.)
_MAY_LACK = (Bilingual("連携元が記録していない", "the source does not record it"), Bilingual("判定なし", "not judged"), UNKNOWN)
#: Here a null may also say that it has not happened yet: only a source that has never had a value does not record it.
_NOT_DONE = Bilingual("まだ起きていない、または記録なし", "has not happened, or is not recorded")
#: A value within so many days of the first row counts as recorded from the beginning, and likewise at the end: rare things are not noted every day.
GRACE = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Silence:
    """Rows of ``source`` dated ``first`` … ``last`` (None = no end) do not have ``columns``, and so can add nothing above the line."""

    fact: str
    source: str
    first: date | None
    last: date | None
    columns: tuple[str, ...]

    @property
    def condition(self) -> Node:
        """The condition that these rows meet."""
        day = nodes.Column("business_date", "date")
        parts: list[Node] = [nodes.Compare("=", nodes.Column("source", "text"), nodes.Constant(self.source))]
        if self.first is not None:
            parts.append(nodes.Compare(">=", day, nodes.Constant(self.first)))
        if self.last is not None:
            parts.append(nodes.Compare("<=", day, nodes.Constant(self.last)))
        return nodes.logic("and", parts)

    @property
    def place(self) -> Bilingual:
        """The source, with the days when it is not all of them."""
        if self.first is None and self.last is None:
            return Bilingual(self.source, self.source)
        if self.first is None:
            return Bilingual(f"{self.source}({self.last} まで)", f"{self.source} (until {self.last})")
        if self.last is None:
            return Bilingual(f"{self.source}({self.first} から)", f"{self.source} (from {self.first})")
        return Bilingual(f"{self.source}({self.first}~{self.last})", f"{self.source} ({self.first} to {self.last})")

    @property
    def lacking(self) -> Bilingual:
        """The columns in words."""
        labels = [FACTS[self.fact].column(name).label for name in self.columns]
        return Bilingual(f"「{'」「'.join(each.ja for each in labels)}」", ", ".join(f"“{each.en}”" for each in labels))

    @property
    def reason(self) -> Bilingual:
        """Why such a row does not count."""
        place, what = self.place, self.lacking
        return Bilingual(f"{place.ja} は{what.ja}を記録していない", f"{place.en} does not record {what.en}")


def may_lack(fact: str, column: str) -> bool:
    """Return whether a source may not record the column at all, so that a null in all its rows says just that."""
    return column not in FACTS[fact].required and FACTS[fact].column(column).null in (*_MAY_LACK, _NOT_DONE)


def wanted(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Return, for each fact that stands on both sides of the line, the columns that decide what can be counted above it and that a source may not record.

    A bare count has no line: what nobody recorded is told with it, and nothing can be left out.
    """
    if definition.value.ratio is None:
        return {}
    found = {}
    for fact in definition.facts:
        over, under = (_side(definition, which, fact) for which in (0, 1))
        names = sorted({name for measure in over for name in measure.columns if may_lack(fact, name)})
        if over and under and names and _all_blind(over, frozenset(names)):
            found[fact] = tuple(names)
    return found


def silences(definition: Definition, fact: str, source: str, days: Span, spans: Mapping[str, Span | None]) -> tuple[Silence, ...]:
    """Return when ``source``, which has rows of ``fact`` on ``days``, can add nothing above the line. ``spans``: for each of the columns that
    :func:`wanted` names the first and the last day with a value; None = never.
    """
    over, under = (_side(definition, which, fact) for which in (0, 1))
    known = {name: _stretched(span, days, FACTS[fact].column(name).null == _NOT_DONE) for name, span in spans.items()}
    edges = sorted({edge for span in known.values() if span for edge in (span[0], span[1] and span[1] + _DAY) if edge is not None})
    found: list[Silence] = []
    for first, until in zip([None, *edges], [*edges, None], strict=True):
        lacking = frozenset(name for name, span in known.items() if not _covers(span, first, until))
        # what counts below the line neither cannot mislead
        if lacking and _all_blind(over, lacking) and not _all_blind(under, lacking):
            last = None if until is None else until - _DAY
            one = Silence(fact, source, first, last, _decisive(over, lacking))
            if found and found[-1].last is not None and found[-1].last + _DAY == first and found[-1].columns == one.columns:
                one = replace(one, first=found.pop().first)
            found.append(one)
    return tuple(found)


def without(definition: Definition, left_out: Sequence[Silence]) -> Definition:
    """Return the definition over all rows but those; each silence is an exclusion with its reason."""
    if not left_out:
        return definition
    by_fact = {fact: tuple(each for each in left_out if each.fact == fact) for fact in dict.fromkeys(each.fact for each in left_out)}
    limits = {fact: nodes.Not(_any(own)) for fact, own in by_fact.items()}

    def limited(measure: Measure) -> Measure:
        own = by_fact.get(measure.fact, ())
        if all(blind(measure, frozenset(each.columns)) for each in own):
            return measure  # those rows add nothing to it anyway
        return measure.limited(limits[measure.fact])

    return replace(
        definition,
        measures={name: limited(measure) for name, measure in definition.measures.items()},
        squares=None if definition.squares is None else limited(definition.squares),
        uncounted=tuple((limited(measure), each) for measure, each in definition.uncounted),
        exclude=(*definition.exclude, *(BoundExclusion(each.condition, each.reason, each.fact) for each in left_out)),
    )


def counted_below(definition: Definition, fact: str) -> Measure:
    """Return the count of the rows of ``fact`` that stand below the line: n, where that counts rows of the fact."""
    n = definition.measures.get(definition.n or "")
    measure = n if n is not None and n.fact == fact else _side(definition, 1, fact)[0]
    return measure if measure.kind == "count" else replace(measure, name="below", kind="count", unit="count")


def left_out_count(definition: Definition, fact: str, left_out: Iterable[Silence]) -> Measure:
    """Return the count of those rows that no longer stand there because of ``left_out``."""
    return counted_below(definition, fact).limited(_any(each for each in left_out if each.fact == fact))


def _side(definition: Definition, which: int, fact: str) -> list[Measure]:
    """The measures of a fact above (0) or below (1) the line."""
    ratio = definition.value.ratio
    found = [definition.measures[name] for name in ratio[which]] if ratio is not None else []
    return [measure for measure in found if measure.fact == fact]


def _all_blind(measures: Iterable[Measure], unknown: frozenset[str]) -> bool:
    return all(blind(measure, unknown) for measure in measures)


def _decisive(measures: Sequence[Measure], lacking: frozenset[str]) -> tuple[str, ...]:
    """The columns that would have to be recorded: those that each alone make all measures blind, else all that lack."""
    alone = tuple(name for name in sorted(lacking) if _all_blind(measures, frozenset({name})))
    return alone or tuple(sorted(lacking))


def _stretched(span: Span | None, days: Span, pending: bool) -> tuple[date | None, date | None] | None:
    """The days with values, without an end on a side where they reach (nearly) as far as the rows; ``pending``: what has no value may get one yet."""
    if span is None:
        return None
    if pending:
        return None, None
    return None if span[0] < days[0] + GRACE else span[0], None if span[1] > days[1] - GRACE else span[1]


def _covers(span: tuple[date | None, date | None] | None, first: date | None, until: date | None) -> bool:
    """Whether all days from ``first`` until before ``until`` lie within ``span``; both ends are edges of spans or open."""
    if span is None:
        return False
    begun = span[0] is None or (first is not None and first >= span[0])
    return begun and (span[1] is None or (until is not None and until <= span[1] + _DAY))


def _any(left_out: Iterable[Silence]) -> Node:
    """The condition that a row of any of them meets. Source and business date are never null, so it is true or false."""
    left_out = list(left_out)
    whole = [each.source for each in left_out if each.first is None and each.last is None]
    parts = [each.condition for each in left_out if each.source not in whole]
    if whole:
        parts.append(nodes.In(nodes.Column("source", "text"), tuple(nodes.Constant(source) for source in sorted(whole))))
    return nodes.logic("or", parts)
