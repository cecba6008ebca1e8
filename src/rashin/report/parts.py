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
from rashin.report.gather import UNTOLD
from rashin.report.model import Block, Chart, Column, Entry, Figure, Figures, Heading, Note, Table
from rashin.report.words import FAMILIES, before_word, rows_of, value_name

if TYPE_CHECKING:
    from datetime import date

    from rashin.query import Cell
    from rashin.report.gather import Aim, Gathered, Standing
    from rashin.report.words import Names

#: So many KPIs stand beside each other in a table of groups, so many charts are drawn.
ABREAST = 6
CHARTS = 6
_TONES = {"better": "good", "worse": "bad"}
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
        listed = [names[kpi](lang) for kpi in names if kpi in each.affects]
        text = Bilingual(
            f"{each.text.ja}。このため{_listed(listed, 'ja')}は表示しません。",
            f"{each.text.en if each.kind == 'missing_days' else _upper(each.text.en)}. Therefore not shown: {_listed(listed, 'en')}.",
        )
        blocks.append(Note(text(lang), "lack"))
    if not grave:
        text = Bilingual(
            "届くはずのデータはすべて届いており、表示を控えた数字はありません。", "All data expected has arrived; no figure is withheld."
        )
        blocks.append(Note(text(lang)))
    from rashin.report.complete import PROVISIONAL, SAID

    for each in found.lacks:
        if each.kind in PROVISIONAL:
            listed = [names[kpi](lang) for kpi in names if kpi in each.affects]
            text = Bilingual(
                f"{each.text.ja}。{_listed(listed, 'ja')}は暫定値(※)です。",
                f"{_upper(each.text.en)}: provisional (※): {_listed(listed, 'en')}.",
            )
            blocks.append(Note(text(lang)))
    minor = [each.text for each in found.lacks if each.kind in SAID]
    if minor:
        text = Bilingual("。".join(each.ja for each in minor) + "。", "; ".join(_upper(each.en) for each in minor) + ".")
        blocks.append(Note(text(lang)))
    return blocks


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str], lang: str) -> str:
    shown = list(dict.fromkeys(names))
    more = len(shown) - 6
    text = Bilingual("、", ", ")(lang).join(f"「{name}」" if lang == "ja" else name for name in shown[:6])
    return text + (Bilingual(f"ほか{more}項目", f" and {more} more")(lang) if more > 0 else "")


def goals_table(found: Gathered, lang: str) -> list[Block]:
    """Return every goal: what is asked, the figure, its judgement, and the outlook of its own period."""
    if not found.aims:
        return []
    say = _say(lang)
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
                Entry(value_text(judged.value, unit, beside)(lang) + _star(aim.standing), judged.value, unit),
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
    say = _say(lang)
    before = before_word(found.place.period.kind)(lang)
    columns = (
        Column("KPI", wide=True), Column(say("値", "Figure"), right=True), Column(say("95%区間", "95% interval"), right=True),
        Column("n", right=True), Column(_capital(before), right=True), Column(say("差", "Change"), right=True), Column(say("差の判定", "Change is")),
    )  # fmt: skip
    rows: list[tuple[Entry, ...]] = []
    for family, members in groupby(_by_family(found.standings), key=lambda each: each.definition.entry.family):
        rows.append((Entry(FAMILIES.get(family, Bilingual(family, family))(lang), tone="group"),))
        for each in members:
            one = figure(each, lang)
            rows.append(
                (
                    Entry(one.name),
                    Entry(one.text + _star(each), one.value, one.unit, "" if each.shown else "faint"),
                    Entry(one.interval),
                    Entry("" if one.n is None else f"{one.n:,.0f}", one.n, "count"),
                    Entry(one.before_text, one.before, one.unit),
                    Entry(one.change_text, one.change, one.unit),
                    Entry(WAYS[one.way](lang), tone=_TONES.get(one.way, "faint")),
                )
            )
    legend = say(
        "差の判定: 差の95%区間が0を含まないときだけ「改善」「悪化」とします。※は暫定値。",
        "Change is “better” or “worse” only where its 95% interval leaves 0 out. ※ provisional.",
    )
    return [Table(say("KPI一覧", "All KPIs"), columns, tuple(rows), legend)] if rows else []


