"""A proposed mapping as a form: what each column becomes, what must be settled, and the mapping that comes of the answers."""

from __future__ import annotations

from collections.abc import Mapping as Answers
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin.connect import Doubt, Field, Mapping
from rashin.connect.mapping import UNITS, FactMapping
from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.intake.doubts import settle
from rashin.intake.propose import Proposal, propose
from rashin.intake.propose.build import BUILD
from rashin.intake.propose.look import READING
from rashin.records import CALLED, FACTS

if TYPE_CHECKING:
    from rashin.web.pages.data.jobs import Job

#: Of a column: leave it as proposed, or do not read it.
KEEP, NOTHING = "", "-"
#: Column unit → kinds of unit that a source may have written it in.
_KINDS = {"s": ("duration",), "yen": ("yen",), "share": ("share",), "count": ("count",), "points": ("points",)}
UNIT_WORDS: dict[str, Bilingual] = {
    "s": Bilingual("秒", "seconds"),
    "ms": Bilingual("ミリ秒", "milliseconds"),
    "us": Bilingual("マイクロ秒", "microseconds"),
    "min": Bilingual("分", "minutes"),
    "h": Bilingual("時間", "hours"),
    "day": Bilingual("日", "days"),
    "hms": Bilingual("時:分:秒", "h:mm:ss"),
    "ms_clock": Bilingual("分:秒", "m:ss"),
    "percent": Bilingual("%", "percent"),
    "share": Bilingual("割合(0〜1)", "share (0–1)"),
    "yen": Bilingual("円", "yen"),
    "thousand_yen": Bilingual("千円", "thousand yen"),
    "million_yen": Bilingual("百万円", "million yen"),
    "count": Bilingual("件", "count"),
    "thousand": Bilingual("千件", "thousands"),
    "points": Bilingual("点", "points"),
}
CHOICE_WORDS: dict[str, Bilingual] = {
    "true": Bilingual("はい", "yes"),
    "false": Bilingual("いいえ", "no"),
    "no_value": Bilingual("値なし(空欄と同じ)", "no value, like an empty cell"),
    "go_on": Bilingual("はい、続ける", "yes, go on"),
    "total": Bilingual("合計", "a total"),
    "leave_out": Bilingual("読まない", "leave it out"),
    "content": Bilingual("行の内容そのもので見分ける", "the row's content identifies it"),
    "last": Bilingual("あとの行を正とする", "the later line holds"),
    "reject": Bilingual("取込不可にする", "refuse them"),
    "ymd": Bilingual("年/月/日", "year/month/day"),
    "mdy": Bilingual("月/日/年", "month/day/year"),
    "dmy": Bilingual("日/月/年", "day/month/year"),
    "utf-8": Bilingual("UTF-8", "UTF-8"),
    "cp932": Bilingual("シフトJIS(CP932)", "Shift JIS (CP932)"),
    **UNIT_WORDS,
}


def proposed(job: Job, answers: Answers[str, str]) -> Proposal:
    """Return the proposal for a waiting file; ``answers`` may say what it is about (``fact``)."""
    fact = answers.get("fact") or None
    if fact is not None and fact not in BUILD:
        fact = None
    if job.path is None:
        raise QuestionError("file_gone", Bilingual("ファイルはもうありません。", "The file is gone."))
    reading = {name: answers[f"d:{name}"] for name in READING if answers.get(f"d:{name}")}
    key = (job.id, fact, *reading.items())
    if key not in _kept:
        _kept.clear() if len(_kept) > _MOST else None
        _kept[key] = propose(job.path, fact=fact, answers=reading)
    return _kept[key]


_kept: dict[tuple[object, ...], Proposal] = {}
_MOST = 20


def facts(lang: str) -> list[tuple[str, str]]:
    """Return what a table can be about: (name, label)."""
    return [(name, FACTS[name].label(lang)) for name in BUILD]


