"""A TOML entry → a checked :class:`Kpi`: vocabulary, formulas, units, variants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from rashin.catalogue import vocabulary
from rashin.catalogue.entry import Table, is_number
from rashin.catalogue.model import Band, Benchmark, Exclusion, Hint, Kpi, Reading
from rashin.errors import Bilingual
from rashin.formula import MeasureForm, MeasureInfo, ParamValue, Repeat, ValueForm, parse_measure_form, parse_value_form
from rashin.formula.repeats import IDENTITIES
from rashin.formula.rows import condition_form
from rashin.records import FACTS

#: Keys of which a variant may say a part; the rest of the table is the entry's.
_MERGED = ("params", "measures")
_NOT_INHERITED = ("equivalent", "short", "variants")
#: Keys that speak of the entry's fact: a variant that counts another fact says its own or has none.
_NO_CATEGORY = "category is null"
_CATEGORY_UNKNOWN = Bilingual("分類が不明で、同じ用件か判断できない", "category not known, so the same matter cannot be told")
_OF_FACT = ("at", "exclude", "repeat")


def build(key: str, data: Mapping[str, Any], place: str) -> Kpi:
    """Return the checked entry. Raises :class:`rashin.errors.DefinitionError` at the first fault."""
    table = Table(data, place)
    _check_name(table, key)
    table.keys(vocabulary.MANDATORY, vocabulary.OPTIONAL)
    default = _reading(table, None)
    variants = {}
    for name in table.table("variants").data:
        own = table.table("variants").table(name)
        _check_name(own, name)
        if name == "default":
            own.refuse("bad_name", "", Bilingual("default は使えない名前です。", "default is not a free name."), word=name)
        own.keys(vocabulary.VARIANT_MANDATORY, vocabulary.VARIANT_OPTIONAL)
        variants[name] = _reading(Table(_inherit(data, own), own.place), name)
    return Kpi(
        key=key,
        name=table.bilingual("name"),
        short=table.optional_bilingual("short"),
        seed=table.optional_text("seed"),
        family=table.choice("family", vocabulary.FAMILIES),
        priority=table.choice("priority", vocabulary.PRIORITIES),
        purpose=table.bilingual("purpose"),
        counter=table.texts("counter"),
        hints=tuple(_hint(each) for each in table.tables("hints")),
        version=table.integer("version", 1),
        since=table.day("since"),
        default=default,
        variants=variants,
        digest=digest(data),
        place=place,
    )


def digest(data: Mapping[str, Any]) -> str:
    """Return the hash of an entry's content together with the derived columns that its formulas may stand on."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str) + _language()
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def _language() -> str:
    return ";".join(f"{fact.name}.{each.name}={each.expression}" for fact in FACTS.values() for each in fact.derived)


def _check_name(table: Table, name: str) -> None:
    if not (name.isascii() and name.isidentifier() and name == name.lower()):
        table.refuse(
            "bad_name",
            "",
            Bilingual(f"名前「{name}」は英小文字・数字・_ で書きます。", f"write the name “{name}” in lower-case letters, digits and _."),
            word=name,
        )


def _inherit(data: Mapping[str, Any], own: Table) -> dict[str, Any]:
    """Return the entry with the variant's keys laid over it."""
    found = {key: value for key, value in data.items() if key not in _NOT_INHERITED}
    if own.data.get("fact", data["fact"]) != data["fact"]:
        found = {key: value for key, value in found.items() if key not in _OF_FACT}
        found["measures"] = {name: _with_fact(written, data) for name, written in data["measures"].items()}
    for key, value in own.data.items():
        found[key] = {**found.get(key, {}), **own.table(key).data} if key in _MERGED else value
    return found


def _with_fact(written: Any, data: Mapping[str, Any]) -> Any:
    """Return a measure of the entry with its fact and anchor written out, so that it keeps its meaning beside another fact."""
    if not isinstance(written, str):
        return written
    anchor = {"at": data["at"]} if "at" in data else {}
    return {"fact": data["fact"], "formula": written, **anchor}


