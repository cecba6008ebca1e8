"""One ``[[fact]]`` entry at work: raw batches in; rows fit for the store, refused rows and counts out. Nothing is lost between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rashin.connect import LINE, Ignored, Mapping, RawBatch, RawReject
from rashin.connect.mapping import FactMapping
from rashin.errors import Bilingual, DefinitionError, nearest
from rashin.intake import refused
from rashin.intake.batch import Note, Setting
from rashin.intake.checks import check
from rashin.intake.enrich import enrich
from rashin.intake.identity import Occurrences, by_content, by_key
from rashin.intake.values.evaluate import Evaluator, Result
from rashin.intake.values.plan import INSTANT, FactPlan, plan
from rashin.intake.values.reading import Fault, Transform, as_text
from rashin.intake.values.texts import spread
from rashin.intake.values.words import fold

if TYPE_CHECKING:
    import pyarrow as pa

#: Column of a mended file: the entries that had refused the row, parted by “;”.
ENTRIES = "#fact"
_SECOND_US = 1_000_000

_AMBIGUOUS = Bilingual(
    "夏時間の終わりで二度ある時刻は、一度目として読みました。", "Times that the clock showed twice were read as the first of the two."
)


@dataclass(slots=True)
class Tally:
    """Rows of one entry so far: ``seen`` = ``staged`` + ``rejected`` + ``ignored``."""

    seen: int = 0
    staged: int = 0
    rejected: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Sifted:
    """Of one batch: rows to stage (columns of the fact, ``_line``, ``_part``, ``_raw``), reject rows, what to tell."""

    table: pa.Table
    rejects: list[refused.Row]
    notes: tuple[Note, ...] = ()
    left_out: int = 0


@dataclass(slots=True)
class Sieve:
    """``exported_us``: revision of rows whose mapping gives none. ``evaluator`` and ``occurrences`` remember what the whole file needs."""

    plan: FactPlan
    source: str
    transform: Transform
    setting: Setting
    exported_us: int
    evaluator: Evaluator
    occurrences: Occurrences = field(default_factory=Occurrences)
    tally: Tally = field(default_factory=Tally)
    columns_seen: set[str] = field(default_factory=set)
    _folded: dict[str, dict[str | None, Any]] = field(default_factory=dict)

    @property
    def fact(self) -> str:
        """Name of the fact that the entry fills."""
        return self.plan.fact.name

    @property
    def mapping(self) -> FactMapping:
        """The ``[[fact]]`` entry."""
        return self.plan.mapping

    def place(self, part: str) -> str:
        """How rejects name the part of the file; a second entry for the same fact keeps its rejects apart."""
        return f"{part}[{self.mapping.part}]" if self.mapping.part else part

    def refuse(self, reject: RawReject) -> refused.Row:
        """Count a record that could not be split, and return its reject row."""
        self.tally.seen += 1
        self.tally.rejected += 1
        return refused.of_raw(self.fact, self.place(reject.part), reject)

    def ignore(self, ignored: Ignored) -> int:
        """Count records that do not count."""
        self.tally.seen += ignored.count
        self.tally.ignored += ignored.count
        return ignored.count

    def sift(self, batch: RawBatch) -> Sifted:
        """Return what the batch gives. Raises DefinitionError when the mapping names a column that the file does not have."""
        raw = self.mine(self.with_columns(batch))
        self.tally.seen += raw.num_rows
        left_out = raw.num_rows
        raw = self.wanted(raw)
        left_out -= raw.num_rows
        self.tally.ignored += left_out
        result = self.evaluator.run(raw, self.transform)
        table, faults = self._identified(raw, result)
        places = self.places(raw, batch.part)
        rejects = refused.of_faults(self.fact, places, raw, faults)
        table, raw, places = _without(table, raw, places, faults)
        found = [self._as_it_stood(raw, fault) for fault in check(self.plan.fact, table, self.transform, self._labels())]
        rejects += refused.of_faults(self.fact, places, raw, found)
        table, raw, places = _without(table, raw, places, found)
        enriched = enrich(self.plan.fact, table, self.setting)
        self.tally.staged += table.num_rows
        self.tally.rejected += len({(row[1], row[2]) for row in rejects})
        notes = enriched.notes + tuple(Note(code, _AMBIGUOUS, rows) for code, rows in result.notes.items())
        return Sifted(_with_place(enriched.table, raw, places), rejects, notes, left_out)

    def check_columns(self) -> None:
        """After the last batch: refuse a mapping of columns that no record of the file had."""
        if self.tally.seen and self.columns_seen:
            for name in self.plan.columns:
                if name not in self.columns_seen:
                    raise missing_column(name, self.columns_seen)

    @property
    def label(self) -> str:
        """The entry's name in a file of mended rows: the fact, with the part that tells it from another entry of the same fact."""
        return f"{self.fact}[{self.mapping.part}]" if self.mapping.part else self.fact

    def mine(self, raw: pa.Table) -> pa.Table:
        """Of mended rows, keep those that this entry had refused."""
        import pyarrow as pa

        if ENTRIES not in raw.column_names:
            return raw
        return raw.filter(pa.array([self.label in (each or "").split(";") for each in raw.column(ENTRIES).to_pylist()], pa.bool_()))

    def mended_places(self, batch: RawBatch, file: str) -> list[tuple[str, int]]:
        """Return where the mended rows of this entry stood: (part of the file, or ``file``; line)."""
        mine = self.mine(batch.table)
        places = self.places(mine, batch.part)
        return [(place or file, line) for place, line in zip(places, mine.column(LINE).to_pylist(), strict=True)]

    def with_columns(self, batch: RawBatch) -> pa.Table:
        """Return the batch's table with null columns where the form leaves out what a record does not have. DefinitionError for one the file lacks."""
        import pyarrow as pa

        raw = batch.table
        present = set(raw.column_names)
        self.columns_seen |= present
        for name in self.plan.columns:
            if name not in present:
                if batch.complete:
                    raise missing_column(name, present)
                raw = raw.append_column(name, pa.nulls(raw.num_rows, pa.string()))
        return raw

    def wanted(self, raw: pa.Table) -> pa.Table:
        """Return the rows inside ``only`` and outside ``skip``."""
        import numpy as np
        import pyarrow as pa

        keep = np.ones(raw.num_rows, bool)
        for conditions, wanted in ((self.mapping.only, True), (self.mapping.skip, False)):
            for name, values in conditions.items():
                keep &= self._holds(raw, name, values) == wanted
        return raw if keep.all() else raw.filter(pa.array(keep))

    def _holds(self, raw: pa.Table, name: str, values: tuple[str, ...]) -> Any:
        import pyarrow as pa

        listed = {fold(value) for value in values}
        memory = self._folded.setdefault(name, {})
        if len(memory) > 200_000:
            memory.clear()
        found, _ = spread(as_text(raw.column(name)), lambda text: (fold(text or "") in listed, ""), memory, pa.bool_())
        return found.to_numpy(zero_copy_only=False).astype(bool)

    def _identified(self, raw: pa.Table, result: Result) -> tuple[pa.Table, list[Fault]]:
        """Add source, native_id and revision to what was read; return the table and all faults so far."""
        import numpy as np
        import pyarrow as pa

        faults = list(result.faults)
        rows = raw.num_rows
        table = pa.table(result.columns) if result.columns else pa.table({"_": pa.nulls(rows)})
        if self.mapping.key:
            ids, empty = by_key(self.plan, raw)
            if empty.any():
                faults.append(
                    Fault(np.flatnonzero(empty), "key_missing", "native_id", " + ".join(self.mapping.key), [None] * int(empty.sum()))
                )
        else:
            ids = self._by_content(table, faults, rows)
        table = self._dated(table, result)
        table = table.append_column("source", pa.repeat(pa.scalar(self.source, pa.string()), rows)).append_column("native_id", ids)
        revision, missing = self._revision(raw, result)
        if missing.any():
            label = self.plan.revision.label if self.plan.revision else ""
            faults.append(Fault(np.flatnonzero(missing), "revision_missing", "revision", label, [None] * int(missing.sum())))
        return table.append_column("revision", revision), faults

    def _by_content(self, table: pa.Table, faults: list[Fault], rows: int) -> Any:
        """Rows that are refused anyway must not use up a number: only the others are counted."""
        import numpy as np
        import pyarrow as pa

        good = np.ones(rows, bool)
        for fault in faults:
            good[fault.rows] = False
        chosen = table if good.all() else table.filter(pa.array(good))
        ids = by_content(self.plan.fact, chosen, self.transform, self.occurrences, self.mapping.part)
        if good.all():
            return ids
        at = np.where(good, np.cumsum(good) - 1, 0)
        return ids.take(pa.array(at, mask=~good)) if len(ids) else pa.nulls(rows, pa.string())

    def _dated(self, table: pa.Table, result: Result) -> pa.Table:
        """A row whose anchor is a date without a time belongs to that date, whatever the cut-over."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        if "_" in table.column_names:
            table = table.drop_columns(["_"])
        open_rows = np.ones(table.num_rows, bool)
        days = np.full(table.num_rows, np.datetime64("NaT", "D"))
        for name in (each for each in self.plan.fact.anchors if each in table.column_names and each != "business_date"):
            if name in result.dates:
                values, whole = result.dates[name]
                days = np.where(open_rows & whole, values, days)
            open_rows &= table.column(name).is_null().to_numpy(zero_copy_only=False)
        if np.isnat(days).all():
            return table
        dated = pa.array(days, pa.date32())
        if "business_date" in table.column_names:
            at = table.column_names.index("business_date")
            return table.set_column(at, "business_date", pc.coalesce(table.column("business_date"), dated))
        return table.append_column("business_date", dated)

    def _revision(self, raw: pa.Table, result: Result) -> tuple[Any, Any]:
        import numpy as np
        import pyarrow as pa

        if result.revision is not None:
            missing = result.revision.is_null().to_numpy(zero_copy_only=False)
            if self.mapping.within == "last" and self.plan.revision is not None and self.plan.revision.kind == INSTANT:
                # of several states of one moment the later line is the newer: less than a second apart, so that no later moment is overtaken
                line = np.minimum(raw.column(LINE).to_numpy(), _SECOND_US - 1)
                return pa.array(result.revision.fill_null(0).to_numpy(zero_copy_only=False) + line, pa.int64(), mask=missing), missing
            return result.revision, missing
        values = np.full(raw.num_rows, self.exported_us, np.int64)
        if self.mapping.within == "last":
            values = values + raw.column(LINE).to_numpy()
        return pa.array(values), np.zeros(raw.num_rows, bool)

    def places(self, raw: pa.Table, part: str) -> list[str]:
        """Label of each row's part of the file. Several records of one line are told apart, or they would count as one refused row."""
        import numpy as np

        place = self.place(part)
        lines = raw.column(LINE).to_numpy()
        if (lines[1:] > lines[:-1]).all() or len(np.unique(lines)) == len(lines):
            return [place] * len(lines)
        numbers = Occurrences().number(lines.astype(np.uint64))
        return [place if number == 1 else f"{place}#{number}" for number in numbers]

    def texts_at(self, batch: RawBatch, wanted: set[tuple[str, int]], file: str) -> dict[tuple[str, int], str]:
        """Return the texts of the batch's records at ``wanted`` (label of the part, ``file`` where it has none; line)."""
        import numpy as np
        import pyarrow as pa

        raw = self.wanted(self.mine(self.with_columns(batch)))
        lines = raw.column(LINE).to_numpy()
        near = np.flatnonzero(np.isin(lines, [line for _, line in wanted]))
        if not len(near):
            return {}
        places = self.places(raw, batch.part)
        texts = raw.column(refused.RAW).take(pa.array(near)).to_pylist()
        keys = [(places[row] or file, int(lines[row])) for row in near.tolist()]
        return {
            key: refused.raw_text({refused.RAW: text}) for key, text in zip(keys, texts, strict=True) if key in wanted and text is not None
        }

    def _as_it_stood(self, raw: pa.Table, fault: Fault) -> Fault:
        """Show what stands in the source, not what was made of it: a person looks for 9:05 and not for 00:05 UTC."""
        import pyarrow as pa

        columns = next((each.field.columns for each in self.plan.fields if each.column.name == fault.field), ())
        if not columns:
            return fault
        cells = [as_text(raw.column(name)).take(pa.array(fault.rows)).to_pylist() for name in columns]
        return replace(fault, values=[" ".join(each for each in row if each) for row in zip(*cells, strict=True)])

    def _labels(self) -> dict[str, str]:
        return {each.column.name: " + ".join(each.field.columns) or each.column.name for each in self.plan.fields}