def columns(proposal: Proposal, answers: Answers[str, str], lang: str) -> list[dict[str, Any]]:
    """Return the columns as rows of the form: name, samples, what it was taken for, what it could be, which units."""
    groups = [
        (FACTS[fact.fact].label(lang), [(f"{number}.{column.name}", column.label(lang)) for column in FACTS[fact.fact].columns])
        for number, fact in enumerate(proposal.mapping.facts)
    ]
    rows = []
    for number, column in enumerate(proposal.columns):
        taken = _taken(proposal.mapping, column.name)
        chosen = answers.get(f"c{number}", KEEP)
        rows.append(
            {
                "number": number,
                "name": column.name,
                "samples": column.samples[:3],
                "filled": column.filled,
                "note": column.note(lang),
                "taken": list(dict.fromkeys(_label(proposal.mapping, index, name, lang) for index, name in taken))
                + [Bilingual("記録を見分ける番号", "identifies the record")(lang)]
                * any(column.name in fact.key for fact in proposal.mapping.facts),
                "groups": groups,
                "chosen": chosen,
                "units": [(unit, UNIT_WORDS[unit](lang)) for unit in _units(proposal.mapping, taken, chosen)],
                "unit": answers.get(f"u{number}") or _unit(proposal.mapping, taken),
            }
        )
    return rows


def doubts(mapping: Mapping, answers: Answers[str, str], lang: str) -> list[dict[str, Any]]:
    """Return what must be settled, as rows of the form."""
    return [
        {
            "name": doubt.name,
            "question": doubt.question(lang),
            "choices": [(choice, _choice(doubt, choice, lang)) for choice in doubt.choices if choice != "…"],
            "free": "…" in doubt.choices,
            "chosen": answers.get(f"d:{doubt.name}", ""),
            "text": answers.get(f"t:{doubt.name}", ""),
        }
        for doubt in mapping.doubts
    ]


def made(proposal: Proposal, answers: Answers[str, str]) -> Mapping:
    """Return the mapping that the answers make of the proposal, doubts that stay open among them. RashinError when they contradict each other."""
    mapping = proposal.mapping
    source = answers.get("source", "").strip()
    if source:
        mapping = replace(mapping, source=source)
    if answers.get("expect") in ("daily", "open_days", "none"):
        mapping = replace(mapping, expect=answers["expect"])
    changed: set[tuple[int, str]] = set()
    for number, column in enumerate(proposal.columns):
        target = answers.get(f"c{number}", KEEP)
        if target != KEEP:
            mapping, touched = _moved(mapping, column.name, target, answers.get(f"u{number}", ""))
            changed |= touched
        elif unit := answers.get(f"u{number}", ""):
            mapping, touched = _in_unit(mapping, column.name, unit)
            changed |= touched
    return replace(mapping, doubts=tuple(each for each in mapping.doubts if not _answered(each, mapping, changed)))


def settled(mapping: Mapping, answers: Answers[str, str]) -> tuple[Mapping, list[str]]:
    """Return the mapping with the answered doubts settled, and the names of those that are open."""
    choices = {}
    for doubt in mapping.doubts:
        word = answers.get(f"t:{doubt.name}", "").strip() or answers.get(f"d:{doubt.name}", "")
        if word:
            choices[doubt.name] = word
    mapping = settle(mapping, choices)
    return mapping, [each.name for each in mapping.open_doubts]


def _taken(mapping: Mapping, column: str) -> list[tuple[int, str]]:
    return [
        (number, name)
        for number, fact in enumerate(mapping.facts)
        for name, field in fact.fields.items()
        if column in (*field.columns, field.times)
    ]


def _label(mapping: Mapping, number: int, name: str, lang: str) -> str:
    return FACTS[mapping.facts[number].fact].column(name).label(lang)


def _units(mapping: Mapping, taken: list[tuple[int, str]], chosen: str) -> list[str]:
    places = [] if chosen == NOTHING else [_place(mapping, chosen)] if chosen else taken
    wanted = {
        mapping_kind for index, name in places for mapping_kind in _KINDS.get(FACTS[mapping.facts[index].fact].column(name).unit or "", ())
    }
    return [unit for unit in UNIT_WORDS if UNITS[unit] in wanted]


def _unit(mapping: Mapping, taken: list[tuple[int, str]]) -> str:
    found = {mapping.facts[index].fields[name].unit for index, name in taken} - {None}
    return str(next(iter(found))) if len(found) == 1 else ""


def _place(mapping: Mapping, text: str) -> tuple[int, str]:
    """Read “0.wait_s”. QuestionError when there is no such place."""
    number, _, name = text.partition(".")
    if (
        number.isdecimal()
        and int(number) < len(mapping.facts)
        and name in {each.name for each in FACTS[mapping.facts[int(number)].fact].columns}
    ):
        return int(number), name
    raise QuestionError("field_unknown", Bilingual(f"項目「{text}」はありません。", f"There is no field “{text}”."))


