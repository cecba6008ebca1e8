"""One goal in full: where it stands, the period against its target, the periods before, SMART, counter-metrics, causes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from rashin import charts, display
from rashin.errors import Bilingual, RashinError
from rashin.judge.goal import EVERY, TERMS, Goal
from rashin.judge.judgement import STATES, Judgement
from rashin.judge.measured import kind_of
from rashin.judge.smart import LETTERS, Finding, Realistic, check
from rashin.judge.words import days_text, ends_text, gap_text, hours_text, value_text
from rashin.query.settings import Settings
from rashin.stats.chances import chance_in_words
from rashin.web.acts import reach
from rashin.web.acts.models import Cycle
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.pages.goals import causing, held, listing, standing
from rashin.web.pages.overview.judging import called_day
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.judge.pace import Pace
    from rashin.query.answer import Cell
    from rashin.query.scope import Scope
    from rashin.web.people.models import Person

#: So many of a goal's cycles are listed.
_CYCLES = 8
_TEXTS: tuple[tuple[str, Bilingual], ...] = (
    ("purpose", Bilingual("目的", "Purpose")),
    ("kgi", Bilingual("つながるKGI", "KGI")),
    ("benefit", Bilingual("本人の利点", "Benefit to the person")),
    ("consequence", Bilingual("届かなかったとき", "When it is missed")),
    ("plan", Bilingual("行動計画", "Action plan")),
)


def context(goal: Goal, scope: Scope, lang: str) -> dict[str, Any]:
    """Return what the page of one goal needs. What cannot be asked for within the scope is said, and leaves the rest as it is."""
    stands = standing.of(goal, scope)
    found: dict[str, Any] = {
        "goal": goal,
        "line": listing.line(stands, held.owners({goal.name: goal}), lang, partly=not held.within(dict(goal.where), scope)),
        "entry": goal.definition.entry,
        "facts": facts(goal, lang),
        "texts": [(label(lang), text) for name, label in _TEXTS if (text := _text(goal, name, lang))],
        "on": held.seen_from()[0],
    }
    try:
        history = standing.realistic(goal, scope)
        found |= {"smart": letters(goal, history, lang), "history_text": history.text(lang), "past": _past(goal, scope, lang)}
        if stands.pace is not None:
            found |= _of_pace(stands.pace, scope, lang)
    except RashinError as error:
        found["trouble"] = error.what(lang)
    return found


def _text(goal: Goal, name: str, lang: str) -> str:
    text = getattr(goal, name)
    return text if isinstance(text, str) else text(lang) if text else ""


def facts(goal: Goal, lang: str) -> list[tuple[str, str]]:
    """Return what a goal says of what, where and when, in words."""
    said = [
        (Bilingual("目標", "Target"), ends_text(goal.ends, goal.unit)(lang)),
        (Bilingual("区切り", "Every"), EVERY[goal.every](lang)),
        (Bilingual("期間", "Dates"), f"{goal.start or ''} – {goal.end or ''}" if goal.start or goal.end else ""),
        (Bilingual("長短", "Term"), TERMS[goal.term](lang) if goal.term else ""),
        *((Bilingual(label, label), text) for label, text in listing.where_words(goal, lang)),
        (Bilingual("曜日・時間帯", "Days and hours"), " · ".join(each(lang) for each in (days_text(goal), hours_text(goal)) if each)),
        (Bilingual("パラメータ", "Parameters"), ", ".join(f"{name} = {value}" for name, value in goal.params)),
        (Bilingual("最終見直し", "Last reviewed"), str(goal.reviewed or "")),
        (Bilingual("目標値の出どころ", "Origin of the target"), goal.origin(lang) if goal.origin else ""),
    ]
    return [(label(lang), text) for label, text in said if text]


def cycles_of(goal: Goal, person: Person, lang: str) -> list[tuple[Cycle, str, str]]:
    """Return the cycles that work, or worked, on a goal and that ``person`` may see: (cycle, its stage, what was decided), the newest first."""
    from rashin.web.pages.cycles import words

    if not person.may("see_cycles"):
        return []
    listed = Cycle.objects.filter(Q(goal=goal.name) | Q(public_id=goal.cycle or "")).select_related("owner").order_by("-pk")[:_CYCLES]
    scope = scopes.of(person)
    return [
        (each, words.STAGES[each.stage](lang), words.DECISIONS[each.decision](lang) if each.decision in words.DECISIONS else "")
        for each in listed
        if reach.visible(person, of_cycle(each), scope)
    ]


def letters(goal: Goal, history: Realistic | None, lang: str) -> list[tuple[str, str, list[tuple[bool, str]]]]:
    """Return the SMART check by letter: (letter, its name, [(whether all is well, what there is to say)])."""
    if goal.plan is None and not goal.cycle:  # a cycle of somebody who may not write the goal is its plan as well
        goal = replace(goal, cycle=Cycle.objects.filter(goal=goal.name).values_list("public_id", flat=True).first())
    listed = check(goal, history=history, goals=held.known(), today=held.seen_from()[0], catalogue=centre().catalogue)
    by_letter: dict[str, list[Finding]] = {}
    for each in listed:
        by_letter.setdefault(each.letter, []).append(each)
    return [(letter, LETTERS[letter](lang), [(each.level == "ok", each.text(lang)) for each in by_letter[letter]]) for letter in LETTERS]


def _past(goal: Goal, scope: Scope, lang: str) -> list[tuple[str, Cell, str, Judgement, str, str, str]]:
    """The periods before, the newest first: (label, cell, value, judgement, word, mark, tone)."""
    beside = (goal.ends.low, goal.ends.high)
    found = []
    for cell, judged in reversed(standing.past(goal, scope)):
        if cell.state in ("no_data", "not_applicable"):
            continue
        label = called_day(cell.bucket, lang) if goal.every == "day" else cell.bucket
        value = value_text(judged.value, goal.unit, beside)(lang)
        mark, tone = listing.MARKS[judged.state], listing.TONES.get(judged.state, "")
        found.append((label, cell, value, judged, STATES[judged.state](lang), mark, tone))
    return found


def _of_pace(pace: Pace, scope: Scope, lang: str) -> dict[str, Any]:
    goal, judged = pace.goal, pace.judgement
    found: dict[str, Any] = {
        "pace": pace,
        "period": pace.period.label(lang) if pace.period else "",
        "judgement_text": judged.text(lang),
        "panel": _panel(pace, lang),
        "lacking": [each(lang) for each in pace.lacking],
        "n": pace.so_far.n if pace.so_far else None,
    }
    answer = standing.course(pace, scope)
    if answer is not None:
        cells = list(answer.cells())
        found |= {
            "chart": _chart(pace, cells, lang),
            "column": display.scale(goal.unit, [cell.value for cell in cells]),
            "days": [(called_day(cell.bucket, lang), cell) for cell in cells if cell.n],
        }
    found["counters"] = [
        (name, centre().catalogue.definition(name), cell, display.scale(cell.unit, [cell.value, was]))
        for name, cell, was in standing.counters(pace, scope)
    ]
    if judged.good is False:
        found["causes"] = causing.shown(standing.causes(pace, scope), None, lang)
    return found


def _panel(pace: Pace, lang: str) -> list[tuple[str, str, str]]:
    """Where it stands, figure by figure: (label, figure, what it rests on)."""
    goal, rest, judged = pace.goal, pace.remaining, pace.judgement
    beside = (goal.ends.low, goal.ends.high)
    interval = " – ".join(value_text(each, goal.unit, beside)(lang) for each in judged.interval) if judged.interval else ""
    sure = Bilingual("(区間の全体が同じ側にあり、確か)", " (certain: the whole interval lies on this side)")(lang) if judged.certain else ""
    rows = [
        (
            Bilingual("ここまで", "So far")(lang),
            value_text(judged.value, goal.unit, beside)(lang),
            f"95% {interval}{sure}" if interval else "",
        )
    ]
    if judged.gap is not None:
        gap = gap_text(judged.gap, goal.unit, beside)
        side = Bilingual(f"{gap.ja}の余裕", f"{gap.en} inside") if judged.gap >= 0 else Bilingual(f"{gap.ja}不足", f"{gap.en} short")
        rows.append((Bilingual("目標との差", "Against the target")(lang), side(lang), ends_text(goal.ends, goal.unit)(lang)))
    if pace.required is not None and pace.state == "reachable":
        kind = kind_of(goal.definition)
        unit = "share" if kind == "percentile" else goal.unit
        ends = ends_text(pace.required, unit)
        each = Bilingual(f"1日{ends.ja}", f"{ends.en} a day") if kind == "total" else ends
        how = Bilingual("残りのうち目標内であるべき割合", "of the rest must lie within the target")(lang) if kind == "percentile" else ""
        rows.append((Bilingual("残りに必要", "Needed of the rest")(lang), each(lang), how))
    if rest is not None and rest.days:
        days = Bilingual(f"{pace.days_left}日", f"{pace.days_left} day{'s' * (pace.days_left != 1)}")(lang)
        volume = Bilingual(
            f"約{rest.volume:,.0f}({rest.low:,.0f}〜{rest.high:,.0f})", f"about {rest.volume:,.0f} ({rest.low:,.0f}–{rest.high:,.0f})"
        )(lang)
        total = kind_of(goal.definition) in ("total", "quotient")
        rows.append((Bilingual("残り", "Remaining")(lang), days if total else f"{days} · {volume}", rest.how(lang)))
    if pace.state in ("secured", "out_of_reach") or pace.probability is not None:
        low, high = pace.probability_range or (None, None)
        words = chance_in_words(pace.probability if pace.probability is not None else float("nan"), low, high, pace.state)
        shown = ("", "") if low is None or high is None or pace.state != "reachable" else (f"{low:.0%}", f"{high:.0%}")
        span = " – ".join(shown) if shown[0] != shown[1] else ""
        basis = Bilingual(f"幅 {span}", f"range {span}")(lang) if span else ""
        rows.append((Bilingual("達成の見込み", "Chance")(lang), words(lang), basis))
    return rows


def _chart(pace: Pace, cells: list[Cell], lang: str) -> dict[str, Any] | None:
    """The days of the period against the target; of a total, whose target is for the whole period, against what each day left must bring."""
    goal = pace.goal
    rows = [
        {"t": _day(cell), "label": called_day(cell.bucket, lang), "value": cell.value, "low": cell.low, "high": cell.high, "n": cell.n}
        for cell in cells
    ]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    total = kind_of(goal.definition) == "total"
    ends = pace.required if total else goal.ends
    asked = [end for end in (ends.low, ends.high) if end is not None] if ends is not None else []
    name = goal.definition.entry.name
    text = ends_text(goal.ends, goal.unit)
    said = Bilingual(
        f"{name.ja}の日ごとの値。" + ("線は残りの1日ごとに必要な値" if total else f"線は目標({text.ja})"),
        f"{name.en} by day; " + ("the line is what each day left must bring" if total else f"the line is the target ({text.en})"),
    )(lang)
    return {"spec": charts.trend(rows, goal.unit, lang, said, goal=asked), "description": said}


def _day(cell: Cell) -> str:
    from rashin.calendars import Period

    return (
        cell.bucket
        if len(cell.bucket) == 10
        else Period.parse(cell.bucket, centre().today(), Settings.of(centre().store).time).start.isoformat()
    )
