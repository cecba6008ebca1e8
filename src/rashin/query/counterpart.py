"""A KPI that divides one fact by another (calls per hour of agents' time) counts people on both sides. Say so when a source brings people on one side only.

Nothing is left out for it: two systems may call the same person by different names, so that only the reader can tell whether the hours are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.query import seen
from rashin.query.collect import View
from rashin.query.coverage import touched
from rashin.query.notes import Note
from rashin.records import FACTS

if TYPE_CHECKING:
    from rashin.catalogue import Definition

#: Facts about people's time.
_TIME = frozenset({"agent_time", "shift"})
_NOTHING_YET = -1

People = dict[str, frozenset[str]]


def counterpart_notes(view: View, snapshot: int, definition: Definition, asked: Callable[[str], frozenset[str]]) -> Iterator[Note]:
    """Yield a note on each fact some of whose sources have nobody who ever stands on the other side of the line. ``asked``: the sources in the question."""
    sides = _sides(definition)
    if sides is None:
        return
    people = {fact: _people(view, snapshot, fact) for fact in sides}
    for fact, other in (sides, sides[::-1]):
        elsewhere = frozenset[str]().union(*people[other].values())
        linked = {source for source, names in people[fact].items() if names & elsewhere}
        alone = sorted(source for source, names in people[fact].items() if names and source not in linked)
        alone = [source for source in alone if source in asked(fact)] if linked and alone else []
        if alone:
            one, two, listed = FACTS[fact].label, FACTS[other].label, ", ".join(alone)
            text = Bilingual(
                f"{listed} の担当者には{two.ja}の記録がないため、{definition.name.ja}は片側だけを数えています",
                f"{definition.name.en} counts {listed} on one side only: nobody of its {one.en.lower()} rows has any {two.en.lower()}",
            )
            yield Note("one_sided", text, fact, listed, names=(definition.label,))


def _sides(definition: Definition) -> tuple[str, str] | None:
    """The fact above and the fact below the line, when these are two, of people, and one is about their time."""
    ratio = definition.value.ratio
    if ratio is None:
        return None
    above, below = ({definition.measures[name].fact for name in side} for side in ratio)
    if len(above) != 1 or len(below) != 1 or above == below or not (above | below) & _TIME:
        return None
    one, other = *above, *below
    return (one, other) if all("agent" in FACTS[fact].dimensions for fact in (one, other)) else None


def _people(view: View, snapshot: int, fact: str) -> People:
    """The agents that each source ever named; kept, and after a load only its rows are read."""
    kept = seen.of_store(view, snapshot)
    with kept.one:
        base, found = kept.people.get(fact, (_NOTHING_YET, {}))
        if base < snapshot and touched(view, fact, base) == frozenset():
            kept.people[fact] = snapshot, found
        elif base < snapshot:
            rows = view.store.read(
                f"SELECT DISTINCT f.source, f.agent FROM {view.relation(fact)} AS f WHERE f.agent IS NOT NULL AND f.from_snapshot > {base}"
            )
            named: dict[str, set[str]] = {}
            for source, agent in zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True):
                named.setdefault(source, set()).add(agent)
            found = found | {source: found.get(source, frozenset()) | names for source, names in named.items()}
            kept.people[fact] = snapshot, found
        return found
