"""From a period to a document: ask, check completeness first, then kept high → issue → next action, then the figures, then what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.report import aims as about_goals
from rashin.report import commentary, gather, groups, parts, restate
from rashin.report.model import Asked, Block, Made, Report
from rashin.report.shelf import Shelf
from rashin.report.words import period_text, rows_text

if TYPE_CHECKING:
    from datetime import date

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.judge.goals import Goals
    from rashin.query import Scope
    from rashin.report.words import Names
    from rashin.store import Store


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report. ``chosen``: the set of KPIs where none are named (beside those of the goals). ``grain``: of the courses; None = no charts."""

    name: str
    title: Bilingual
    chosen: str
    grain: str | None


def compose(
    kind: Kind,
    store: Store,
    catalogue: Catalogue,
    goals: Goals,
    period: Period,
    *,
    scope: Scope,
    lang: str,
    today: date,
    previous: Report | None = None,
    where: Mapping[str, Sequence[Any]] | None = None,
    kpis: Iterable[str] = (),
    by: str | None = "team",
    names: Names | None = None,
    as_of: int | None = None,
    shelf: Shelf | None = None,
) -> Report:
    """Return the report. The same snapshot (``as_of``; None = the newest), catalogue, goals and arguments give the same document.

    ``today``: the business date on which it is made; days from then on are not missed. ``where``: filters on rows. ``kpis``: as a question takes them;
    none = the goals' and those of the kind's set. ``by``: the dimension of the groups. ``names``: what their values are called. ``previous``: the report
    before; figures of it that have changed since are said. ``shelf``: where the reports of one sitting share their figures. Raises as asking does: QuestionError, ForbiddenError.
    """
    place = gather.Place(
        store, catalogue, goals, period, scope, today, _checked(where), store.snapshot() if as_of is None else as_of, names or {}
    )
    found = _gathered(kind, place, tuple(kpis), by, shelf or Shelf())
    changed = restate.changes(store, catalogue, previous, scope=scope, as_of=place.as_of) if previous is not None else ()
    return _document(kind, found, lang, restate.notes(changed, lang))


def _checked(where: Mapping[str, Sequence[Any]] | None) -> dict[str, tuple[Any, ...]]:
    from rashin.query.dimensions import check_filters

    return dict(check_filters(where or {}))


def _gathered(kind: Kind, place: gather.Place, kpis: tuple[str, ...], by: str | None, shelf: Shelf) -> gather.Gathered:
    """Everything a report says in whichever language. What two reports share is worked out once: all of it, or all but the groups."""
    same = (
        kind.chosen, kind.grain, id(place.store), place.catalogue.version, place.goals.version, tuple(place.goals), place.period.start, place.period.end,
        place.period.kind, place.scope, place.today, tuple(sorted(place.where.items())), place.as_of, kpis,
    )  # fmt: skip
    whole = shelf.get(("whole", same), lambda: _whole(kind, place, kpis))
    # names are words only: those of now
    return replace(shelf.get(("sliced", by, same), lambda: _sliced(replace(whole, place=place), by)), place=place)


def _whole(kind: Kind, place: gather.Place, kpis: tuple[str, ...]) -> gather.Gathered:
    log: list[str] = []
    answer, lacks, found = gather.standings(place, kpis or _chosen(kind, place), log, place.where)
    stood: list[gather.Standing] = []
    silent: list[gather.Standing] = []
    for each in found:
        empty = (
            each.reason is None and not each.shown and (each.before is None or each.before.value is None) and each.cell.state != "withheld"
        )
        (silent if empty else stood).append(each)
    aims = about_goals.aims(place, found, log)
    drawn = [
        kpi
        for kpi in dict.fromkeys([*(aim.goal.kpi for aim in aims), *(each.kpi for each in stood)])
        if any(each.kpi == kpi for each in stood)
    ]
    course = gather.course(place, drawn[: parts.CHARTS], kind.grain, about_goals.PERIODS, log) if kind.grain else {}
    course = gather.masked(course, {each.kpi for each in stood if each.reason is not None}, place.period)
    return gather.Gathered(place, answer, lacks, tuple(stood), tuple(silent), aims, "", (), (), course, {}, tuple(log))


