"""A report as a document: blocks in reading order, what was lacking, and which versions made it. Dumped as canonical JSON and read back as it was.

A document holds texts in one language and the plain values behind them; whoever lays it out computes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, TypeAlias

from rashin.errors import Bilingual, InputError

#: Of the JSON form; a document of a later form is refused.
FORM = 1

Tone: TypeAlias = Literal["", "kept", "issue", "next"]
Level: TypeAlias = Literal["info", "lack", "restated"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section (level 1) or a part of one (level 2); also a bookmark."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the commentary. ``about``: the KPI, goal or team that it is about."""

    text: str
    tone: Tone = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it stands. Numbers in the KPI's own unit, None where there is none or it is withheld; ``text`` and its like as people read them.

    ``way``: better, worse, moved, same (the 95 % interval of the change holds 0), unknown. ``judged``: a judgement's state, "" without a goal.
    ``provisional``: rows of it are too young to be settled.
    """

    kpi: str
    name: str
    unit: str
    value: float | None
    text: str
    low: float | None = None
    high: float | None = None
    interval: str = ""
    n: float | None = None
    state: str = "ok"
    reason: str = ""
    before: float | None = None
    before_text: str = ""
    change: float | None = None
    change_text: str = ""
    way: str = "unknown"
    goal: str = ""
    asked: str = ""
    judged: str = ""
    judged_text: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures side by side, the most important of the report."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of a table: a text, the value behind it where there is one, and its tone (good, bad, faint, group = a row's heading over all columns)."""

    text: str
    value: float | None = None
    unit: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title; figures stand to the right. ``wide``: takes the room that is left."""

    title: str
    right: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. ``legend``: what marks in it mean."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Entry, ...], ...]
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart specification of :mod:`rashin.charts`. ``description``: what it shows, in a sentence. ``half``: two stand side by side."""

    title: str
    spec: Mapping[str, Any]
    description: str
    half: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A remark: for information, of something lacking, or of figures that have changed since they were reported."""

    text: str
    level: Level = "info"


Block: TypeAlias = Heading | Sentence | Figures | Table | Chart | Note
_KINDS: dict[str, type[Any]] = {
    "heading": Heading, "sentence": Sentence, "figures": Figures, "table": Table, "chart": Chart, "note": Note,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lacking:
    """One thing that the input lacked. ``affects``: the KPIs it touches; ``withholds``: their figures are not shown."""

    kind: str
    text: str
    source: str = ""
    days: tuple[str, ...] = ()
    affects: tuple[str, ...] = ()
    withholds: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What the report was made of: with the same four, the same document comes out. ``questions``: a hash of each question asked, in order."""

    snapshot: int
    catalogue_version: str
    goals_version: str
    today: str
    questions: tuple[str, ...] = ()
    program: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of the figures at the top, so that it can be asked again: KPIs, dates (the last one included), filters."""

    kpis: tuple[str, ...]
    first: str
    last: str
    kind: str
    where: tuple[tuple[str, tuple[str | int | None, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``kind``: weekly, monthly or view. ``period``: as periods are written; ``period_text``: as people read it. ``until``: the last day counted, where
    the period was still running. ``figures``: every headline figure, for what is asked of the report later (restatement, ledger)."""

    kind: str
    title: str
    lang: str
    organisation: str
    period: str
    period_text: str
    scope_text: str
    until: str
    made: Made
    asked: Asked
    figures: tuple[Figure, ...]
    lacking: tuple[Lacking, ...]
    blocks: tuple[Block, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """True when no figure had to be withheld."""
        return not any(each.withholds for each in self.lacking)

    def sentences(self, tone: Tone | None = None) -> Iterator[Sentence]:
        """Yield the sentences of a tone, or all of them."""
        return (each for each in self.blocks if isinstance(each, Sentence) and tone in (None, each.tone))

    def tables(self) -> Iterator[Table]:
        """Yield the tables in order."""
        return (each for each in self.blocks if isinstance(each, Table))


def dump(report: Report) -> bytes:
    """Return the report as canonical JSON: keys in order, no spaces, UTF-8; the same report gives the same bytes."""
    names = {kind: name for name, kind in _KINDS.items()}
    data = asdict(report)
    data["blocks"] = [{"block": names[type(block)], **plain} for block, plain in zip(report.blocks, data["blocks"], strict=True)]
    data["form"] = FORM
    return json.dumps(_tidy(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read(data: bytes) -> Report:
    """Return the report that :func:`dump` wrote. InputError when it is none, or of a later form."""
    try:
        found = json.loads(data)
        if found.pop("form") != FORM:
            raise ValueError("form")
        blocks = tuple(_made(_KINDS[each.pop("block")], each) for each in found.pop("blocks"))
        head = {
            "made": _made(Made, found.pop("made")),
            "asked": _made(Asked, found.pop("asked")),
            "figures": tuple(_made(Figure, each) for each in found.pop("figures")),
            "lacking": tuple(_made(Lacking, each) for each in found.pop("lacking")),
        }
        return Report(**found, **head, blocks=blocks)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "not_a_report",
            Bilingual("レポートとして読めません。", "This is not a report of Rashin."),
            Bilingual(
                "`rashin report … --format json` で作ったファイルを指定してください。",
                "Name a file made by `rashin report … --format json`.",
            ),
        ) from error


_PARTS: dict[tuple[type[Any], str], Any] = {
    (Figures, "figures"): Figure,
    (Table, "columns"): Column,
}


def _made(kind: type[Any], data: dict[str, Any]) -> Any:
    """An object of ``kind`` from plain values: lists are tuples again, parts are objects again."""
    given = {}
    for each in fields(kind):
        if each.name not in data:
            continue
        value = data[each.name]
        part = _PARTS.get((kind, each.name))
        if part is not None:
            value = tuple(_made(part, one) for one in value)
        elif kind is Table and each.name == "rows":
            value = tuple(tuple(_made(Entry, one) for one in row) for row in value)
        elif not (kind is Chart and each.name == "spec"):
            value = _frozen(value)
        given[each.name] = value
    return kind(**given)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _tidy(value: Any) -> Any:
    """Values with twelve significant digits: sums over roll-ups and over rows may differ in the last ones."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {name: _tidy(each) for name, each in value.items()}
    return [_tidy(each) for each in value] if isinstance(value, list | tuple) else value
