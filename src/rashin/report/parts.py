"""Blocks from what was gathered: figures at the top, tables, charts, notes. Layout is somebody else's; so is what is said in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from rashin import charts, display
from rashin.errors import Bilingual
from rashin.judge.goal import EVERY
from rashin.judge.words import ends_text, value_text
from rashin.report.figures import SHOWN, WAYS, change_of, span_of
from rashin.report.model import Block, Chart, Column, Entry, Figure, Figures, Heading, Note, Table
from rashin.report.words import FAMILIES, before_word, rows_of

if TYPE_CHECKING:
    from datetime import date

    from rashin.query import Cell
    from rashin.report.gather import Aim, Gathered, Standing
    from rashin.report.words import Names

#: So many charts are drawn.
CHARTS = 6
TONES = {"better": "good", "worse": "bad"}
_JUDGED = {"met": "good", "near": "near", "missed": "bad"}


def figure(each: Standing, lang: str, aim: Aim | None = None) -> Figure:
    """Return one figure as a document holds it; with a goal, also how it is judged."""
    cell, before, unit = each.cell, each.before, each.definition.unit
    was = before.value if before is not None and before.state in SHOWN else None
    beside = (cell.value, was)
    change = each.change
    return Figure(
        kpi=each.kpi,
        name=each.name(lang),
        unit=unit,
        value=cell.value,
        text=value_text(cell.value, unit, beside)(lang) if each.shown else display.state_word(cell.state, lang),
        low=cell.low,
        high=cell.high,
        interval=span_of(cell.low, cell.high, unit, lang, *beside),
        n=cell.n,
        state=cell.state,
        reason=(each.reason or cell.reason or Bilingual("", ""))(lang) if cell.state != "ok" else "",
        before=was,
        before_text="" if was is None else value_text(was, unit, beside)(lang),
        change=None if change is None else change.value,
        change_text="" if change is None else change_of(change.value, unit, lang, *beside),
        way="unknown" if change is None else change.way,
        goal="" if aim is None else aim.goal.name,
        asked="" if aim is None else ends_text(aim.goal.ends, unit)(lang),
        judged="" if aim is None else aim.judgement.state,
        judged_text="" if aim is None else aim.judgement.word(lang),
        provisional=each.provisional,
    )


def headline(found: Gathered, lang: str, most: int = 8) -> list[Block]:
    """Return the figures at the top: those of the goals, else the first of the set."""
    if found.aims:
        shown = [(aim, figure(aim.standing, lang, aim)) for aim in found.aims[:most]]
        chosen = [replace(each, name=each.name + rows_of(aim.goal, found.place.names)(lang)) for aim, each in shown]
    else:
        chosen = [figure(each, lang) for each in found.standings[:most]]
    return [Figures(tuple(chosen))] if chosen else []


def completeness(found: Gathered, lang: str) -> list[Block]:
    """Return what is lacking, said first; one sentence when nothing is."""
    names = {each.kpi: each.name for each in (*found.standings, *found.silent)}
    blocks: list[Block] = []
    grave = [each for each in found.lacks if each.withholds]
    for each in grave:
        touched = [names[kpi](lang) for kpi in names if kpi in each.affects]
        text = Bilingual(
            f"{each.text.ja}。このため{listed(touched, 'ja')}は表示しません。",
            f"{each.text.en if each.kind == 'missing_days' else _upper(each.text.en)}. Therefore not shown: {listed(touched, 'en')}.",
        )
        blocks.append(Note(text(lang), "lack"))
    lacked = {kpi for each in grave for kpi in each.affects}
    for reason, members in _reasons(each for each in found.standings if each.reason is not None and each.kpi not in lacked).items():
        text = Bilingual(
            f"{listed([each.name.ja for each in members], 'ja')}は表示しません({reason.ja})。",
            f"Not shown: {listed([each.name.en for each in members], 'en')} ({reason.en}).",
        )
        blocks.append(Note(text(lang)))
    if not blocks:
        text = Bilingual(
            "届くはずのデータはすべて届いており、表示を控えた数字はありません。", "All data expected has arrived; no figure is withheld."
        )
        blocks.append(Note(text(lang)))
    from rashin.report.complete import PROVISIONAL, SAID

    for each in found.lacks:
        if each.kind in PROVISIONAL:
            touched = [names[kpi](lang) for kpi in names if kpi in each.affects]
            text = Bilingual(
                f"{each.text.ja}。{listed(touched, 'ja')}は暫定値(※)です。",
                f"{_upper(each.text.en)}: provisional (※): {listed(touched, 'en')}.",
            )
            blocks.append(Note(text(lang)))
    minor = [each.text for each in found.lacks if each.kind in SAID]
    if minor:
        text = Bilingual("。".join(each.ja for each in minor) + "。", "; ".join(_upper(each.en) for each in minor) + ".")
        blocks.append(Note(text(lang)))
    return blocks


def _reasons(found: Iterable[Standing]) -> dict[Bilingual, list[Standing]]:
    told: dict[Bilingual, list[Standing]] = {}
    for each in found:
        assert each.reason is not None
        told.setdefault(each.reason, []).append(each)
    return told


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def listed(names: Sequence[str], lang: str) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - 6
    text = Bilingual("、", ", ")(lang).join(f"「{name}」" if lang == "ja" else name for name in shown[:6])
    return text + (Bilingual(f"ほか{more}項目", f" and {more} more")(lang) if more > 0 else "")


def goals_table(found: Gathered, lang: str) -> list[Block]:
    """Return every goal: what is asked, the figure, its judgement, and the outlook of its own period."""
    if not found.aims:
        return []
    say = sayer(lang)
    columns = (
        Column(say("目標", "Goal"), wide=True), Column(say("期間", "Period")), Column(say("求める値", "Asked"), right=True), Column(say("実績", "Figure"), right=True),
        Column(say("95%区間", "95% interval"), right=True), Column(say("判定", "Judged")), Column(say("見通し", "Outlook"), wide=True),
    )  # fmt: skip
    rows = []
    for aim in found.aims:
        judged, unit = aim.judgement, aim.goal.unit
        beside = (aim.goal.ends.low, aim.goal.ends.high)
        sure = "" if judged.certain or judged.good is None or judged.interval is None else say("(偶然の範囲)", " (may be chance)")
        pace = aim.pace.text(lang) if aim.pace is not None and aim.pace.state in ("reachable", "secured", "out_of_reach") else ""
        rows.append(
            (
                Entry(goal_name(aim, found.place.names)(lang)),
                Entry(EVERY[aim.goal.every](lang)),
                Entry(ends_text(aim.goal.ends, unit)(lang)),
                Entry(value_text(judged.value, unit, beside)(lang) + star(aim.standing), judged.value, unit),
                Entry(span_of(*judged.interval, unit, lang, *beside) if judged.interval else ""),
                Entry(judged.word(lang) + sure, tone=_JUDGED.get(judged.state, "faint")),
                Entry(pace),
            )
        )
    return [Table(say("目標の達成状況", "Goals"), columns, tuple(rows))]


def goal_name(aim: Aim, names: Names) -> Bilingual:
    """Return what a goal is called: its own title, else the KPI with the rows that it is about."""
    rows, name = rows_of(aim.goal, names), aim.standing.name
    return aim.goal.title or Bilingual(name.ja + rows.ja, name.en + rows.en)


def kpi_table(found: Gathered, lang: str) -> list[Block]:
    """Return every KPI of the set, by family: figure, interval, n, the period before and the change."""
    say = sayer(lang)
    before = before_word(found.place.period.kind)(lang)
    columns = (
        Column("KPI", wide=True), Column(say("値", "Figure"), right=True), Column(say("95%区間", "95% interval"), right=True),
        Column("n", right=True), Column(_capital(before), right=True), Column(say("差", "Change"), right=True), Column(say("差の判定", "Change is")),
    )  # fmt: skip
    rows: list[tuple[Entry, ...]] = []
    for family, members in groupby(by_family(found.standings), key=lambda each: each.definition.entry.family):
        rows.append((Entry(FAMILIES.get(family, Bilingual(family, family))(lang), tone="group"),))
        for each in members:
            one = figure(each, lang)
            rows.append(
                (
                    Entry(one.name),
                    Entry(one.text + star(each), one.value, one.unit, "" if each.shown else "faint"),
                    Entry(one.interval),
                    Entry("" if one.n is None else f"{one.n:,.0f}", one.n, "count"),
                    Entry(one.before_text, one.before, one.unit),
                    Entry(one.change_text, one.change, one.unit),
                    Entry(WAYS[one.way](lang), tone=TONES.get(one.way, "faint")),
                )
            )
    legend = say(
        "差の判定: 差の95%区間が0を含まないときだけ「改善」「悪化」とします。※は暫定値。",
        "Change is “better” or “worse” only where its 95% interval leaves 0 out. ※ provisional.",
    )
    return [Table(say("KPI一覧", "All KPIs"), columns, tuple(rows), legend)] if rows else []


def course_charts(found: Gathered, lang: str) -> list[Block]:
    """Return the course of the goals' figures with what is asked, then of the first KPIs: each with the band of its 95 % interval."""
    drawn = [
        _course(aim.standing, aim.course, lang, rows_of(aim.goal, found.place.names)(lang), (aim.goal.ends.low, aim.goal.ends.high))
        for aim in found.aims
    ]
    for kpi, cells in found.course.items():
        standing = found.standing(kpi)
        if standing is not None and all(aim.goal.kpi != kpi for aim in found.aims):
            drawn.append(_course(standing, cells, lang))
    shown: list[Block] = [each for each in drawn if each is not None]
    return shown[:CHARTS]


