"""A review meeting: the content of the weekly or monthly report, at the snapshot of the meeting, beside what was said and decided. Nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, RashinError
from rashin.query.scope import Scope
from rashin.web import kept
from rashin.web.acts import looking, reach
from rashin.web.acts.actions.reviews import whole
from rashin.web.acts.models import Comment, Meeting
from rashin.web.centre import centre
from rashin.web.pages.cycles import ledger, words
from rashin.web.pages.filters import last_day
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.report.model import Report, Tone

KINDS: dict[str, Bilingual] = {"weekly": Bilingual("週次レビュー", "Weekly review"), "monthly": Bilingual("月次レビュー", "Monthly review")}
_TONES: tuple[tuple[Tone, Bilingual], ...] = (
    ("kept", Bilingual("高く維持できていること", "Kept high")),
    ("issue", Bilingual("課題", "Issues")),
    ("next", Bilingual("次の行動", "Next actions")),
)


@dataclass(frozen=True)
class Part:
    """One of the three parts: its sentences, each with the KPI it is about and the open cycles on that."""

    name: str
    title: str
    sentences: list[tuple[str, str, list[tuple[str, str, str]]]]


def document(meeting: Meeting, scope: Scope, lang: str, *, named: bool) -> Report:
    """Return the report of a meeting's period and rows within ``scope``, at the meeting's snapshot; worked out once."""
    from rashin.intake.org import load_org

    own, period = centre(), whole(meeting.kind, meeting.period)
    limits = {name: {str(value) for value in values} for name, values in scope.allow}
    filters = {name: values for name, values in reach.asked(meeting.where).items() if limits.get(name) != set(map(str, values))}
    key = (
        "meeting",
        meeting.kind,
        period.start,
        repr(filters),
        meeting.snapshot,
        own.catalogue.version,
        held.version(),
        own.today(),
        scope,
        named,
        lang,
    )

    def make() -> Report:
        found: Report = import_module(f"rashin.report.{meeting.kind}").build(
            own.store,
            own.catalogue,
            looking.goals_of(scope, named=named),
            period,
            scope=scope,
            lang=lang,
            today=own.today(),
            where=filters,
            names=load_org(own.workspace.path / "org.csv").names,
            as_of=meeting.snapshot,
        )
        return found

    return kept.shelf("pages").get(key, make)


def context(meeting: Meeting, person: Person, lang: str) -> dict[str, Any]:
    """Return what the page of one meeting needs."""
    scope = scopes.of(person)
    found: dict[str, Any] = {
        "meeting": meeting,
        "kind": KINDS[meeting.kind](lang),
        "where": words.where(meeting.where, lang),
        "run": person.may("write_cycles"),
        "homework": homework(meeting, person, scope),
        "newer": meeting.snapshot is not None and meeting.snapshot < centre().snapshot(),
    }
    try:
        report = document(meeting, scope, lang, named=person.may("see_agents"))
    except RashinError as error:
        return found | {"trouble": error.what(lang), "period_text": meeting.period}
    from rashin.report.model import Figures, Table

    cycles = _cycles(person, scope, lang)
    return found | {
        "period_text": report.period_text,
        "until": report.until,
        "parts": [
            Part(
                name,
                label(lang),
                [(each.text, each.about if each.about in _kpis() else "", cycles.get(each.about, [])) for each in report.sentences(name)],
            )
            for name, label in _TONES
        ],
        "figures": [figure for block in report.blocks if isinstance(block, Figures) for figure in block.figures],
        "tables": [block for block in report.blocks if isinstance(block, Table)][:6],
        "lacking": [each.text for each in report.lacking],
        "made": report.made,
    }


def _kpis() -> set[str]:
    return set(centre().catalogue.kpis)


def _cycles(person: Person, scope: Scope, lang: str) -> dict[str, list[tuple[str, str, str]]]:
    """Open cycles by KPI: (public id, title, stage)."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for each in ledger.visible(person, scope):
        if each.stage != "closed":
            found.setdefault(each.kpi, []).append((each.public_id, each.title, words.STAGES[each.stage](lang)))
    return found


def homework(meeting: Meeting, person: Person, scope: Scope) -> list[Comment]:
    """Return what earlier meetings decided and nobody has done yet, the longest due first."""
    rows = Comment.objects.filter(about="meeting", decision=True, done_at=None, removed_at=None).exclude(thing=meeting.public_id)
    rows = rows.filter(at__lt=meeting.at).select_related("owner").order_by("due", "at")[:200]
    return [row for row in rows if reach.visible(person, row.where, scope) and row.where == meeting.where]


def offered(lang: str) -> list[tuple[str, str, str]]:
    """Return the meetings that can be opened now: (kind, period, label): the last whole week and month, and the running ones."""
    from datetime import timedelta

    from rashin.calendars.period import around

    settings, last = centre().period("yesterday").settings, last_day()
    found: list[tuple[str, str, str]] = []
    for kind, size in (("weekly", "week"), ("monthly", "month")):
        running = around(last, size, settings)
        periods: list[Period] = [running] if last == running.last else [running.previous(), running]
        found += [
            (kind, each.text, f"{KINDS[kind](lang)} {each.label(lang)}") for each in periods if each.start <= last + timedelta(days=1)
        ]
    return found