def _sliced(whole: gather.Gathered, by: str | None) -> gather.Gathered:
    """The same with its groups, and with what to look into."""
    place, log = whole.place, list(whole.questions)
    if by is not None and by not in place.where:
        sliced, unsliced = gather.groups(place, whole.answer, whole.standings, whole.lacks, by, log)
    else:
        sliced, unsliced = (), ()
    first = replace(whole, by=by or "", groups=sliced, unsliced=unsliced)
    causes = about_goals.causes(place, commentary.issue_kpis(first), log)
    return replace(first, causes=causes, questions=tuple(log))


def _chosen(kind: Kind, place: gather.Place) -> tuple[str, ...]:
    """The set of the kind, with the KPIs of the goals and their counter-metrics."""
    from rashin.catalogue.sets import load_sets

    goals = about_goals.active(place)
    watched = [label for goal in goals for label in (goal.kpi, *goal.counters)]
    return tuple(dict.fromkeys([*load_sets(place.catalogue)[kind.chosen].kpis, *watched]))


def _rows(place: gather.Place) -> dict[str, tuple[Any, ...]]:
    """Which rows the report is about: those of its filters that its readers may see."""
    found = {name: tuple(values) for name, values in place.where.items()}
    for name, values in place.scope.allow:
        seen = {None if each is None else str(each) for each in values}
        found[name] = (
            tuple(each for each in found[name] if (None if each is None else str(each)) in seen) if name in found else tuple(values)
        )
    return found


def _document(kind: Kind, found: gather.Gathered, lang: str, restated: Sequence[Block]) -> Report:
    from rashin import __version__
    from rashin.query import dimensions

    def say(ja: str, en: str) -> str:
        return Bilingual(ja, en)(lang)

    place = found.place
    said = commentary.sentences(found, lang)
    by = dimensions.label(found.by)(lang) if found.by else ""
    blocks: list[Block] = [
        *parts.section(say("データの充足状況", "Is the data complete?"), [*parts.completeness(found, lang), *restated]),
        *parts.section(say("主な数字", "Figures at a glance"), parts.headline(found, lang)),
        *parts.section(say("高く維持できていること", "Kept high"), commentary.tones(said, "kept")),
        *parts.section(say("課題", "Issues"), commentary.tones(said, "issue")),
        *parts.section(say("次の行動", "Next actions"), commentary.tones(said, "next")),
        *parts.section(say("目標の達成状況", "Goals"), parts.goals_table(found, lang)),
        *parts.section(say("推移", "Course"), parts.course_charts(found, lang)),
        *parts.section(say("KPI一覧", "All KPIs"), parts.kpi_table(found, lang)),
        *parts.section(say(f"{by}別", f"By {by.lower()}"), groups.group_tables(found, lang)),
        *parts.section(say("定義", "Definitions"), parts.definitions(found, lang)),
    ]
    running = place.today <= place.period.last
    return Report(
        kind=kind.name,
        title=kind.title(lang),
        lang=lang,
        organisation=place.store.workspace.config.organisation.name,
        period=place.period.text,
        period_text=period_text(place.period, lang),
        scope_text=rows_text(_rows(place), lang, place.names),
        until=gather.last_day(place).isoformat() if running else "",
        made=Made(
            place.as_of,
            place.catalogue.version,
            place.goals.version,
            place.today.isoformat(),
            tuple(found.questions),
            f"Rashin {__version__}",
        ),
        asked=Asked(
            tuple(each.kpi for each in found.standings),
            place.period.start.isoformat(),
            place.period.last.isoformat(),
            place.period.kind,
            tuple((name, tuple(values)) for name, values in place.where.items()),
        ),
        figures=tuple(parts.figure(each, lang) for each in found.standings),
        lacking=tuple(each.said(lang, {one.kpi: one.name for one in found.standings}) for each in found.lacks),
        blocks=tuple(blocks),
    )
