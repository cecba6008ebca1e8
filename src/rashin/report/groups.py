"""The figures of groups (teams) against the whole and against themselves in the period before; and which figures cannot be told by group."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rashin import display
from rashin.errors import Bilingual
from rashin.judge.nobodys import UNTOLD
from rashin.judge.words import value_text
from rashin.report.model import Block, Column, Entry, Note, Table
from rashin.report.parts import TONES, by_family, listed, sayer, star
from rashin.report.words import FAMILIES, before_word, value_name

if TYPE_CHECKING:
    from rashin.report.gather import Gathered, Standing

#: So many KPIs stand beside each other.
ABREAST = 6


def group_tables(found: Gathered, lang: str) -> list[Block]:
    """Return the groups (teams) against the whole, one table for each family of KPIs, at most :data:`ABREAST` beside each other."""
    from rashin.query import dimensions

    say = sayer(lang)
    if not found.groups:
        return []
    told = dimensions.label(found.by)(lang)
    blocks: list[Block] = []
    before = before_word(found.place.period.kind)
    legend = say(
        f"◎ {before.ja}より確かに改善、△ 確かに悪化(比べる数に合わせて広げた95%区間で判定)。※は暫定値。",
        f"◎ surely better than {before.en}, △ surely worse (95% intervals, widened for the number of comparisons). ※ provisional.",
    )
    for family, members in groupby(by_family(found.standings), key=lambda each: each.definition.entry.family):
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
            f"{listed(names, 'ja')}は、{told}の分からない件(つながる前に切れた電話など)を含むため、{told}別には示しません。",
            f"Not shown by {told.lower()}, because cases without a known one (such as calls lost before anybody answered) count in them: {listed(names, 'en')}.",
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
    return Entry(text + star(each) + mark, each.cell.value, each.definition.unit, "faint" if few else TONES.get(way, ""))