def _hint(table: Table) -> Hint:
    table.keys(("ja", "en"), ("kpis",))
    return Hint(table.text("ja").strip(), table.text("en").strip(), table.texts("kpis"))


def _reading(table: Table, variant: str | None) -> Reading:
    fact = table.choice("fact", FACTS)
    at = _anchor(table, fact)
    unit = table.choice("unit", vocabulary.UNITS)
    better = cast(vocabulary.Better, table.choice("better", vocabulary.BETTER))
    params = table.params()
    measures, texts = _measures(table, fact, at, params)
    infos = {name: MeasureInfo(form.unit, form.kind == "histogram") for name, form in measures.items()}
    value = parse_value_form(table.text("value"), infos, params, table.at("value"))
    _check_unit(table, unit, value)
    repeat = _repeat(table)
    for form in measures.values():
        if form.needs_repeat and repeat is None:
            table.refuse(
                "repeat_missing",
                "repeat",
                Bilingual(
                    f"集計値「{form.name}」は再入電の判定を使いますが、repeat の表がありません。",
                    f"the measure “{form.name}” asks about repeats, but there is no repeat table.",
                ),
                word=form.name,
            )
    interval = table.choice("interval", vocabulary.INTERVALS) if "interval" in table.data else None
    return Reading(
        variant=variant,
        name=table.bilingual("name"),
        meaning=table.bilingual("meaning"),
        source=table.bilingual("source"),
        short=table.optional_bilingual("short"),
        equivalent=table.optional_text("equivalent"),
        fact=fact,
        at=at,
        unit=unit,
        better=better,
        band=_band(table, better),
        params=params,
        measures=measures,
        measure_texts=texts,
        value=value,
        value_text=table.text("value"),
        n=_n(table, measures),
        interval=cast("vocabulary.Interval | None", interval),
        min_n=table.integer("min_n", 0),
        bounds=_bounds(table),
        exclude=_with_category(table, fact, params, repeat, _exclusions(table, fact, params)),
        repeat=repeat,
        benchmark=tuple(_benchmark(each) for each in table.tables("benchmark")),
        place=table.place,
    )


def _anchor(table: Table, fact: str) -> str:
    if "at" not in table.data:
        return "counted_at"
    times = [column for column in FACTS[fact].names if FACTS[fact].column(column).type in ("instant", "date")]
    return table.choice("at", times)


def _measures(table: Table, fact: str, at: str, params: Mapping[str, ParamValue]) -> tuple[dict[str, MeasureForm], dict[str, str]]:
    own = table.table("measures")
    if not own.data:
        table.wrong("measures", "一つ以上の集計値の表", "a table of at least one measure")
    forms, texts = {}, {}
    for name, written in own.data.items():
        _check_name(Table({}, own.at(name)), name)
        if isinstance(written, dict):
            inner = own.table(name)
            inner.keys(("fact", "formula"), ("at",))
            of = inner.choice("fact", FACTS)
            text, when = inner.text("formula"), _anchor(inner, of)
        else:
            text, of, when = own.text(name), fact, at
        forms[name], texts[name] = parse_measure_form(name, text, of, params, own.at(name), when), text
    return forms, texts


def _check_unit(table: Table, unit: str, value: ValueForm) -> None:
    if value.unit is not None and value.unit not in vocabulary.ACCEPTS[unit]:
        table.refuse(
            "unit_mismatch",
            "unit",
            Bilingual(
                f"unit は「{unit}」ですが、value の単位は「{value.unit}」になります。",
                f"unit is “{unit}”, but the value comes out in “{value.unit}”.",
            ),
            word=unit,
            next_step=Bilingual("value か unit のどちらかを直してください。", "Correct either the value or the unit."),
        )