def sieves(
    mapping: Mapping,
    zone: str | None,
    setting: Setting,
    exported_us: int,
    transform: Transform,
    occurrences: Callable[[FactPlan], Occurrences] | None = None,
) -> list[Sieve]:
    """Return one sieve per ``[[fact]]`` entry of the mapping."""
    plans = [plan(each) for each in mapping.facts]
    return [
        Sieve(
            each,
            mapping.source,
            transform,
            setting,
            exported_us,
            Evaluator(each, zone),
            occurrences=occurrences(each) if occurrences else Occurrences(),
        )
        for each in plans
    ]


def missing_column(name: str, present: set[str]) -> DefinitionError:
    """The error for a mapped column that the file does not have."""
    names = sorted(each for each in present if each[:1] != "_" or each not in (LINE, refused.RAW))
    return DefinitionError(
        "column_missing",
        Bilingual(f"ファイルに「{name}」という列がありません。", f"The file has no column “{name}”."),
        Bilingual(f"ファイルの列: {', '.join(names[:30])}", f"Its columns: {', '.join(names[:30])}"),
        place="mapping",
        word=name,
        suggestion=nearest(name, names),
    )


def _without(table: pa.Table, raw: pa.Table, places: list[str], faults: list[Fault]) -> tuple[pa.Table, pa.Table, list[str]]:
    """Take the rows with faults out of everything that goes on."""
    import numpy as np
    import pyarrow as pa

    if not faults:
        return table, raw, places
    keep = np.ones(raw.num_rows, bool)
    for fault in faults:
        keep[fault.rows] = False
    mask = pa.array(keep)
    return table.filter(mask), raw.filter(mask), [place for place, kept in zip(places, keep, strict=True) if kept]


def _with_place(table: pa.Table, raw: pa.Table, places: list[str]) -> pa.Table:
    import pyarrow as pa

    table = table.append_column(LINE, raw.column(LINE).cast(pa.int64()))
    if any(places):
        table = table.append_column("_part", pa.array(places, pa.string()))
    if refused.RAW in raw.column_names:
        table = table.append_column(refused.RAW, raw.column(refused.RAW))
    return table
