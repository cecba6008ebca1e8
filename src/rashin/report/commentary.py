"""Sentences written from figures, in the order kept high → issue → next action. Nothing is said that an interval does not allow.

A change is called one only when the 95 % interval of the change leaves 0 out; a goal met or missed within its interval is said to be so; a figure that is
withheld, rests on too few contacts or will still move is in no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.words import ends_text, gap_text, value_text
from rashin.report.aims import PERIODS as PERIODS_SEEN
from rashin.report.figures import change_of, change_span, span_of
from rashin.report.model import Sentence, Tone
from rashin.report.words import PERIODS, Names, before_word, rows_of, value_name

if TYPE_CHECKING:
    from rashin.report.figures import Change
    from rashin.report.gather import Aim, Gathered, Group, Standing

#: So many sentences of a tone; what is left out stands in the tables.
MOST = 6
#: Fewer periods than this are no streak.
STREAK = 3


def sentences(found: Gathered, lang: str) -> list[Sentence]:
    """Return the commentary in ``lang``. Each tone has at least one sentence: also that there is nothing to say is said."""
    kept, issues = _first(kept_high(found, lang)), _first(issues_of(found, lang))
    word = PERIODS.get(found.place.period.kind, PERIODS["span"])
    if not kept:
        text = Bilingual(
            f"{word.ja}、区間を踏まえて「高く維持できている」と言える項目はありません。",
            f"Nothing can be called kept high {word.en}, given the intervals.",
        )
        kept = [Sentence(text(lang), "kept")]
    if not issues:
        text = Bilingual(
            f"{word.ja}、区間を踏まえて課題と言える項目はありません。", f"Nothing can be called an issue {word.en}, given the intervals."
        )
        issues = [Sentence(text(lang), "issue")]
    steps = _first(next_actions(found, lang)) or [
        Sentence(Bilingual("いまの取り組みを続けます。", "Go on with what is being done.")(lang), "next")
    ]
    return [*kept, *issues, *steps]


def _first(given: Iterator[tuple[str, Bilingual, Tone, str]]) -> list[Sentence]:
    found: dict[str, Sentence] = {}
    for about, _, tone, text in given:
        found.setdefault(text, Sentence(text, tone, about))
    return list(found.values())[:MOST]


_Line = tuple[str, Bilingual, Tone, str]


def kept_high(found: Gathered, lang: str) -> Iterator[_Line]:
    """Yield what is kept high: goals met (those that the interval bears out first), figures that surely got better, groups that did."""
    met = [each for each in found.aims if each.judgement.state == "met" and not each.standing.provisional and not _slipping(each)]
    for aim in sorted(met, key=lambda each: (not each.judgement.certain, -each.streak)):
        yield aim.goal.kpi, aim.standing.name, "kept", _met(aim, lang, found.place.names, found.place.period.kind)
    told = {aim.goal.kpi for aim in found.aims if aim.judgement.good is not None}
    for each in _by_size(found, "better"):
        if each.kpi not in told:
            yield each.kpi, each.name, "kept", _moved(each, found, lang)
    for group, standing, apart in _outstanding(found, "better"):
        yield standing.kpi, standing.name, "kept", _group(group, standing, apart, found, lang)


def _slipping(aim: Aim) -> bool:
    """Met, perhaps by chance, and surely worse than before: nothing that was kept high."""
    change = aim.standing.change
    return not aim.judgement.certain and change is not None and change.way == "worse"


def issues_of(found: Gathered, lang: str) -> Iterator[_Line]:
    """Yield the issues: goals missed (the surest and widest first), figures that surely got worse, goals met while their counter-metric got worse, groups."""
    missed = [each for each in found.aims if each.judgement.state in ("missed", "near") and not each.standing.provisional]
    for aim in sorted(missed, key=lambda each: (not each.judgement.certain, each.judgement.state == "near", -_part(each))):
        yield aim.goal.kpi, aim.standing.name, "issue", _missed(aim, lang, found.place.names, found.place.period.kind)
    for aim in found.aims:
        if aim.judgement.state == "met":
            yield from _gamed(aim, found, lang)
    told = {aim.goal.kpi for aim in missed}
    for each in _by_size(found, "worse"):
        if each.kpi not in told:
            yield each.kpi, each.name, "issue", _moved(each, found, lang)
    for group, standing, apart in _outstanding(found, "worse"):
        yield standing.kpi, standing.name, "issue", _group(group, standing, apart, found, lang)


def issue_kpis(found: Gathered) -> list[str]:
    """Return the KPIs of the issues, the gravest first: what to look into."""
    return list(dict.fromkeys(kpi for kpi, *_ in issues_of(found, "en")))


def next_actions(found: Gathered, lang: str) -> Iterator[_Line]:
    """Yield what to do: load what has not arrived; per issue the hint that figures speak for, what the rest of the period must bring, plan and owner."""
    late = [each for each in found.lacks if each.withholds]
    if late:
        listed_ja, listed_en = (
            "、".join(dict.fromkeys(_named(each.source, "ja") for each in late)),
            ", ".join(dict.fromkeys(_named(each.source, "en") for each in late)),
        )
        text = Bilingual(
            f"{listed_ja}の未着分を取り込み、この報告を作り直します。",
            f"Load what has not arrived ({listed_en}) and make this report again.",
        )
        yield "", text, "next", text(lang)
    for kpi, causes in found.causes.items():
        speaking = next((each for each in causes if each.speaks == "for"), None)
        name = _name(found, kpi)
        if speaking is not None:
            shown = next(each for each in speaking.evidence if each.way in ("worse", "moved"))
            text = Bilingual(
                f"{name.ja}: まず「{_clean(speaking.hint.ja)}」を確かめます。{shown.name.ja}が{shown.text.ja}。",
                f"{name.en}: look into this first: {_clean(speaking.hint.en)} ({shown.name.en}: {shown.text.en}).",
            )
        elif causes:
            text = Bilingual(
                f"{name.ja}: 数字からは原因を絞れません。「{_clean(causes[0].hint.ja)}」を現場で確かめます。",
                f"{name.en}: figures point to no cause; check on site: {_clean(causes[0].hint.en)}.".replace("?.", "?"),
            )
        else:
            continue
        yield kpi, name, "next", text(lang)
    for aim in found.aims:
        yield from _outlook(aim, found.place.names, lang)


def _clean(text: str) -> str:
    return text.rstrip("。. ")


def _named(source: str, lang: str) -> str:
    return source or Bilingual("データ", "data")(lang)


def _name(found: Gathered, kpi: str) -> Bilingual:
    standing = found.standing(kpi) or next((aim.standing for aim in found.aims if aim.goal.kpi == kpi), None)
    return standing.name if standing is not None else Bilingual(kpi, kpi)


def _part(aim: Aim) -> float:
    """How far a goal is missed, as a part of its end: to hold unlike units against each other."""
    value, ends = aim.judgement.value or 0.0, aim.goal.ends
    end = ends.low if ends.low is not None and value < ends.low else ends.high
    return ends.short(value) / abs(end) if end else 0.0


def _by_size(found: Gathered, way: str) -> list[Standing]:
    """Figures that surely went one way, the widest beyond chance first."""
    moved = [each for each in found.standings if each.change is not None and each.change.way == way]
    return sorted(moved, key=lambda each: -_beyond(each.change))


def _beyond(change: Change | None) -> float:
    if change is None or change.low is None or change.high is None:
        return 0.0
    half = (change.high - change.low) / 2
    return abs(change.value) / half if half else 0.0


def _outstanding(found: Gathered, way: str) -> list[tuple[Group, Standing, Change]]:
    """The group that moved most on each KPI that has a goal or is of the first five, at most one a KPI."""
    wanted = [aim.goal.kpi for aim in found.aims] or [each.kpi for each in found.standings[:5]]
    best = []
    for kpi in dict.fromkeys(wanted):
        apart = [(group, group.standings[kpi], group.against[kpi]) for group in found.groups if kpi in group.against]
        chosen = [each for each in apart if each[2].way == way]
        if chosen:
            best.append(max(chosen, key=lambda each: _beyond(each[2])))
    return sorted(best, key=lambda each: -_beyond(each[2]))[:3]


def _met(aim: Aim, lang: str, names: Names, kind: str) -> str:
    value, span, asked = _told(aim, lang)
    over = rows_of(aim.goal, names)
    streak = _streak(aim.streak, kind)(lang) if aim.streak >= STREAK else ""
    said = Bilingual(
        f"{aim.standing.name.ja}{over.ja}は{value}{span}で、目標の{asked}を満たしています{streak}。",
        f"{aim.standing.name.en}{over.en} was {value}{span} and met the goal of {asked}{streak}.",
    )(lang)
    if aim.judgement.interval is not None and not aim.judgement.certain:
        said += Bilingual(
            "ただし区間は目標をまたいでおり、偶然届いた可能性が残ります。",
            " Its interval reaches past the goal: it may have met it by chance.",
        )(lang)
    return said


def _streak(count: int, kind: str) -> Bilingual:
    """How long a goal has been met; beyond what was looked at nothing is known."""
    ja, en = ("週", "weeks") if kind == "week" else ("か月", "months")
    least = count >= PERIODS_SEEN
    return Bilingual(f"({count}{ja}{'以上' if least else ''}連続)", f", {'at least ' if least else ''}{count} {en} running")


def _missed(aim: Aim, lang: str, names: Names, kind: str) -> str:
    value, span, asked = _told(aim, lang)
    over = rows_of(aim.goal, names)
    ends, own = aim.goal.ends, aim.judgement.value or 0.0
    far = gap_text(aim.judgement.gap or 0.0, aim.goal.unit, (ends.low, ends.high))(lang)
    under = ends.low is not None and own < ends.low
    where = Bilingual(
        f"目標の{asked}に{far}届いていません" if under else f"目標の{asked}を{far}超えています",
        f"{far} {'short of' if under else 'over'} the goal of {asked}",
    )
    said = Bilingual(
        f"{aim.standing.name.ja}{over.ja}は{value}{span}で、{where.ja}。", f"{aim.standing.name.en}{over.en} was {value}{span}, {where.en}."
    )(lang)
    if aim.judgement.interval is not None and not aim.judgement.certain:
        said += Bilingual("ただし区間は目標をまたいでおり、偶然の範囲とも言えます。", " Its interval holds the goal: that may be chance.")(
            lang
        )
    elif aim.standing.change is not None and aim.standing.change.way in ("better", "worse"):
        better, word = aim.standing.change.way == "better", before_word(kind)
        said += Bilingual(
            f"{word.ja}よりは改善しました。" if better else f"{word.ja}からさらに悪化しました。",
            f" It was {'better' if better else 'worse'} than {word.en}.",
        )(lang)
    return said


def _told(aim: Aim, lang: str) -> tuple[str, str, str]:
    judged, unit = aim.judgement, aim.goal.unit
    beside = (aim.goal.ends.low, aim.goal.ends.high)
    value = value_text(judged.value, unit, beside)(lang)
    span = span_of(*judged.interval, unit, lang, *beside) if judged.interval is not None else ""
    return value, Bilingual(f"(95%区間 {span})", f" (95% interval {span})")(lang) if span else "", ends_text(aim.goal.ends, unit)(lang)


def _moved(each: Standing, found: Gathered, lang: str) -> str:
    change, unit = each.change, each.definition.unit
    assert change is not None
    assert each.before is not None
    beside = (each.cell.value, each.before.value)
    was, now = value_text(each.before.value, unit, beside)(lang), value_text(each.cell.value, unit, beside)(lang)
    far = change_of(change.value, unit, lang, *beside)
    span = change_span(change, unit, lang, *beside)
    word = before_word(found.place.period.kind)
    better = change.way == "better"
    return Bilingual(
        f"{each.name.ja}は{word.ja}の{was}から{now}へ{'改善' if better else '悪化'}しました(差 {far}、95%区間 {span})。",
        f"{each.name.en} {'improved' if better else 'got worse'}: {was} {word.en}, {now} now (change {far}, 95% interval {span}).",
    )(lang)


def _group(group: Group, each: Standing, apart: Change, found: Gathered, lang: str) -> str:
    unit = each.definition.unit
    assert each.before is not None
    beside = (each.cell.value, each.before.value)
    was, now = value_text(each.before.value, unit, beside)(lang), value_text(each.cell.value, unit, beside)(lang)
    far, better, word = change_of(apart.value, unit, lang, *beside), apart.way == "better", before_word(found.place.period.kind)
    who = value_name(found.by, group.value, lang, found.place.names)
    return Bilingual(
        f"{who}の{each.name.ja}は{word.ja}の{was}から{now}へ{'改善' if better else '悪化'}しました(差 {far})。",
        f"{who}: {each.name.en} {'improved' if better else 'got worse'}: {was} {word.en}, {now} now ({far}).",
    )(lang)


def _gamed(aim: Aim, found: Gathered, lang: str) -> Iterator[_Line]:
    """A goal met, its figure moved, while what it must not cost got worse."""
    if aim.standing.change is None or aim.standing.change.way not in ("better", "moved"):
        return
    for label in aim.goal.counters:
        counter = found.standing(label)
        if counter is None or counter.change is None or counter.change.way != "worse":
            continue
        text = Bilingual(
            f"{aim.standing.name.ja}は目標を満たしていますが、対になる{counter.name.ja}が悪化しました。数字だけが良くなっていないか、明細を確かめてください。",
            f"{aim.standing.name.en} met its goal while its counter-metric {counter.name.en} got worse: check in the rows that it is not the figure alone that improved.",
        )
        yield label, counter.name, "issue", text(lang)


def _outlook(aim: Aim, names: Names, lang: str) -> Iterator[_Line]:
    """What the rest of the goal's own period must bring, the plan, and who answers for it; only of goals that are not met."""
    if aim.judgement.state not in ("missed", "near") or aim.standing.provisional:
        return
    goal, pace = aim.goal, aim.pace
    parts: list[Bilingual] = []
    if pace is not None and pace.state in ("reachable", "out_of_reach") and pace.period is not None:
        parts.append(Bilingual(f"{pace.period.label.ja}の見通し: {pace.text.ja}。", f"outlook for {pace.period.label.en}: {pace.text.en}."))
    if goal.plan is not None:
        parts.append(Bilingual(f"行動計画: {_clean(goal.plan.ja)}。", f"plan: {_clean(goal.plan.en)}."))
    elif not goal.cycle:
        parts.append(Bilingual("行動計画がまだ書かれていません。", "no plan has been written yet."))
    if goal.owner:
        parts.append(Bilingual(f"責任者: {goal.owner}", f"owner: {goal.owner}"))
    ja, en = "".join(each.ja for each in parts), " ".join(each.en[:1].upper() + each.en[1:] for each in parts)
    rows, name = rows_of(goal, names), aim.standing.name
    title = goal.title or Bilingual(name.ja + rows.ja, name.en + rows.en)
    yield goal.kpi, title, "next", Bilingual(f"{title.ja}: {ja}", f"{title.en}. {en}")(lang)


def tones(given: Sequence[Sentence], tone: Tone) -> list[Sentence]:
    """Return the sentences of one tone."""
    return [each for each in given if each.tone == tone]
