"""One KPI of the reference: its definition, its variants side by side, its worked figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rashin.catalogue import page_words as words
from rashin.catalogue.bind import definition
from rashin.catalogue.loader import Catalogue
from rashin.catalogue.model import Definition, Hint, Kpi, Reading
from rashin.catalogue.page_markdown import code, figure, link, span, table
from rashin.catalogue.specs import Spec
from rashin.catalogue.vocabulary import PRIORITIES, UNITS
from rashin.errors import Bilingual
from rashin.formula import ParamValue, Repeat
from rashin.records import FACTS


def entry(kpi: Kpi, catalogue: Catalogue, specs: Sequence[Spec], lang: str) -> list[str]:
    """Return the lines of one KPI's section."""
    other = "en" if lang == "ja" else "ja"
    lines = [f'<a id="{kpi.key}"></a>', "", f"#### {kpi.name(lang)}", "", f"{code(kpi.key)} · {kpi.name(other)}", ""]
    lines += [kpi.purpose(lang), "", f"**{words.MEANING(lang)}** — {kpi.meaning(lang)}", ""]
    lines += [f"**{words.FORMULA(lang)}** — {code(kpi.default.value_text)}", ""]
    lines += _measures(kpi, lang) + _facts_about(kpi, catalogue, lang)
    if kpi.hints:
        lines += [f"**{words.HINTS(lang)}**", "", *(_hint(hint, lang) for hint in kpi.hints), ""]
    if kpi.variants:
        lines += [f"**{words.VARIANTS(lang)}**", *_variants(kpi, lang), *_more_measures(kpi, lang)]
    return lines + _worked(kpi, specs, lang)


def _hint(hint: Hint, lang: str) -> str:
    told = ", ".join(f"[{name}](#{name.partition(':')[0]})" for name in hint.kpis)
    return f"- {hint(lang)}" + (f" → {told}" if told else "")


def _used(kpi: Kpi, reading: Reading) -> Definition:
    return definition(kpi, reading, {})


def _measures(kpi: Kpi, lang: str) -> list[str]:
    """The measures of the default reading."""
    rows = [_measure(kpi.default, name, lang) for name in _used(kpi, kpi.default).measures]
    return table((words.MEASURES(lang), words.COUNTED(lang), words.FACTS(lang)), rows)


def _more_measures(kpi: Kpi, lang: str) -> list[str]:
    """The measures that only variants use, each once, with the variants that use it."""
    own = {_measure(kpi.default, name, lang) for name in _used(kpi, kpi.default).measures}
    users: dict[tuple[str, str, str], list[str]] = {}
    for variant, reading in kpi.variants.items():
        for name in _used(kpi, reading).measures:
            row = _measure(reading, name, lang)
            if row not in own:
                users.setdefault(row, []).append(code(variant))
    if not users:
        return []
    header = (words.MORE_MEASURES(lang), words.COUNTED(lang), words.FACTS(lang), words.USED_BY(lang))
    return table(header, [(*row, ", ".join(variants)) for row, variants in users.items()])


def _measure(reading: Reading, name: str, lang: str) -> tuple[str, str, str]:
    form = reading.measures[name]
    where = FACTS[form.fact].label(lang)
    # the moment is said once for the whole reading; here only where a measure differs from it
    when = "" if form.at in ("counted_at", reading.at) else f" ({_column(form.fact, form.at, lang)})"
    return code(name), code(reading.measure_texts[name]), where + when


def _column(fact: str, name: str, lang: str) -> str:
    return FACTS[fact].column(name).label(lang)


def _facts_about(kpi: Kpi, catalogue: Catalogue, lang: str) -> list[str]:
    rows = [(label(lang), text) for label, text in _about(kpi, catalogue, lang) if text]
    return table((words.ITEM(lang), words.CONTENT(lang)), rows)


def _about(kpi: Kpi, catalogue: Catalogue, lang: str) -> Iterator[tuple[Bilingual, str]]:
    default = kpi.default
    yield words.PRIORITY, PRIORITIES[kpi.priority](lang)
    yield words.UNIT, UNITS[default.unit](lang)
    yield words.DIRECTION, words.BETTER[default.better](lang)
    if default.band:
        origin = f" — {default.band.origin(lang)}" if default.band.origin else ""
        yield words.BAND, span(default.band.low, default.band.high, default.unit, lang) + origin
    for each in default.benchmark:
        low, high = (each.value, each.value) if each.value is not None else (each.low, each.high)
        shown = figure(low, default.unit, lang) if each.value is not None else span(low, high, default.unit, lang)
        yield words.BENCHMARK, f"{shown} — {each.origin(lang)}"
    yield words.PARAMS, _params(default.params)
    yield words.COUNTER, ", ".join(link(key, catalogue.kpis[key].name(lang)) for key in kpi.counter)
    yield words.MIN_N, str(default.min_n)
    yield words.INTERVAL, words.INTERVALS[_used(kpi, default).interval](lang)
    if default.bounds:
        yield words.BOUNDS, span(*default.bounds, default.unit, lang)
    yield words.EXCLUDED, _reasons(default, lang)
    yield words.REPEAT, _switches(default.repeat, lang)
    if default.at != "counted_at":
        yield words.COUNTED_AT, _column(default.fact, default.at, lang)
    yield words.SOURCE, default.source(lang)
    yield words.VERSION, f"{kpi.version} ({kpi.since.isoformat()})"


