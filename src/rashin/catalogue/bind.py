"""Reading + parameter values → :class:`Definition`. Nothing is parsed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rashin.catalogue.model import BoundExclusion, Definition, Kpi, Reading
from rashin.catalogue.vocabulary import Interval
from rashin.errors import Bilingual, DefinitionError, QuestionError, nearest
from rashin.formula import Measure, ParamValue, Value, nodes
from rashin.formula.linear import linear_of
from rashin.formula.normal import bind as bind_node
from rashin.formula.scope import kind_of_param


def definition(kpi: Kpi, reading: Reading, params: Mapping[str, ParamValue]) -> Definition:
    """Return the reading with ``params`` laid over its own. Raises QuestionError for a parameter it does not have or of another type."""
    values = {**reading.params, **_checked(kpi, reading, params)}
    try:
        exclude, value, measures = _bound(reading, values)
    except DefinitionError as error:  # the file is sound, this value of a parameter is not
        raise QuestionError(error.code, error.what, error.next_step) from error
    interval = reading.interval or _interval(value, measures, reading.unit)
    n = reading.n or _n(value, measures)
    return Definition(
        kpi=kpi.key,
        variant=reading.variant,
        entry=kpi,
        name=reading.name,
        short=reading.short,
        meaning=reading.meaning,
        source=reading.source,
        fact=reading.fact,
        at=reading.at,
        unit=reading.unit,
        better=reading.better,
        band=reading.band,
        params=values,
        measures=measures,
        value=value,
        n=n,
        interval=interval,
        squares=_squares(value, measures) if interval == "mean" else None,
        uncounted=_uncounted(reading, values, n, exclude),
        min_n=reading.min_n,
        bounds=reading.bounds,
        exclude=exclude,
        repeat=reading.repeat,
        benchmark=reading.benchmark,
        version=f"{kpi.version}+{kpi.digest}",
    )


def _bound(reading: Reading, values: Mapping[str, ParamValue]) -> tuple[tuple[BoundExclusion, ...], Value, dict[str, Measure]]:
    exclude = tuple(BoundExclusion(bind_node(each.condition, values), each.reason, reading.fact, each.at_most) for each in reading.exclude)
    value = reading.value.bind(values)
    wanted = dict.fromkeys((*value.measures, *([reading.n] if reading.n else [])))
    return exclude, value, {name: _excluded(reading.measures[name].bind(values, reading.repeat), exclude) for name in wanted}


def _checked(kpi: Kpi, reading: Reading, params: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    found: dict[str, ParamValue] = {}
    for name, value in params.items():
        if name not in reading.params:
            known = sorted(reading.params)
            near = nearest(name, known)
            hint = Bilingual(f"もしかして「{near}」?", f"Did you mean “{near}”?") if near else None
            listed = Bilingual(f"使えるパラメータ: {'、'.join(known) or 'なし'}", f"Parameters: {', '.join(known) or 'none'}")
            raise QuestionError(
                "unknown_param",
                Bilingual(f"{kpi.key} にパラメータ「{name}」はありません。", f"{kpi.key} has no parameter “{name}”."),
                hint or listed,
            )
        given: Any = tuple(value) if isinstance(value, list) else value  # type: ignore[unreachable]
        usual = reading.params[name]
        if isinstance(given, tuple) != isinstance(usual, tuple) or kind_of_param(given) != kind_of_param(usual) or not _sane(given):
            raise QuestionError(
                "param_type",
                Bilingual(f"パラメータ「{name}」に {value!r} は使えません。", f"{value!r} is no valid value of the parameter “{name}”."),
                Bilingual(
                    f"既定値 {usual!r} と同じ種類の値を指定してください。", f"Give a value of the same kind as its default, {usual!r}."
                ),
            )
        found[name] = given
    return found


def _sane(value: ParamValue) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(_sane(each) for each in value)
    if isinstance(value, str):
        return value.isprintable() and len(value) <= 200
    return isinstance(value, bool) or abs(value) <= 1e15  # also false for NaN


def _excluded(measure: Measure, exclude: tuple[BoundExclusion, ...]) -> Measure:
    """Return the measure without the rows that never count: those for which an exclusion is true (null does not exclude)."""
    for each in exclude:
        if each.fact == measure.fact:
            counts = nodes.Call("coalesce", (each.condition, nodes.Constant(False)))
            measure = measure.where(nodes.Not(counts))
    return measure


def _uncounted(
    reading: Reading, values: Mapping[str, ParamValue], n: str | None, exclude: tuple[BoundExclusion, ...]
) -> tuple[tuple[Measure, BoundExclusion], ...]:
    """Return the count of the rows that each limited exclusion takes from n."""
    found = []
    for each in exclude:
        if each.at_most is None or n is None or reading.measures[n].fact != each.fact or reading.measures[n].kind != "count":
            continue
        others = tuple(other for other in exclude if other is not each)
        taken = _excluded(reading.measures[n].bind(values, reading.repeat).where(each.condition), others)
        found.append((replace(taken, name=f"{n}_uncounted"), each))
    return tuple(found)


def _n(value: Value, measures: Mapping[str, Measure]) -> str | None:
    """Return the measure that is n when the entry does not say: a denominator that counts, else the first count."""
    ratio = value.ratio
    if ratio is not None and len(ratio[1]) == 1:
        (name,) = ratio[1]
        if measures[name].unit == "count":
            return name
    counts = [name for name, measure in measures.items() if measure.kind in ("count", "distinct")]
    held = [name for name, measure in measures.items() if measure.kind == "histogram"]
    return next(iter((*counts, *held)), None)


def _interval(value: Value, measures: Mapping[str, Measure], unit: str) -> Interval:
    """Return the interval that fits the value's form: counted ÷ counted, sum ÷ count, order statistic, plain count."""
    if any(measures[name].kind == "histogram" for name in value.measures):
        return "order"
    ratio = value.ratio
    if ratio is None:
        plain = linear_of(value.node)
        return "poisson" if plain is not None and len(plain) == 1 and all(measures[name].kind == "count" for name in plain) else "none"
    above, below = ratio
    if not all(measures[name].kind == "count" for name in below):
        return "none"
    if all(measures[name].kind == "count" for name in above):
        return "wilson" if unit == "share" else "none"
    return "mean" if _squares(value, measures) is not None else "none"


def _squares(value: Value, measures: Mapping[str, Measure]) -> Measure | None:
    """Return the sum of squares beside the one sum of a mean; None when the value is no such mean."""
    ratio = value.ratio
    if ratio is None or len(ratio[0]) != 1 or len(ratio[1]) != 1:
        return None
    (name,) = ratio[0]
    measure = measures[name]
    return replace(measure.squared(), name=f"{name}_squares") if measure.kind == "sum" else None
