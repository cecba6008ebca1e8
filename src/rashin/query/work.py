"""Which scans a set of definitions needs. Measures of equal key are computed once, however many KPIs use them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from rashin.formula import Measure, Repeat
from rashin.query.scan import Scan
from rashin.query.shared import shared

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.catalogue.recorded import Silence

#: The name under which the sum of squares of a mean is kept among a definition's measures; no measure can be called so.
SQUARES = "²"
#: The names under which the rows that a limited exclusion takes from n are counted: this and the place of the exclusion.
UNCOUNTED = "∅"
#: The names under which the rows below the line are counted, of a fact some of whose rows are left out because their source does not record what the value
#: needs: this and the fact, with those rows (ALL) and without (REST).
ALL, REST = "∪", "∖"

#: A scan's place: (fact, column that places a row in time, intervals clipped, switches of repeat contact).
Place = tuple[str, str, bool, Repeat | None]


@dataclass(frozen=True, slots=True)
class Job:
    """The measures that one ``scan`` computes, in the order of its columns _m0 …; or one histogram. ``texts``: the measures as formula text.

    Everything is written out once, when the job is made: rendering trees for each question would cost more than a small question.
    """

    place: Place
    measures: tuple[Measure, ...]
    keys: tuple[str, ...]
    texts: tuple[str, ...]
    scan: Scan

    @property
    def histogram(self) -> bool:
        """Whether it counts the values of one histogram."""
        return self.scan.histogram is not None

    @property
    def base_keys(self) -> tuple[str, ...]:
        """The keys of the measures without their limits, as roll-ups keep them."""
        return tuple(measure.base_key for measure in self.measures)

    @property
    def fact(self) -> str:
        """The fact that it reads."""
        return self.place[0]


def job(place: Place, measures: Sequence[Measure], keys: Sequence[str]) -> Job:
    """Return the job of these measures; a histogram comes alone."""
    fact, at, clipped, repeat = place
    if measures[0].kind == "histogram":
        scan = Scan(fact, at, clipped, repeat, histogram=(measures[0].sql_argument() or "", measures[0].sql_condition()))
    else:
        layers, aggregates = shared(measures)
        scan = Scan(fact, at, clipped, repeat, aggregates, layers=layers)
    return Job(place, tuple(measures), tuple(keys), tuple(measure.text for measure in measures), scan)


def counting_only(place: Place) -> Job:
    """Return a job without measures: for what every scan counts beside them."""
    fact, at, clipped, repeat = place
    return Job(place, (), (), (), Scan(fact, at, clipped, repeat))


def part(whole: Job, chosen: Sequence[int]) -> Job:
    """Return the job of some of the measures of ``whole``, by their places; nothing is rendered again."""
    scan = replace(whole.scan, aggregates=tuple(whole.scan.aggregates[i] for i in chosen))
    measures, keys, texts = (tuple(each[i] for i in chosen) for each in (whole.measures, whole.keys, whole.texts))
    return Job(whole.place, measures, keys, texts, scan)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Work:
    """Everything that a set of definitions needs. ``keys[d][name]``: the key of measure ``name`` of the d-th definition; SQUARES: its sum of squares.
    ``columns[d]``: fact → the stored columns that the d-th definition reads. ``flags[d]``: the virtual columns that it reads.
    ``silences[d]``: the rows that the measures of the d-th definition leave out because their source does not record what it needs."""

    definitions: tuple[Definition, ...]
    jobs: tuple[Job, ...]
    keys: tuple[dict[str, str], ...]
    places: tuple[frozenset[Place], ...]
    columns: tuple[dict[str, tuple[str, ...]], ...]
    flags: tuple[frozenset[str], ...]
    silences: tuple[tuple[Silence, ...], ...]

    @cached_property
    def without(self) -> OrderedDict[tuple[tuple[Silence, ...], ...], Work]:
        """The same work without rows that were left out lately: what is recorded changes seldom."""
        return OrderedDict()

    @cached_property
    def wanted(self) -> tuple[dict[str, tuple[str, ...]], ...]:
        """For each definition: fact → columns without which nothing can be counted above the line, and that a source may not record."""
        from rashin.catalogue.recorded import wanted

        return tuple(wanted(definition) for definition in self.definitions)

    @cached_property
    def decisive(self) -> dict[str, tuple[str, ...]]:
        """Fact → those columns, of all definitions."""
        facts = dict.fromkeys(fact for each in self.wanted for fact in each)
        return {fact: tuple(sorted({name for each in self.wanted for name in each.get(fact, ())})) for fact in facts}

    @cached_property
    def shown(self) -> dict[str, tuple[str, ...]]:
        """Fact → every condition on its rows (SQL over alias ``f``) of which an answer says whether a source shows any."""
        from rashin.query.answered_only import conditions
        from rashin.query.seen import conditions_of

        found = {fact: dict.fromkeys(each) for fact, each in conditions_of(self.lackable).items()}
        for definition in self.definitions:
            if asked := conditions(definition):
                found.setdefault("contact", {}).update(dict.fromkeys(asked))
        return {fact: tuple(each) for fact, each in found.items()}

    @cached_property
    def lackable(self) -> tuple[dict[str, dict[str, str]], ...]:
        """For each definition: fact → column that a source may not record at all → SQL over alias ``f`` that is true for rows that it would matter to."""
        from rashin.query.seen import may_lack
        from rashin.query.share import counting

        return tuple(
            {fact: {name: counting(definition, fact, name) for name in names if may_lack(fact, name)} for fact, names in columns.items()}
            for definition, columns in zip(self.definitions, self.columns, strict=True)
        )

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that is read."""
        return tuple(dict.fromkeys(job.place[0] for job in self.jobs))