def _params(params: Mapping[str, ParamValue]) -> str:
    return ", ".join(code(f"{name} = {_param(value)}") for name, value in params.items())


def _param(value: ParamValue) -> str:
    return "[" + ", ".join(str(each) for each in value) + "]" if isinstance(value, tuple) else str(value)


def _reasons(reading: Reading, lang: str) -> str:
    return ("、" if lang == "ja" else "; ").join(each.reason(lang) for each in reading.exclude)


def _switches(repeat: Repeat | None, lang: str) -> str:
    if repeat is None:
        return ""
    parts = (
        words.IDENTITY[repeat.identity],
        words.SAME_CATEGORY if repeat.same_category else words.ANY_CATEGORY,
        words.SAME_CHANNEL if repeat.same_channel else words.ANY_CHANNEL,
        words.WITHIN.format(days=f"{repeat.window_days:g}") if repeat.window_days != 1 else words.WITHIN_A_DAY,
        words.SKIP_PROMISED if repeat.skip_promised else words.WITH_PROMISED,
    )
    return ("、" if lang == "ja" else ", ").join(part(lang) for part in parts)


def _variants(kpi: Kpi, lang: str) -> list[str]:
    header = (words.VARIANTS(lang), words.MEANING(lang), words.FORMULA(lang), words.EQUIVALENT(lang), words.SOURCE(lang))
    rows = []
    for name, reading in kpi.variants.items():
        meaning = " ".join((reading.meaning(lang), *(f"({note})" for note in _differences(kpi, reading, lang))))
        rows.append(
            (
                f"{reading.name(lang)}<br>{code(name)}",
                meaning,
                code(reading.value_text),
                reading.equivalent or words.NONE(lang),
                reading.source(lang),
            )
        )
    return table(header, rows)


def _differences(kpi: Kpi, reading: Reading, lang: str) -> Iterator[str]:
    """What else a variant does otherwise than the default: its fact, its moment, its switches, its exclusions, its parameters."""
    default = kpi.default
    if reading.fact != default.fact:
        yield words.READS.format(fact=FACTS[reading.fact].label(lang))(lang)
    if reading.at != default.at and reading.at != "counted_at":
        yield words.BOOKED_AT.format(at=_column(reading.fact, reading.at, lang))(lang)
    if reading.repeat is not None and reading.repeat != default.repeat:
        yield _switches(reading.repeat, lang)
    if reading.fact == default.fact and [each.text for each in reading.exclude] != [each.text for each in default.exclude]:
        reasons = _reasons(reading, lang) or words.NOTHING_EXCLUDED(lang)
        yield words.ALSO_EXCLUDED.format(reasons=reasons)(lang)
    own = {name: value for name, value in reading.params.items() if default.params.get(name) != value}
    if own:
        yield words.WITH_PARAMS.format(params=_params(own))(lang)


def _worked(kpi: Kpi, specs: Sequence[Spec], lang: str) -> list[str]:
    if not specs:
        return []
    lines = ["<details>", f"<summary>{words.WORKED(lang)} ({len(specs)})</summary>", ""]
    for spec in specs:
        lines += _spec(kpi, spec, lang)
    return [*lines, "</details>", ""]


def _spec(kpi: Kpi, spec: Spec, lang: str) -> list[str]:
    source = spec.source if isinstance(spec.source, str) else spec.source(lang)
    lines = [f"**{spec.title(lang)}**", "", source, ""]
    if spec.params:
        lines += [f"{words.PARAMS(lang)}: {_params(spec.params)}", ""]
    for fact, text in spec.tables.items():
        lines += _rows(fact, text, lang)
    results = []
    for name, value in spec.expect.items():
        reading = kpi.readings[name]
        label = words.DEFAULT(lang) if name == "default" else f"{reading.name(lang)} {code(name)}"
        results.append((label, figure(value, reading.unit, lang)))
    return lines + table((words.READING(lang), words.RESULT(lang)), results)


def _rows(fact: str, text: str, lang: str) -> list[str]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return [f"{FACTS[fact].label(lang)}: 0", ""]
    return [FACTS[fact].label(lang), *table([_heading(fact, name, lang) for name in lines[0]], lines[1:])]


def _heading(fact: str, name: str, lang: str) -> str:
    if name == "n":
        return words.ROW_COUNT(lang)
    if lang == "en" or name not in FACTS[fact].names:
        return code(name)
    return f"{_column(fact, name, lang)}<br>{code(name)}"
