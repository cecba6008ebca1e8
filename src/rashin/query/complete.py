"""What an answer lacks: days on which a source brought nothing, columns that a source does not record, refused rows, contacts too recent to be judged.

Every lack is a note in :class:`Completeness`, and a remark on each cell that it touches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual
from rashin.formula.nodes import columns
from rashin.formula.scope import REPEAT_COLUMNS
from rashin.query import coverage, expected, seen
from rashin.query.answered_only import answered_only_notes
from rashin.query.cells import NOT_APPLICABLE, Series
from rashin.query.collect import View, frame, parameters
from rashin.query.counterpart import counterpart_notes
from rashin.query.grain import below_day
from rashin.query.keys import Keys
from rashin.query.left_out import left_out_notes
from rashin.query.notes import Completeness, Lack, Note, SourceDays, missing_text, unrecorded_note
from rashin.query.scan import Scan, rows_sql
from rashin.query.work import Work
from rashin.records import FACTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue.recorded import Silence
    from rashin.query.question import Question

#: A business date and the UTC date of an instant in it are never further apart.
_SLACK = timedelta(days=3)


def attach(view: View, question: Question, work: Work, keys: Keys, series: Iterable[Series], snapshot: int) -> Completeness:
    """Return the completeness of an answer, and write a remark on each cell that a lack touches."""
    found = _Finder(view, question, keys, snapshot)
    series = list(series)
    for fact, conditions in work.shown.items():  # of all KPIs together
        seen.sources_with(view, snapshot, fact, conditions)
    for one, lackable, flags, silences in zip(series, work.lackable, work.flags, work.silences, strict=True):
        if not one.inputs.columns:
            continue  # it has no value at all, and says why
        for fact, names in lackable.items():
            found.fact(fact, names, one, silences)
        for note in (
            *counterpart_notes(view, snapshot, one.definition, found.sources_asked),
            *answered_only_notes(view, snapshot, one.definition, found.sources_asked),
        ):
            found.once(note)
            found.remark(one, note, ~np.isnan(one.value) & found.cells_of(*note.source.split(", ")))
        if flags & REPEAT_COLUMNS:
            found.repeats(one, flags)
    for index, note, mask in left_out_notes(view, question, work, series, found.sources_asked):
        found.once(note)
        found.remark(series[index], note, mask)
    found.buckets()
    return Completeness(tuple(found.sources.values()), tuple(found.notes))


class _Finder:
    """Collects notes over the KPIs of one answer, each said once."""

    def __init__(self, view: View, question: Question, keys: Keys, snapshot: int) -> None:
        self.view, self.question, self.keys, self.snapshot = view, question, keys, snapshot
        self.first, self.last = question.period.start, question.period.last
        self.sources: dict[tuple[str, str], SourceDays] = {}
        self.notes: list[Note] = []
        self._of_fact: dict[str, list[Note]] = {}
        self._seen: dict[str, frozenset[str] | None] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._bucket_dates: tuple[NDArray[np.datetime64], NDArray[np.datetime64]] | None = None

    # days

    def fact(self, fact: str, columns: Mapping[str, str], one: Series, silences: Sequence[Silence]) -> None:
        """Note what the sources of ``fact`` lack, and remark on the cells of ``one``."""
        if fact not in self._of_fact:
            self._of_fact[fact] = [*self._days_of(fact), *self._without_time(fact)]
            self.notes += self._of_fact[fact]
        for note in self._of_fact[fact]:
            if note.days:
                self.remark(one, note, self._cells_on(note.days) & self.cells_of(note.source))
        gone = {each.source for each in silences if each.fact == fact and each.first is None and each.last is None}
        self._columns(fact, columns, one, gone)

    def _without_time(self, fact: str) -> Iterable[Note]:
        """Rows that have a date and no time stand in no bucket below a day."""
        clock = below_day(self.question.grain) or "hour" in self.question.by
        if not clock or not coverage.some_without_time(self.view, self.snapshot, fact):
            return
        if rows := self._days_where(fact, "f.counted_at IS NULL"):
            total, label = sum(row["n"] for row in rows), FACTS[fact].label
            text = Bilingual(
                f"{label.ja} {total} 行は日付のみで、時間帯別には入りません",
                f"{total} rows of {label.en.lower()} have a date only and are in no bucket of time",
            )
            yield Note("date_only", text, fact, days=tuple(row["day"] for row in rows), count=total)

    def _days_of(self, fact: str) -> Iterable[Note]:
        view, label = self.view, FACTS[fact].label
        arrived = coverage.days(view, self.snapshot, fact)
        if not arrived:
            text = Bilingual(f"{label.ja}はまだ取り込まれていません", f"no rows of {label.en.lower()} have been loaded yet")
            yield Note("nothing_loaded", text, fact)
        visible = self._visible(fact)
        newest = max((days[-1] for each in _all_facts(view, self.snapshot, fact) for days in each.values()), default=np.datetime64(0, "D"))
        for source, days in sorted(arrived.items()):
            if visible is not None and source not in visible:
                continue
            how = expected.expectation(view, self.snapshot, source)
            wanted = expected.expected_days(view, self.snapshot, how, self.first, self.last)
            lacking = np.setdiff1d(wanted, days)
            gone = _dates(lacking[(lacking >= days[0]) & (lacking <= newest)])
            first, last = days[0].item(), days[-1].item()
            inside = int(np.count_nonzero((days >= np.datetime64(self.first)) & (days <= np.datetime64(self.last))))
            self.sources[fact, source] = SourceDays(fact, source, how, first, last, len(wanted), inside, gone)
            if gone:
                yield Note("missing_days", missing_text(source, label, gone), fact, source, gone, len(gone))
            early = _dates(lacking[lacking < days[0]])
            if early and first <= self.last:
                text = Bilingual(f"{source} の{label.ja}は {first} からです", f"{source} has {label.en.lower()} rows from {first} on only")
                yield Note("before_first", text, fact, source, early, len(early))
            later = _dates(lacking[lacking > newest])
            if later:
                text = Bilingual(f"{newest} より後はまだ取り込まれていません", f"nothing after {newest} has been loaded yet")
                yield Note("not_yet", text, fact, source, later, len(later))
        if refused := self._refused(fact, arrived.keys() if visible is None else visible):
            text = Bilingual(
                f"{label.ja}の取込不可が {refused} 行あります",
                f"{refused} {label.en.lower()} {'row was' if refused == 1 else 'rows were'} refused",
            )
            yield Note("rejected", text, fact, count=refused)

    def _refused(self, fact: str, sources: Iterable[str]) -> int:
        """Rows refused and not mended of the loads that brought rows of the period, or nothing but refusals. Under a limited scope nobody can say whose they are: 0."""
        if self.view.scope.limited:
            return 0
        wanted = set(sources)
        loads = [load for load in coverage.refusing_loads(self.view, self.snapshot, fact) if load.source in wanted or not wanted]
        if not loads:
            return 0
        accepting = {load.load_id for load in loads if load.counts[fact].accepted}
        used = coverage.loads_with_rows(self.view, self.snapshot, fact, self.first, self.last, accepting) if accepting else set()
        return sum(
            load.counts[fact].rejected - coverage.settled_rejects(self.view, self.snapshot, load, fact)
            for load in loads
            if load.load_id in used or not load.counts[fact].accepted
        )

    def _visible(self, fact: str) -> frozenset[str] | None:
        if fact not in self._seen:
            self._seen[fact] = coverage.visible_sources(self.view, self.snapshot, fact, self.question.filters)
        return self._seen[fact]

    # columns

    def _columns(self, fact: str, columns: Mapping[str, str], one: Series, gone: Collection[str]) -> None:
        """Note which columns the sources of the question do not record; not of sources whose rows are ``gone`` from the value anyway."""
        days = coverage.days(self.view, self.snapshot, fact)
        visible = self._visible(fact)
        for name, sources in seen.unrecorded(self.view, self.snapshot, fact, columns).items():
            silent = [
                source
                for source in sorted(sources if visible is None else sources & visible)
                if source in days and source not in gone and _overlaps(days[source], self.first, self.last)
            ]
            if silent and self.question.filters:
                silent = [source for source in silent if source in self.sources_asked(fact)]
            if silent:
                note = unrecorded_note(fact, name, silent, one.definition.name)
                self.once(note)
                self.remark(one, note, self.cells_of(*silent))

    def sources_asked(self, fact: str) -> frozenset[str]:
        """The sources that have rows of ``fact`` within period, filters and scope."""
        if fact not in self._asked:
            whole = self.question.with_(by=(), grain=None)
            source, where, _ = rows_sql(Scan(fact), frame(whole, whole.period, self.view), self.view.relation(fact))
            text = f"SELECT DISTINCT f.source FROM {source} AS f WHERE {' AND '.join(where)}"
            rows = self.view.store.read(text, parameters(whole, whole.period, self.view.scope))
            self._asked[fact] = frozenset(rows.column(0).to_pylist())
        return self._asked[fact]

    # repeats

    def repeats(self, one: Series, flags: frozenset[str]) -> None:
        """Note how many contacts of the period cannot be judged yet, because their window reaches beyond what has been loaded."""
        repeat = one.definition.repeat
        first, last = seen.contact_span(self.view, self.snapshot)
        if repeat is None or first is None or last is None:
            return
        self._without_category(one)
        window = timedelta(days=repeat.window_days)
        days = f"{repeat.window_days:g}"
        if "repeated_later" in flags:
            said = Bilingual(
                "{n} 件は " + days + " 日たっておらず、再問い合わせの有無がまだ確定していません",
                "{n} contacts are younger than " + days + " days: whether they repeat is not settled yet",
            )
            edge = last - window
            if self.last >= edge.date() - _SLACK:
                self._immature(one, "immature", said, ">", edge)
        if "repeat_of_earlier" in flags:
            said = Bilingual(
                "{n} 件は、それ以前 " + days + " 日分の記録がそろっていません",
                "for {n} contacts the " + days + " days before are not fully on record",
            )
            edge = first + window
            if self.first <= edge.date() + _SLACK:
                self._immature(one, "no_history", said, "<", edge)

    def _without_category(self, one: Series) -> None:
        """Say how many contacts stay out because the same matter is told by a category that they do not have, or how many count although they cannot repeat."""
        repeat = one.definition.repeat
        if repeat is None or not repeat.same_category:
            return
        unknown = "f.category IS NULL"
        if not seen.sources_with(self.view, self.snapshot, "contact", (unknown,))[unknown]:
            return
        rows = self._days_where("contact", unknown)
        if not rows:
            return
        total = sum(row["n"] for row in rows)
        if any(columns(each.condition) == frozenset(("category",)) for each in one.definition.exclude):
            said = Bilingual(
                f"{total} 件は分類が不明で、同じ用件か判断できないため、{one.definition.name.ja}に含まれません",
                f"{total} contacts have no category: the same matter cannot be told, and {one.definition.name.en} leaves them out",
            )
        else:
            said = Bilingual(
                f"分類が不明な {total} 件は、再問い合わせなしとして{one.definition.name.ja}に含まれています",
                f"{total} contacts have no category: {one.definition.name.en} counts them as not repeated",
            )
        note = Note("no_category", said, "contact", days=tuple(row["day"] for row in rows), count=total, names=(one.name,))
        self.once(note)
        self.remark(one, note, self._cells_on(note.days))

    def _immature(self, one: Series, kind: Lack, said: Bilingual, sign: str, edge: object) -> None:
        rows = self._days_where("contact", f"f.counted_at {sign} ${{edge}}", edge)
        if not rows:
            return
        total = sum(row["n"] for row in rows)
        note = Note(kind, said.format(n=total), "contact", days=tuple(row["day"] for row in rows), count=total, names=(one.name,))
        self.once(note)
        self.remark(one, note, self._cells_on(note.days))

    def _days_where(self, fact: str, condition: str, *values: object) -> list[dict[str, Any]]:
        """Count rows of the question that meet a condition, by business date: [{day, n}]."""
        whole = self.question.with_(by=(), grain=None)
        source, where, moments = rows_sql(Scan(fact), frame(whole, whole.period, self.view), self.view.relation(fact))
        bound = [*parameters(whole, whole.period, self.view.scope), *values]
        where = [*where, condition.format(edge=len(bound))]
        text = f"SELECT {moments.day} AS day, count(*) AS n FROM {source} AS f WHERE {' AND '.join(where)} GROUP BY 1 ORDER BY 1"
        found: list[dict[str, Any]] = self.view.store.read(text, bound).to_pylist()
        return found

    # buckets

    def buckets(self) -> None:
        """Note buckets of which the period holds only a part, and an answer too large to hold every empty bucket."""
        axis = self.keys.axis
        if axis.partial.any():
            names = tuple(label for label, partial in zip(axis.labels, axis.partial.tolist(), strict=True) if partial)
            text = Bilingual(
                f"期間の端の区間は一部の日だけです: {'、'.join(names)}", f"the period holds only a part of: {', '.join(names)}"
            )
            self.notes.append(Note("partial_bucket", text, count=len(names), names=names))
        if self.question.dense and not self.keys.dense:
            text = Bilingual(
                "大きな答えのため、実績のない区間は省きました", "the answer is large: buckets in which nothing happened are left out"
            )
            self.notes.append(Note("not_dense", text))

    # cells

    def remark(self, one: Series, note: Note, mask: NDArray[np.bool_]) -> None:
        """Put the note on those cells; a cell that cannot have a value lacks nothing."""
        mask = mask & (one.state != NOT_APPLICABLE)
        if mask.any():
            one.why.append((mask, note.text))

    def once(self, note: Note) -> None:
        """Add a note unless it is said already."""
        if note not in self.notes:
            self.notes.append(note)

    def cells_of(self, *sources: str) -> NDArray[np.bool_]:
        """The cells that may hold rows of these sources: all of them, unless the answer is sliced by source."""
        if not any(sources) or "source" not in self.keys.by:
            return np.ones(len(self.keys), np.bool_)
        found: NDArray[np.bool_] = np.isin(self.keys.values("source").astype(str), sources)
        return found

    def _cells_on(self, days: tuple[date, ...]) -> NDArray[np.bool_]:
        """Cells whose bucket holds one of the days."""
        if self._bucket_dates is None:
            axis, shift = self.keys.axis, np.timedelta64(self.view.settings.cutover_s, "s")
            low = (axis.starts - shift).astype("datetime64[D]")
            high = low + 1 if below_day(axis.grain) else (axis.ends - shift).astype("datetime64[D]")
            self._bucket_dates = (low, high)
        low, high = self._bucket_dates
        sorted_days = np.array(sorted(days), "datetime64[D]")
        hit = np.searchsorted(sorted_days, low, "left") < np.searchsorted(sorted_days, high, "left")
        found: NDArray[np.bool_] = hit[self.keys.bucket]
        return found


def _all_facts(view: View, snapshot: int, fact: str) -> list[coverage.Days]:
    """Days of every fact that the newest day may be read from: one source falling silent is not the end of the data."""
    return [coverage.days(view, snapshot, name) for name in ("contact", "agent_time", fact)]


def _dates(days: NDArray[np.datetime64]) -> tuple[date, ...]:
    return tuple(days.tolist())


def _overlaps(days: NDArray[np.datetime64], first: date, last: date) -> bool:
    return bool(np.searchsorted(days, np.datetime64(first), "left") < np.searchsorted(days, np.datetime64(last), "right"))
