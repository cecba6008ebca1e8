"""Worked figures of a KPI: a small table in, a value out. The very same that the tests hold on every engine."""

from __future__ import annotations

from dataclasses import dataclass

from rashin import display
from rashin.catalogue.model import Kpi
from rashin.catalogue.specs import Spec, examples
from rashin.errors import Bilingual
from rashin.records import FACTS, called
from rashin.web.pages.definitions.catalogue import DEFAULT


@dataclass(frozen=True, slots=True)
class Worked:
    """One example as it is shown. ``tables``: (fact, headings, rows of cells); ``results``: (reading, value in words, exact value)."""

    title: str
    source: str
    params: str
    tables: list[tuple[str, list[str], list[list[str]]]]
    results: list[tuple[str, str, str]]


def of(kpi: Kpi, lang: str) -> list[Worked]:
    """Return the examples of a KPI as it is built in; readings that it no longer has are left out."""
    return [made for each in examples().get(kpi.key, ()) if (made := _made(kpi, each, lang)).results]


def _made(kpi: Kpi, spec: Spec, lang: str) -> Worked:
    return Worked(
        spec.title(lang),
        spec.source if isinstance(spec.source, str) else spec.source(lang),
        ", ".join(f"{name} = {value}" for name, value in spec.params.items()),
        [(FACTS[fact].label(lang), *_table(fact, text, lang)) for fact, text in spec.tables.items()],
        [_result(kpi, name, value, lang) for name, value in spec.expect.items() if name in kpi.readings],
    )


def _table(fact: str, text: str, lang: str) -> tuple[list[str], list[list[str]]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    if not lines:
        return [], []
    names, rows = lines[0], lines[1:]
    return [_heading(fact, name, lang) for name in names], [
        [called(name, cell, lang) for name, cell in zip(names, row, strict=True)] for row in rows
    ]


def _heading(fact: str, name: str, lang: str) -> str:
    if name == "n":
        return Bilingual("件数", "rows")(lang)
    return FACTS[fact].column(name).label(lang) if name in FACTS[fact].names else name


def _result(kpi: Kpi, name: str, value: float | None, lang: str) -> tuple[str, str, str]:
    reading = kpi.readings[name]
    called = DEFAULT(lang) if name == "default" else reading.name(lang)
    if value is None:
        return called, Bilingual("値なし", "no value")(lang), ""
    scale = display.scale(reading.unit, [value])
    word = "" if scale.mark else scale.word(lang)
    return called, f"{scale.text(value)}{'' if lang == 'ja' or not word else ' '}{word}", f"{value:.10g}"
