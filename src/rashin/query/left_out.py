"""Say what was left out of an answer because its source does not record what a KPI needs: how many rows, which sources, which columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rashin.catalogue.recorded import counted_below, left_out_count
from rashin.errors import Bilingual
from rashin.formula import Measure
from rashin.query.cells import Series
from rashin.query.collect import View
from rashin.query.notes import Note
from rashin.query.passes import route
from rashin.query.question import Question
from rashin.query.work import Place, Work, job

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue.recorded import Silence


def left_out_notes(
    view: View, question: Question, work: Work, series: Sequence[Series], asked: Callable[[str], frozenset[str]]
) -> Iterator[tuple[int, Note, NDArray[np.bool_]]]:
    """Yield (place of the series, note, which of its cells lack rows). ``asked``: the sources with rows of a fact in the question.

    Under a privacy minimum the sources are named without numbers: how many rows lie in a small slice may say whose they are.
    """
    touched = {
        (index, fact): left
        for index, one in enumerate(series)
        for fact, left in one.inputs.left_out.items()
        if left.any() and one.inputs.columns
    }
    counts = {} if not touched or view.min_group else _counts(view, question, work, list(touched))
    for (index, fact), left in touched.items():
        silences = [each for each in work.silences[index] if each.fact == fact]
        if view.min_group:
            silences = [each for each in silences if each.source in asked(fact)]
        yield index, _note(fact, series[index].definition.name, silences, counts.get((index, fact))), left > 0


def _counts(view: View, question: Question, work: Work, touched: Sequence[tuple[int, str]]) -> dict[tuple[int, str], dict[str, float]]:
    """The rows left out over the whole period, by source: a roll-up that keeps sources tells it as well as the facts."""
    whole = question.with_(by=("source",), grain=None, compare=None, dense=False)
    measures = {each: _left_out(work, *each) for each in touched}
    groups: dict[Place, dict[str, Measure]] = {}
    for measure in measures.values():
        groups.setdefault((measure.fact, measure.at, "clipped_s" in measure.virtual, measure.repeat), {})[measure.key] = measure
    found: dict[str, dict[str, float]] = {}
    for place, wanted in groups.items():
        for routed in route(job(place, tuple(wanted.values()), tuple(wanted)), whole, whole.period, view):
            sources = routed.table.column("_d0").to_pylist()
            for at, key in enumerate(routed.job.keys):
                numbers = np.nan_to_num(np.asarray(routed.table.column(f"_m{at}").to_numpy(), np.float64))
                found[key] = {source: float(number) for source, number in zip(sources, numbers, strict=True) if number}
    silent = {each: {silence.source for silence in work.silences[each[0]] if silence.fact == each[1]} for each in touched}
    return {
        each: {source: found[measure.key][source] for source in found[measure.key] if source in silent[each]}
        for each, measure in measures.items()
    }


def _left_out(work: Work, index: int, fact: str) -> Measure:
    """The rows left out, sliced by source: where whole sources are, all of their rows below the line, which needs no look at the source of each row."""
    definition, silences = work.definitions[index], [each for each in work.silences[index] if each.fact == fact]
    if all(each.first is None and each.last is None for each in silences):
        return counted_below(definition, fact)
    return left_out_count(definition, fact, silences)


def _note(fact: str, kpi: Bilingual, silences: Sequence[Silence], counts: dict[str, float] | None) -> Note:
    groups: dict[Bilingual, list[Bilingual]] = {}
    for source in dict.fromkeys(each.source for each in silences):
        own = [each for each in silences if each.source == source]
        if counts is not None and not counts.get(source):
            continue
        place = own[0].place if len(own) == 1 else Bilingual(f"{source}(一部の期間)", f"{source} (part of the time)")
        number = "" if counts is None else f"{round(counts[source]):,}"
        said = Bilingual(f"{place.ja} {number} 件", f"{place.en}: {number}") if number else place
        groups.setdefault(own[0].lacking, []).append(said)
    total = None if counts is None else round(sum(counts.values()))
    ja = "、".join(f"{'、'.join(each.ja for each in said)}は{what.ja}の記録なし" for what, said in groups.items())
    en = "; ".join(f"no record of {what.en} in {', '.join(each.en for each in said)}" for what, said in groups.items())
    head = (
        Bilingual("記録のない連携元の行を", "rows of sources that do not record what it needs")
        if total is None
        else Bilingual(f"{total:,} 件を", f"{total:,} rows")
    )
    text = Bilingual(
        f"{kpi.ja}は{head.ja}分子・分母とも除いています({ja})", f"{kpi.en} leaves {head.en} out on both sides of the line ({en})"
    )
    names = tuple(dict.fromkeys(name for each in silences for name in each.columns))
    return Note("left_out", text, fact, ", ".join(dict.fromkeys(each.source for each in silences)), count=total or 0, names=names)
