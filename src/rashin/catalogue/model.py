"""What a KPI is once it is read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rashin.catalogue.vocabulary import Better, Interval
from rashin.errors import Bilingual
from rashin.formula import Measure, MeasureForm, Node, ParamValue, Repeat, Value, ValueForm


@dataclass(frozen=True, slots=True)
class Band:
    """The range in which a two-sided KPI is well; ``origin`` says who says so."""

    low: float | None
    high: float | None
    origin: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure that others publish, with its origin: without that it would be hearsay."""

    origin: Bilingual
    low: float | None = None
    high: float | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Hint(Bilingual):
    """A cause to look at when the KPI is missed. ``kpis``: those whose figures would confirm or refute it ("kpi" or "kpi:variant"); empty = no figure can."""

    kpis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows that never count, and the reason that “rows” shows. ``condition`` still holds its parameters; ``text`` is as written.

    ``at_most``: where more than this share of the rows falls out for this reason, what is left is no fair sample and the value is withheld.
    """

    text: str
    condition: Node
    reason: Bilingual
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class BoundExclusion:
    """An exclusion with its parameters bound: a row for which ``condition`` is true does not count."""

    condition: Node
    reason: Bilingual
    fact: str
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a KPI: the default one or a variant, complete (what it does not say itself is the entry's)."""

    variant: str | None
    name: Bilingual
    meaning: Bilingual
    source: Bilingual
    short: Bilingual | None
    equivalent: str | None
    fact: str
    at: str
    unit: str
    better: Better
    band: Band | None
    params: Mapping[str, ParamValue]
    measures: Mapping[str, MeasureForm]
    measure_texts: Mapping[str, str]
    value: ValueForm
    value_text: str
    n: str | None
    interval: Interval | None
    min_n: int
    bounds: tuple[float | None, float | None] | None
    exclude: tuple[Exclusion, ...]
    repeat: Repeat | None
    benchmark: tuple[Benchmark, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Kpi:
    """One entry of the catalogue. ``key`` is its name in questions; ``digest`` changes whenever a figure could change."""

    key: str
    name: Bilingual
    short: Bilingual | None
    seed: str | None
    family: str
    priority: str
    purpose: Bilingual
    counter: tuple[str, ...]
    hints: tuple[Hint, ...]
    version: int
    since: date
    default: Reading
    variants: Mapping[str, Reading]
    digest: str
    place: str

    def __str__(self) -> str:
        return self.key

    @property
    def meaning(self) -> Bilingual:
        """What is divided by what, in plain words."""
        return self.default.meaning

    @property
    def unit(self) -> str:
        """The unit of the default reading."""
        return self.default.unit

    @property
    def better(self) -> Better:
        """Which way is good."""
        return self.default.better

    @property
    def fact(self) -> str:
        """The fact that the default reading counts."""
        return self.default.fact

    @property
    def source(self) -> Bilingual:
        """Who says so, where."""
        return self.default.source

    @property
    def benchmark(self) -> tuple[Benchmark, ...]:
        """Published figures with their origin."""
        return self.default.benchmark

    @property
    def readings(self) -> dict[str, Reading]:
        """The default reading under the name "default", then the variants in the order of the file."""
        return {"default": self.default, **self.variants}


@dataclass(frozen=True, slots=True)
class Definition:
    """One reading with its parameters bound: all that a query needs to compute, explain and judge a value.

    ``measures`` holds what ``value`` and ``n`` use, exclusions already applied; ``squares`` the sum of squares that the interval of a mean
    needs. ``uncounted``: for each exclusion with a limit (``at_most``), the count of the rows that would be in n but for it. ``n`` names the measure that is n. ``version`` is "entry version+digest".
    """

    kpi: str
    variant: str | None
    entry: Kpi
    name: Bilingual
    short: Bilingual | None
    meaning: Bilingual
    source: Bilingual
    fact: str
    at: str
    unit: str
    better: Better
    band: Band | None
    params: Mapping[str, ParamValue]
    measures: Mapping[str, Measure]
    value: Value
    n: str | None
    interval: Interval
    squares: Measure | None
    uncounted: tuple[tuple[Measure, BoundExclusion], ...]
    min_n: int
    bounds: tuple[float | None, float | None] | None
    exclude: tuple[BoundExclusion, ...]
    repeat: Repeat | None
    benchmark: tuple[Benchmark, ...]
    version: str

    @property
    def facts(self) -> frozenset[str]:
        """The facts that its measures read."""
        return frozenset(measure.fact for measure in self.measures.values())

    @property
    def label(self) -> str:
        """``kpi`` or ``kpi:variant``, as a question names it."""
        return f"{self.kpi}:{self.variant}" if self.variant else self.kpi
