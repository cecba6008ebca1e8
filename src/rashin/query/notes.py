"""What an answer lacked, as it is told: notes in both languages, and how much of each source has arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rashin.errors import Bilingual
from rashin.records import FACTS

Lack = Literal[
    "missing_days",
    "not_yet",
    "nothing_loaded",
    "before_first",
    "never_recorded",
    "left_out",
    "one_sided",
    "answered_only",
    "rejected",
    "immature",
    "no_history",
    "no_category",
    "date_only",
    "partial_bucket",
    "not_dense",
    "filter_unknown",
    "calendar_wrong",
    "untold",
]
#: So many dates are named; more would hide what they say.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that the answer lacks. ``days``: the dates concerned. ``count``: rows or cells. ``names``: columns."""

    kind: Lack
    text: Bilingual
    fact: str = ""
    source: str = ""
    days: tuple[date, ...] = ()
    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDays:
    """How much of one source has arrived for one fact in the period: ``arrived`` of ``expected`` days; ``first`` and ``last`` day it ever had."""

    fact: str
    source: str
    expect: str
    first: date
    last: date
    expected: int
    arrived: int
    missing: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """``sources``: what feeds the answer. ``notes``: what it lacks; none = nothing known to be lacking."""

    sources: tuple[SourceDays, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def complete(self) -> bool:
        """True when nothing is known to be lacking."""
        return not self.notes


def missing_text(source: str, label: Bilingual, days: tuple[date, ...]) -> Bilingual:
    """Return which days a source did not deliver."""
    named = ", ".join(day.isoformat() for day in days[:_NAMED])
    more_ja, more_en = (f" ほか{len(days) - _NAMED}日", f" and {len(days) - _NAMED} more") if len(days) > _NAMED else ("", "")
    long = "1 day" if len(days) == 1 else f"{len(days)} days"
    return Bilingual(
        f"{source} の{label.ja}が {len(days)} 日分届いていません({named}{more_ja})",
        f"{source}: no {label.en.lower()} data for {long} ({named}{more_en})",
    )


def unrecorded_note(fact: str, name: str, sources: list[str], kpi: Bilingual) -> Note:
    """Return the note that sources do not record a column of ``fact`` that ``kpi`` needs."""
    column, listed = FACTS[fact].column(name).label, ", ".join(sources)
    do = "which does not record it" if len(sources) == 1 else "which do not record it"
    text = Bilingual(
        f"{listed} は「{column.ja}」を記録していないため、{kpi.ja}はその分を欠いています",
        f"{kpi.en} lacks “{column.en}” from {listed}, {do}",
    )
    return Note("never_recorded", text, fact, listed, names=(name,))