def plan(definitions: Sequence[Definition], silences: Sequence[tuple[Silence, ...]] = ()) -> Work:
    """Return the scans for ``definitions``, measures shared by key; each without the rows that ``silences`` says of it."""
    silences = silences or ((),) * len(definitions)
    wanted = [_wanted(definition, left_out) for definition, left_out in zip(definitions, silences, strict=True)]
    keys = tuple({name: measure.key for name, measure in measures.items()} for measures in wanted)
    places: dict[str, Place] = {}
    found: dict[str, Measure] = {}
    # definitions that need the flags of repeat contact come first: their other measures then ride along in the same scan
    for own, measures in sorted(zip(keys, wanted, strict=True), key=lambda each: not any(measure.repeat for measure in each[1].values())):
        flagged = next((measure.repeat for measure in measures.values() if measure.repeat), None)
        for name, measure in measures.items():
            repeat = measure.repeat or (flagged if measure.fact == "contact" and measure.kind != "histogram" else None)
            places.setdefault(own[name], (measure.fact, measure.at, "clipped_s" in measure.virtual, repeat))
            found[own[name]] = measure
    groups: dict[tuple[Place, str], list[str]] = {}
    for key, place in places.items():
        groups.setdefault((place, key if found[key].kind == "histogram" else ""), []).append(key)
    jobs = tuple(job(place, [found[key] for key in members], members) for (place, _), members in groups.items())
    used = tuple(frozenset(places[key] for key in each.values()) for each in keys)
    columns = tuple({fact: _columns(measures, fact) for fact in sorted({each.fact for each in measures.values()})} for measures in wanted)
    flags = tuple(frozenset(flag for measure in measures.values() for flag in measure.virtual) for measures in wanted)
    return Work(tuple(definitions), jobs, keys, used, columns, flags, tuple(silences))


def _columns(measures: dict[str, Measure], fact: str) -> tuple[str, ...]:
    return tuple(sorted({name for measure in measures.values() if measure.fact == fact for name in measure.columns}))


def _wanted(definition: Definition, silences: tuple[Silence, ...]) -> dict[str, Measure]:
    """The measures that value, n and interval of a definition read, and the counts of what it leaves out."""
    from rashin.catalogue.recorded import counted_below, without

    limited = without(definition, silences)
    found = dict(limited.measures)
    if limited.squares is not None:
        found[SQUARES] = limited.squares
    found |= {f"{UNCOUNTED}{i}": measure for i, (measure, _) in enumerate(limited.uncounted)}
    for fact in dict.fromkeys(each.fact for each in silences):
        found |= {f"{ALL}{fact}": counted_below(definition, fact), f"{REST}{fact}": counted_below(limited, fact)}
    return found