def _n(table: Table, measures: Mapping[str, MeasureForm]) -> str | None:
    if "n" not in table.data:
        return None
    name = table.text("n")
    if name not in measures:
        table.refuse(
            "unknown_measure",
            "n",
            Bilingual(f"集計値「{name}」はありません。", f"there is no measure “{name}”."),
            word=name,
            known=measures,
        )
    return name


def _band(table: Table, better: str) -> Band | None:
    if "band" not in table.data:
        if better == "band":
            table.refuse(
                "missing_key",
                "",
                Bilingual(
                    'better = "band" には band = { low = …, high = … } が要ります。', 'better = "band" needs band = { low = …, high = … }.'
                ),
                word="band",
            )
        return None
    own = table.table("band")
    own.keys((), ("low", "high", "origin"))
    low, high = own.number("low"), own.number("high")
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        table.wrong("band", "low ≦ high の範囲", "a range with low ≤ high")
    return Band(low, high, own.optional_bilingual("origin"))


def _bounds(table: Table) -> tuple[float | None, float | None] | None:
    value = table.data.get("bounds", [])
    if value == []:  # also how a variant says that the entry's bounds do not hold for it
        return None
    if not isinstance(value, list) or len(value) not in (1, 2) or not all(is_number(each) for each in value):
        table.wrong("bounds", " [下限, 上限] または [下限]", "[low, high] or [low]")
    if len(value) == 2 and value[0] > value[1]:
        table.wrong("bounds", "下限 ≦ 上限", "low ≤ high")
    return float(value[0]), float(value[1]) if len(value) == 2 else None


def _exclusions(table: Table, fact: str, params: Mapping[str, ParamValue]) -> tuple[Exclusion, ...]:
    found = []
    for each in table.tables("exclude"):
        each.keys(("when", "reason"), ("at_most",))
        text, limit = each.text("when"), each.number("at_most")
        if limit is not None and not 0 <= limit < 1:
            each.wrong("at_most", "0 以上 1 未満の割合", "a share of at least 0 and below 1")
        found.append(Exclusion(text, condition_form(text, fact, params, each.at("when")), each.bilingual("reason"), limit))
    return tuple(found)


def _with_category(
    table: Table, fact: str, params: Mapping[str, ParamValue], repeat: Repeat | None, found: tuple[Exclusion, ...]
) -> tuple[Exclusion, ...]:
    """Where repeats are told by category, contacts without one never link and would only flatter the rate: they are left out unless the entry counts them."""
    if repeat is None or not repeat.same_category or any(each.text.split() == _NO_CATEGORY.split() for each in found):
        return found
    if table.table("repeat").optional_text("unknown_category") == "counted":
        return found
    form = condition_form(_NO_CATEGORY, fact, params, table.at("repeat"))
    return (*found, Exclusion(_NO_CATEGORY, form, _CATEGORY_UNKNOWN, None))


def _repeat(table: Table) -> Repeat | None:
    if "repeat" not in table.data:
        return None
    own = table.table("repeat")
    own.keys(("identity", "window_days"), ("same_category", "same_channel", "skip_promised", "unknown_category"))
    if "unknown_category" in own.data:
        own.choice("unknown_category", ("left_out", "counted"))
    window = own.number("window_days")
    if window is None or not 0 < window <= 366:
        own.wrong("window_days", "0 より大きく 366 以下の日数", "a number of days above 0 and at most 366")
    return Repeat(
        identity=own.choice("identity", IDENTITIES),
        same_category=own.flag("same_category", False),
        same_channel=own.flag("same_channel", False),
        window_days=window,
        skip_promised=own.flag("skip_promised", False),
    )


def _benchmark(table: Table) -> Benchmark:
    table.keys(("origin",), ("low", "high", "value"))
    low, high, value = (table.number(key) for key in ("low", "high", "value"))
    if low is None and high is None and value is None:
        table.refuse(
            "missing_key", "", Bilingual("low・high・value のどれかが要ります。", "one of low, high, value is needed."), word="value"
        )
    return Benchmark(table.bilingual("origin"), low, high, value)