def _course(
    standing: Standing, cells: Sequence[tuple[date, Cell]], lang: str, rows: str = "", ends: Sequence[float | None] = ()
) -> Chart | None:
    if sum(cell.value is not None for _, cell in cells) < 3:
        return None
    unit = standing.definition.unit
    last = figure(standing, lang).text
    description = sayer(lang)(
        f"{standing.name.ja}{rows}の推移。この期間は{last}。", f"Course of {standing.name.en}{rows}; this period: {last}."
    )
    spec = charts.trend(_course_rows(cells), unit, lang, description, goal=[end for end in ends if end is not None])
    return Chart(standing.name(lang) + rows, spec, description, half=True)


def _course_rows(cells: Iterable[tuple[date, Cell]]) -> list[dict[str, object]]:
    return [
        {
            "t": day.isoformat(), "label": cell.bucket, "value": _short(cell.value), "low": _short(cell.low), "high": _short(cell.high), "n": cell.n,
            "compare": None, "outside": False, "link": None,
        }
        for day, cell in cells
    ]  # fmt: skip


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.9g}")


def definitions(found: Gathered, lang: str) -> list[Block]:
    """Return what each figure means and under which version, and what its definition leaves out."""
    from rashin.report.complete import REMARKS

    say = sayer(lang)
    remarks: dict[str, list[str]] = {}
    for each in found.lacks:
        if each.kind in REMARKS:
            for kpi in each.affects:
                remarks.setdefault(kpi, []).append(each.text(lang))
    columns = (
        Column("KPI"),
        Column(say("定義", "Definition"), wide=True),
        Column(say("この期間の注記", "Remarks"), wide=True),
        Column(say("版", "Version"), right=True),
    )
    rows = [
        (
            Entry(each.name(lang)),
            Entry(each.definition.meaning(lang)),
            Entry(say("。", "; ").join(sorted(remarks.get(each.kpi, ())))),
            Entry(each.definition.version, tone="faint"),
        )
        for each in found.standings
    ]
    blocks: list[Block] = [Table(say("定義", "Definitions"), columns, tuple(rows))] if rows else []
    if found.silent:
        listed = "、".join(each.name.ja for each in found.silent), ", ".join(each.name.en for each in found.silent)
        blocks.append(Note(say(f"記録がなく、載せていないKPI: {listed[0]}", f"Left out, because nothing is on record: {listed[1]}")))
    return blocks


def section(title: str, blocks: Sequence[Block], level: int = 1) -> list[Block]:
    """Return blocks under a heading; nothing when there are none."""
    return [Heading(title, level), *blocks] if blocks else []


def by_family(standings: Iterable[Standing]) -> list[Standing]:
    order = list(FAMILIES)
    return sorted(
        standings, key=lambda each: order.index(each.definition.entry.family) if each.definition.entry.family in order else len(order)
    )


def star(each: Standing) -> str:
    return "※" if each.provisional and each.shown else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sayer(lang: str) -> Callable[[str, str], str]:
    return lambda ja, en: Bilingual(ja, en)(lang)
