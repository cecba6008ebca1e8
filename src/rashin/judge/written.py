"""A goal as text: TOML → checked :class:`Goal`, and back. Every refusal says place, word and the nearest valid name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from rashin.catalogue.entry import Table
from rashin.errors import Bilingual, DefinitionError, QuestionError
from rashin.judge.goal import EVERY, TERMS, Ends, Every, Goal, as_filters
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition

MANDATORY = ("kpi", "every")
OPTIONAL = (
    "title",
    "target",
    "band",
    "near",
    "better",
    "params",
    "start",
    "end",
    "term",
    "where",
    "weekdays",
    "hours",
    "holidays",
    "owner",
    "purpose",
    "kgi",
    "benefit",
    "consequence",
    "plan",
    "cycle",
    "counter",
    "reviewed",
    "origin",
    "version",
)
#: A text is a note, not a document.
_LONGEST = 2_000
_TEXTS = ("title", "purpose", "benefit", "consequence", "plan", "origin")


def read(
    name: str,
    data: Mapping[str, Any],
    catalogue: Catalogue,
    settings: Settings,
    *,
    country: str | None = None,
    place: str = "",
    version: int | None = None,
) -> Goal:
    """Return the checked goal. Raises DefinitionError at the first fault. ``version``: what the folder says; None = what the text says."""
    table = Table(data, place or f"{name}.toml")
    table.keys(MANDATORY, OPTIONAL)
    definition = _definition(table, catalogue)
    better = table.choice("better", ("higher", "lower")) if "better" in data else None
    target, ends = _ends(table, definition, better)
    every = cast(Every, table.choice("every", EVERY))
    start, end = (table.day(key) if key in data else None for key in ("start", "end"))
    if start is not None and end is not None and end < start:
        _refuse(
            table,
            "end_before_start",
            "end",
            f"終わり({end})が始まり({start})より前です。",
            f"the end ({end}) is before the start ({start}).",
        )
    if every == "once" and (start is None or end is None):
        _refuse(
            table, "once_dates", "every", 'every = "once" には start と end が要ります。', 'every = "once" needs start and end.', "once"
        )
    texts = {key: _bilingual(table, key) for key in _TEXTS}
    return Goal(
        name=name,
        kpi=table.text("kpi"),
        ends=ends,
        target=target,
        near=_least(table, "near"),
        better=better,
        params=tuple(sorted(table.params().items())),
        every=every,
        start=start,
        end=end,
        term=table.choice("term", TERMS) if "term" in data else None,
        where=_where(table),
        weekdays=_weekdays(table),
        hours=_hours(table),
        holidays=table.flag("holidays", True),
        owner=_line(table, "owner"),
        kgi=_line(table, "kgi"),
        cycle=_line(table, "cycle"),
        counter=_counter(table, catalogue) if "counter" in data else None,
        reviewed=table.day("reviewed") if "reviewed" in data else None,
        version=(table.integer("version", 0) if "version" in data else 0) if version is None else version,
        definition=definition,
        settings=settings,
        country=country,
        **texts,  # type: ignore[arg-type]
    )


def _definition(table: Table, catalogue: Catalogue) -> Definition:
    try:
        return catalogue.definition(table.text("kpi"), None, table.params() or None)
    except QuestionError as error:
        key = "params" if error.code in ("unknown_param", "param_type") else "kpi"
        raise DefinitionError(error.code, error.what, error.next_step, place=table.at(key), word=str(table.data["kpi"])) from None


def _ends(table: Table, definition: Definition, better: str | None) -> tuple[float | None, Ends]:
    if ("target" in table.data) == ("band" in table.data):
        _refuse(
            table,
            "target_or_band",
            "target",
            "target(目標値)か band(範囲)のどちらか一つを書きます。",
            "write either target or band, and only one of them.",
        )
    if "band" in table.data:
        band = table.table("band")
        band.keys((), ("low", "high"))
        low, high = band.number("low"), band.number("high")
        if (low is None and high is None) or (low is not None and high is not None and low > high):
            table.wrong("band", "low ≦ high の範囲", "a range with low ≤ high")
        for key, value in (("low", low), ("high", high)):
            _within(band, key, value, definition)
        return None, Ends(low, high)
    target = table.number("target")
    _within(table, "target", target, definition)
    side = better or definition.better
    if side not in ("higher", "lower"):
        name = definition.entry.name
        _refuse(
            table,
            "side_unknown",
            "target",
            f"{name.ja}は高いほど良いとも低いほど良いとも決まっていません。",
            f"{name.en} is good neither high nor low by itself.",
            next_step=Bilingual(
                'band = { low = …, high = … } で範囲を書くか、better = "higher" または "lower" を書き足してください。',
                'Write band = { low = …, high = … }, or add better = "higher" or "lower".',
            ),
        )
    return target, Ends(low=target) if side == "higher" else Ends(high=target)


def _within(table: Table, key: str, value: float | None, definition: Definition) -> None:
    """Refuse a value that the KPI can never have: 80 for a share that lies between 0 and 1."""
    low, high = definition.bounds or (None, None)
    if value is None or ((low is None or value >= low) and (high is None or value <= high)):
        return
    meant = f"{value / 100:g}"
    percent = definition.unit == "share" and 1 < value <= 100
    span = f"{'' if low is None else f'{low:g}'}–{'' if high is None else f'{high:g}'}"
    _refuse(
        table,
        "target_impossible",
        key,
        f"{definition.entry.name.ja}は {span} の値です。{value:g} にはなりません。",
        f"{definition.entry.name.en} lies within {span}: it can never be {value:g}.",
        f"{value:g}",
        Bilingual(f"もしかして {meant}({value:g}%)ですか。", f"Did you mean {meant} ({value:g} %)?") if percent else None,
    )


def _where(table: Table) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    own = table.table("where")
    for name in own.data:
        if name in ("hour", "weekday", "day"):
            instead = {"hour": "hours", "weekday": "weekdays", "day": "start"}[name]
            _refuse(own, "where_clock", name, f"「{name}」は {instead} に書きます。", f"“{name}” is written as {instead}.", name)
    try:
        return as_filters(own.data)
    except QuestionError as error:
        raise DefinitionError(error.code, error.what, error.next_step, place=table.at("where"), word=", ".join(own.data)) from None


def _weekdays(table: Table) -> tuple[int, ...]:
    value = table.data.get("weekdays", [])
    if not isinstance(value, list) or not all(type(each) is int and 1 <= each <= 7 for each in value):
        table.wrong("weekdays", "1(月)〜7(日)の並び", "a list of 1 (Monday) to 7 (Sunday)")
    return () if len(set(value)) == 7 else tuple(sorted(set(value)))


def _hours(table: Table) -> tuple[int, int] | None:
    if "hours" not in table.data:
        return None
    value = table.data["hours"]
    sound = isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)
    if not sound or not 0 <= value[0] < value[1] <= 30 or value[1] - value[0] > 24:
        table.wrong("hours", " [9, 18] のような時刻の範囲(25時は25)", "a span of hours such as [9, 18] (25 = 1 o'clock of the next day)")
    return int(value[0]), int(value[1])


def _counter(table: Table, catalogue: Catalogue) -> tuple[str, ...]:
    names = table.texts("counter")
    for name in names:
        try:
            catalogue.definition(name)
        except QuestionError as error:
            raise DefinitionError(error.code, error.what, error.next_step, place=table.at("counter"), word=name) from None
    return names


def _least(table: Table, key: str) -> float | None:
    value = table.number(key)
    if value is not None and value < 0:
        table.wrong(key, "0 以上の数", "a number of at least 0")
    return value


def _line(table: Table, key: str) -> str:
    if key not in table.data:
        return ""
    text = table.text(key).strip()
    if len(text) > _LONGEST or not text.isprintable():
        table.wrong(key, f"{_LONGEST} 字以内の1行", f"one line of at most {_LONGEST} letters")
    return text


def _bilingual(table: Table, key: str) -> Bilingual | None:
    """A text in both languages; written once, it stands for both."""
    value = table.data.get(key)
    if isinstance(value, str):
        value = {"ja": table.text(key), "en": table.text(key)}
    found = Table({key: value}, table.place).bilingual(key) if value is not None else None
    if found is not None and max(len(found.ja), len(found.en)) > _LONGEST:
        table.wrong(key, f"{_LONGEST} 字以内の文", f"a text of at most {_LONGEST} letters")
    return found


def _refuse(table: Table, code: str, key: str, ja: str, en: str, word: str = "", next_step: Bilingual | None = None) -> None:
    table.refuse(code, key, Bilingual(ja, en), word=word, next_step=next_step)


def as_data(goal: Goal) -> dict[str, Any]:
    """Return what a goal says as plain values, in the order of the file; what is not said is left out."""
    band = {key: value for key, value in (("low", goal.ends.low), ("high", goal.ends.high)) if value is not None}
    found: dict[str, Any] = {
        "kpi": goal.kpi,
        "title": _written(goal.title),
        "target": goal.target,
        "band": None if goal.target is not None else band,
        "near": goal.near,
        "better": goal.better,
        "params": {key: list(value) if isinstance(value, tuple) else value for key, value in goal.params},
        "every": goal.every,
        "start": goal.start,
        "end": goal.end,
        "term": goal.term,
        "where": {key: list(values) for key, values in goal.where},
        "weekdays": list(goal.weekdays),
        "hours": list(goal.hours) if goal.hours else None,
        "holidays": None if goal.holidays else False,
        "owner": goal.owner,
        "purpose": _written(goal.purpose),
        "kgi": goal.kgi,
        "benefit": _written(goal.benefit),
        "consequence": _written(goal.consequence),
        "plan": _written(goal.plan),
        "cycle": goal.cycle,
        "counter": None if goal.counter is None else list(goal.counter),
        "reviewed": goal.reviewed,
        "origin": _written(goal.origin),
        "version": goal.version or None,
    }
    return {key: value for key, value in found.items() if value is not None and (value not in ("", {}, []) or key == "counter")}


def _written(text: Bilingual | None) -> object:
    if text is None:
        return None
    return text.ja if text.ja == text.en else {"ja": text.ja, "en": text.en}


def dump(goal: Goal) -> str:
    """Return the goal as the text of its file; reading it gives the same goal."""
    return dump_data(as_data(goal))


def dump_data(data: Mapping[str, Any]) -> str:
    """Return plain values as the text of a goal's file, one line each."""
    import tomlkit

    document = tomlkit.document()
    for key, value in data.items():
        if isinstance(value, Mapping):
            line = tomlkit.inline_table()
            line.update(value)
            document.add(key, line)
        else:
            document.add(key, tomlkit.item(value))
    return tomlkit.dumps(document)


def with_version(text: str, version: int) -> str:
    """Return the text of a goal with its version set, comments and order kept."""
    import tomlkit

    document = tomlkit.parse(text)
    document["version"] = version
    return tomlkit.dumps(document)