def _moved(mapping: Mapping, column: str, target: str, unit: str) -> tuple[Mapping, set[tuple[int, str]]]:
    """Take ``column`` out of every field, then put it into ``target``."""
    touched: set[tuple[int, str]] = set()
    entries: list[FactMapping] = []
    for number, fact in enumerate(mapping.facts):
        fields = {}
        for name, field in fact.fields.items():
            if column not in (*field.columns, field.times):
                fields[name] = field
                continue
            touched.add((number, name))
            rest = tuple(each for each in field.columns if each != column)
            if rest and field.times != column:
                fields[name] = replace(field, columns=rest)
        entries.append(
            replace(fact, fields=fields, key=tuple(each for each in fact.key if each != column))
            if target == NOTHING
            else replace(fact, fields=fields)
        )
    if target != NOTHING:
        number, name = _place(mapping, target)
        entries[number] = _with(entries[number], name, column, unit)
        touched.add((number, name))
    return replace(mapping, facts=tuple(entries)), touched


def _with(fact: FactMapping, name: str, column: str, unit: str) -> FactMapping:
    known, kind = fact.fields.get(name), FACTS[fact.fact].column(name)
    if known is not None and known.columns and kind.type == "instant":
        return replace(fact, fields={**fact.fields, name: replace(known, columns=(*known.columns, column))})
    if known is not None and known.columns:
        raise QuestionError(
            "field_twice",
            Bilingual(
                f"「{kind.label.ja}」に「{'・'.join(known.columns)}」と「{column}」の二つの列が当たっています。",
                f"“{kind.label.en}” would come from two columns: {', '.join(known.columns)} and {column}.",
            ),
            Bilingual("どちらかを「読まない」か別の項目にしてください。", "Leave one of them out, or give it another field."),
        )
    if kind.unit == "s" and not unit:
        raise QuestionError(
            "unit_missing",
            Bilingual(f"「{column}」の単位を選んでください。", f"Choose the unit of “{column}”."),
            Bilingual("秒・分・時:分:秒などから選べます。", "Seconds, minutes, h:mm:ss and others can be chosen."),
        )
    return replace(fact, fields={**fact.fields, name: Field((column,), unit=unit or None)})


def _in_unit(mapping: Mapping, column: str, unit: str) -> tuple[Mapping, set[tuple[int, str]]]:
    """Give the fields that are read from ``column`` alone another unit."""
    touched: set[tuple[int, str]] = set()
    entries = []
    for number, fact in enumerate(mapping.facts):
        fields = dict(fact.fields)
        for name, field in fact.fields.items():
            if (
                field.columns == (column,)
                and field.unit != unit
                and UNITS.get(unit) in _KINDS.get(FACTS[fact.fact].column(name).unit or "", ())
            ):
                fields[name] = replace(field, unit=unit)
                touched.add((number, name))
        entries.append(replace(fact, fields=fields))
    return replace(mapping, facts=tuple(entries)), touched


def _answered(doubt: Doubt, mapping: Mapping, changed: set[tuple[int, str]]) -> bool:
    """True when the doubt is about a field that was given, changed or taken out by hand."""
    way = doubt.path.split("/")[1:]
    if len(way) >= 4 and way[0] == "fact" and way[2] == "fields" and way[1].isdecimal():
        number, name = int(way[1]), way[3]
        return (number, name) in changed or number >= len(mapping.facts) or name not in mapping.facts[number].fields
    return False


def _choice(doubt: Doubt, choice: str, lang: str) -> str:
    """A choice in words: values of a closed list are shown with their name in the mapping, so that both can be recognised."""
    if choice in CHOICE_WORDS and doubt.code not in ("encoding", "zone", "fact"):
        return CHOICE_WORDS[choice](lang)
    if choice in FACTS:
        return FACTS[choice].label(lang)
    word = _VALUES.get(choice)
    return f"{word(lang)}({choice})" if word and lang == "ja" else choice


#: Values of closed lists, whichever column has them.
_VALUES: dict[str, Bilingual] = {value: name for names in CALLED.values() for value, name in names.items()}


def trouble(error: RashinError, lang: str) -> dict[str, str]:
    """Return an error as the page shows it."""
    return {"what": error.what(lang), "next_step": error.next_step(lang) if error.next_step else "", "code": error.code}
