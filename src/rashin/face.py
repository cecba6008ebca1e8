"""``rashin.open(path)``: a centre as a Python object. What it gives is for somebody who may see everything, unless a ``scope`` is handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from rashin.errors import Bilingual, QuestionError, RashinWarning

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Kpi
    from rashin.intake.receipt import Receipt
    from rashin.query import Answer, Cell, Difference, Explanation, Question, Reconciliation, Rows, Scope
    from rashin.store import LoadRecord, Store, Workspace

Part = Literal["numerator", "denominator", "excluded"]


class Centre:
    """An opened workspace: load files, ask for KPIs, look at the rows behind a cell. Use it in a ``with`` block, or :meth:`close` it."""

    def __init__(self, store: Store, lang: str | None = None) -> None:
        self.store = store
        self.lang = lang or store.workspace.config.organisation.language
        self._catalogue: Catalogue | None = None

    @classmethod
    def open(cls, path: str | Path = ".", *, lang: str | None = None) -> Centre:
        """Open the workspace at ``path`` or in the nearest folder above it; ``lang``: "ja" or "en" of texts, default the workspace's.

        WorkspaceError when there is none, or another process owns it. A calendar file with a mistake is warned about (RashinWarning): figures that need no
        opening hours can be asked all the same, and their answers say so.
        """
        import warnings

        from rashin.query.faulty import calendar_fault
        from rashin.store import Store, Workspace

        centre = cls(Store.open(Workspace.find(path)), lang)
        if (wrong := calendar_fault(centre.workspace.folder("calendars"))) is not None:
            warnings.warn(wrong.text(centre.lang), RashinWarning, stacklevel=3)
        return centre

    def close(self) -> None:
        """Give the workspace up."""
        self.store.close()

    def __enter__(self) -> Centre:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def workspace(self) -> Workspace:
        """Where everything lies."""
        return self.store.workspace

    @property
    def catalogue(self) -> Catalogue:
        """The built-in definitions with those of the workspace's ``kpis`` folder laid over them; read when first asked for. The store then keeps their
        measures beside the facts, where that pays."""
        if self._catalogue is None:
            from rashin.catalogue import load
            from rashin.query.keep import keep

            self._catalogue = load(folder=self.workspace.folder("kpis"))
            keep(self.store, self._catalogue)
        return self._catalogue

    def reload_definitions(self, *, keep: bool = True) -> Catalogue:
        """Read the definitions again after the workspace's ``kpis`` folder changed, and return them; questions from now on use them.

        DefinitionError when one is wrong: the definitions read before then stay in force. ``keep``: also tell the store at once what to keep beside the
        facts; with False that is the caller's to do (:meth:`keep_measures`), answers are right either way.
        """
        from rashin.catalogue import load

        self._catalogue = load(folder=self.workspace.folder("kpis"))
        if keep:
            self.keep_measures()
        return self._catalogue

    def keep_measures(self) -> None:
        """Tell the store to keep the measures of the definitions in force; takes as long as going through the facts once when they changed."""
        from rashin.query.keep import keep

        keep(self.store, self.catalogue)

    # asking

    def ask(
        self,
        kpi: str | Iterable[str],
        *positional: object,
        by: str | Iterable[str] = (),
        grain: str | None = None,
        period: str | Period | None = None,
        filters: Mapping[str, object] | None = None,
        variant: str | None = None,
        compare: str | Period | None = None,
        as_of: int | None = None,
        params: Mapping[str, object] | None = None,
        late: bool = False,
        dense: bool = True,
        exact: bool = False,
        scope: Scope | None = None,
    ) -> Answer:
        """Return the answer to a question; see :class:`rashin.query.Question` for what can be asked.

        ``period``: "2026-10", "last 7 days", 先月 …; None = all that has been loaded. ``variant``: of a single KPI (else write "kpi:variant").
        ``compare``: "previous", "last_year", or a period. Several KPIs are one list; everything else is given by name (QuestionError otherwise).
        """
        from dataclasses import replace

        from rashin.query import ask

        if positional:
            raise self._unnamed(kpi, positional)
        question = self.question(
            kpi,
            by=by,
            grain=grain,
            period=period,
            filters=filters,
            variant=variant,
            compare=compare,
            as_of=as_of,
            params=params,
            late=late,
            dense=dense,
            exact=exact,
        )
        return replace(ask(self.store, self.catalogue, question, scope=scope or self._everything()), lang=self.lang)

    def question(
        self,
        kpi: str | Iterable[str],
        *,
        period: str | Period | None = None,
        variant: str | None = None,
        compare: str | Period | None = None,
        **options: Any,
    ) -> Question:
        """Return the :class:`rashin.query.Question` that :meth:`ask` would ask, with periods read and nothing computed."""
        from rashin.query import Question

        names = (kpi,) if isinstance(kpi, str) else tuple(kpi)
        if variant is not None:
            if len(names) != 1:
                raise QuestionError(
                    "variant_ambiguous",
                    Bilingual("variant を指定できるのはKPIが一つのときだけです。", "A variant can be given with a single KPI only."),
                    Bilingual("「kpi:variant」の形で書いてください。", "Write “kpi:variant” instead."),
                )
            names = (f"{names[0].partition(':')[0]}:{variant}",)
        other = self.period(compare) if isinstance(compare, str) and compare not in ("previous", "last_year") else compare
        return Question(names, self.period(period, names), compare=other, **options)  # type: ignore[arg-type]

    def period(self, text: str | Period | None, kpis: Sequence[str] = ()) -> Period:
        """Return the period that ``text`` names, seen from today's business date; None = from the first to the last day loaded for the KPIs' facts."""
        from rashin.calendars import Period
        from rashin.query.settings import Settings

        settings = Settings.of(self.store)
        if isinstance(text, str):
            return Period.parse(text, self.today(), settings.time)
        if text is not None:
            return text
        facts = {fact for name in kpis for fact in self.catalogue.definition(name).facts}
        days = [row for row in self.store.coverage().select(["fact", "business_date"]).to_pylist() if row["fact"] in facts or not facts]
        if not days:
            return Period(self.today(), self.today() + timedelta(days=1), "day", settings.time)
        first, last = min(row["business_date"] for row in days), max(row["business_date"] for row in days)
        return Period(first, last + timedelta(days=1), settings=settings.time)

    def today(self) -> date:
        """Return the business date of this moment in the organisation's zone."""
        import numpy as np

        from rashin.calendars import business_date

        own = self.workspace.config.organisation
        now = np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")
        found: date = business_date(now, own.zone, own.cutover)[0].item()
        return found

    def rows(
        self,
        answer: Answer,
        cell: Cell | Mapping[str, object] | None = None,
        *,
        kpi: str | None = None,
        part: Part = "numerator",
        fact: str | None = None,
        first: int = 0,
        count: int = 100,
        scope: Scope | None = None,
    ) -> Rows:
        """Return the rows behind a cell of ``answer``, from the snapshot that it was made of.

        ``cell``: one of ``answer.cells()``, or its bucket and dimension values ``{"bucket": "2026-10-01", "queue": "A"}``; None where the answer has one bucket
        and no dimensions. ``kpi``: which, when the answer has several.
        """
        from rashin.query import Spot, rows

        key: dict[str, Any] = dict(cell if isinstance(cell, Mapping) else cell.key) if cell is not None else {}
        name = (
            kpi or (f"{cell.kpi}:{cell.variant}" if cell.variant else cell.kpi)
            if cell is not None and not isinstance(cell, Mapping)
            else kpi or answer.series[0].name
        )
        bucket = key.pop("bucket", None)
        spot = Spot(answer.question.with_(as_of=answer.snapshot), bucket if answer.question.grain else None, key)
        return rows(
            self.store, self.catalogue, name, spot, scope=scope or self._everything(), part=part, fact=fact, first=first, count=count
        )

    def compare(self, kpi: str, *, period: str | Period | None = None, scope: Scope | None = None, **options: Any) -> Answer:
        """Return every reading of ``kpi`` on the same rows, side by side; ``options`` as for :meth:`ask`."""
        from dataclasses import replace

        from rashin.query import compare_variants

        question = self.question(kpi.partition(":")[0], period=period, **options)
        return replace(compare_variants(self.store, self.catalogue, kpi, question, scope=scope or self._everything()), lang=self.lang)

    def reconcile(
        self, kpi: str, *, source: str | None = None, period: str | Period | None = None, scope: Scope | None = None, **options: Any
    ) -> Reconciliation:
        """Return our figures beside those that the sources themselves reported, with the difference itemised."""
        from rashin.query import reconcile

        question = self.question(kpi, period=period, **options)
        return reconcile(self.store, self.catalogue, kpi, question, scope=scope or self._everything(), source=source)

    def difference(self, kpi: str | Iterable[str], before: int, after: int, *, scope: Scope | None = None, **options: Any) -> Difference:
        """Return what changed between two snapshots: the cells that differ, and the loads that made them differ; ``options`` as for :meth:`ask`."""
        from rashin.query import difference

        question = self.question(kpi, **options)
        return difference(self.store, self.catalogue, question, before, after, scope=scope or self._everything())

    # definitions

    def kpis(self) -> list[Kpi]:
        """Return every entry of the catalogue."""
        return list(self.catalogue.kpis.values())

    def explain(self, kpi: str) -> Explanation:
        """Return what a KPI or one of its variants means, how it is computed, and who says so."""
        from rashin.query import explain

        return explain(self.catalogue, kpi, self.lang)

    # facts

    def snapshot(self) -> int:
        """Return the number of the newest snapshot."""
        return self.store.snapshot()

    def loads(self) -> list[LoadRecord]:
        """Return every load with its counts, oldest first."""
        return self.store.loads()

    def load(
        self,
        files: str | Path | Iterable[str | Path],
        mapping: str | Path | None = None,
        *,
        by: str = "python",
        source: str | None = None,
        exported_at: datetime | None = None,
        settle: Mapping[str, str] | None = None,
    ) -> list[Receipt]:
        """Load files and return one receipt each; see :func:`rashin.intake.run.load`. ``mapping``: a file or a preset; None = the one that fits."""
        from rashin.intake.run import load

        paths = [files] if isinstance(files, str | Path) else list(files)
        return load(self.store, paths, mapping, by=by, source=source, exported_at=exported_at, settle=settle)

    def withdraw(self, load_id: int, *, by: str = "python") -> list[int]:
        """Take a load back as if it had never been, and those that mended its rejects; return the numbers of the loads withdrawn."""
        from rashin.intake.run import withdraw

        return withdraw(self.store, load_id, by)

    def rejects(self, load_id: int) -> pa.Table:
        """Return the rows that a load refused, with reason and mend in both languages."""
        return self.store.rejects(load_id)

    def _unnamed(self, kpi: str | Iterable[str], more: tuple[object, ...]) -> QuestionError:
        names = [kpi] if isinstance(kpi, str) else list(kpi)
        known = [str(each) for each in more if str(each).partition(":")[0] in self.catalogue.kpis]
        first = f"ask({[*names, *known] if known else names[0]!r}{'' if len(known) == len(more) else ', by=…, period=…'})"
        listed = ", ".join(repr(each) for each in more)
        return QuestionError(
            "not_by_name",
            Bilingual(
                f"ask の二つ目以降の値 {listed} が何を指すか決められません。", f"ask cannot tell what its further values {listed} are for."
            ),
            Bilingual(
                f"KPIは一つのリストに、ほかは名前を付けて書いてください: {first}",
                f"Write the KPIs as one list and everything else by name: {first}",
            ),
        )

    @staticmethod
    def _everything() -> Scope:
        from rashin.query import Scope

        return Scope.everything()