def group_tables(found: Gathered, lang: str) -> list[Block]:
    """Return the groups (teams) against the whole, one table for each family of KPIs, at most :data:`ABREAST` beside each other."""
    from rashin.query import dimensions

    say = _say(lang)
    if not found.groups:
        return []
    told = dimensions.label(found.by)(lang)
    blocks: list[Block] = []
    before = before_word(found.place.period.kind)
    legend = say(
        f"◎ {before.ja}より確かに改善、△ 確かに悪化(比べる数に合わせて広げた95%区間で判定)。※は暫定値。",
        f"◎ surely better than {before.en}, △ surely worse (95% intervals, widened for the number of comparisons). ※ provisional.",
    )
    for family, members in groupby(_by_family(found.standings), key=lambda each: each.definition.entry.family):
        known = [each for each in members if any(each.kpi in group.standings and group.standings[each.kpi].shown for group in found.groups)]
        tables = -(-len(known) // ABREAST)
        size = -(-len(known) // tables) if tables else 0
        for number in range(tables):
            part = known[number * size : (number + 1) * size]
            title = FAMILIES.get(family, Bilingual(family, family))(lang) + (f" ({number + 1})" if tables > 1 else "")
            columns = (Column(told), *(Column(_brief(each, lang), right=True) for each in part))
            whole = (
                Entry(say("全体", "Whole"), tone="group-figure"),
                *(_group_entry(each, None, lang, (each.cell.value,)) for each in part),
            )
            rows = [whole]
            for group in found.groups:
                own = [group.standings[each.kpi] for each in part]
                if not any(each.shown or each.reason for each in own):
                    continue
                entries = [
                    _group_entry(one, group.against.get(one.kpi), lang, (total.cell.value, one.cell.value))
                    for one, total in zip(own, part, strict=True)
                ]
                rows.append((Entry(value_name(found.by, group.value, lang, found.place.names)), *entries))
            if len(rows) > 1:
                blocks.append(Table(title, columns, tuple(rows)))
    if blocks:
        blocks.append(Note(legend))
    blocks += _diluted(found, lang)
    if found.unsliced:
        names = [each.name(lang) for each in found.standings if each.kpi in found.unsliced]
        text = Bilingual(
            f"{_listed(names, 'ja')}は、{told}の分からない件(つながる前に切れた電話など)を含むため、{told}別には示しません。",
            f"Not shown by {told.lower()}, because cases without a known one (such as calls lost before anybody answered) count in them: {_listed(names, 'en')}.",
        )
        blocks.append(Note(text(lang)))
    return blocks


def _diluted(found: Gathered, lang: str) -> list[Block]:
    """KPIs of which the whole counts cases of groups that have no value at all, because nobody records it there: they do not compare with the groups."""
    ja, en = [], []
    for each in found.standings:
        own = [group.standings[each.kpi].cell for group in found.groups if each.kpi in group.standings]
        cases = sum(cell.n or 0 for cell in own if cell.state == "no_data")
        if each.shown and cases > UNTOLD * (each.cell.n or 0):
            ja.append(f"{each.name.ja}({cases:,.0f}件)")
            en.append(f"{each.name.en} ({cases:,.0f} cases)")
    if not ja:
        return []
    text = Bilingual(
        f"次のKPIの全体の値には、記録がなく値の出ない件も数えているため、個々の値とそのまま比べられません: {'、'.join(ja)}。",
        f"The whole counts cases where it is not recorded too, and does not compare with the single figures: {', '.join(en)}.",
    )
    return [Note(text(lang))]


def _brief(each: Standing, lang: str) -> str:
    """A short name where there is one and many stand beside each other."""
    short = each.definition.entry.short
    return short(lang) if short is not None and each.definition.variant is None else each.name(lang)


def _group_entry(each: Standing, against: object, lang: str, beside: tuple[float | None, ...]) -> Entry:
    way = getattr(against, "way", "")
    mark = {"better": " ◎", "worse": " △"}.get(way, "")
    if not each.shown:
        empty = each.cell.state in ("no_data", "not_applicable")
        return Entry(display.NOTHING if empty else display.state_word(each.cell.state, lang), tone="faint")
    few = each.cell.state == "too_few"
    text = value_text(each.cell.value, each.definition.unit, beside)(lang)
    return Entry(text + _star(each) + mark, each.cell.value, each.definition.unit, "faint" if few else _TONES.get(way, ""))


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
    description = _say(lang)(
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

    say = _say(lang)
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


def _by_family(standings: Iterable[Standing]) -> list[Standing]:
    order = list(FAMILIES)
    return sorted(
        standings, key=lambda each: order.index(each.definition.entry.family) if each.definition.entry.family in order else len(order)
    )


def _star(each: Standing) -> str:
    return "※" if each.provisional and each.shown else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _say(lang: str) -> Callable[[str, str], str]:
    return lambda ja, en: Bilingual(ja, en)(lang)
