"""A definition opened up: what it means, how it is computed, where it comes from, how else it is read."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.query.cover import Line, definition_lines
from rashin.query.figures import limits_shown

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition


@dataclass(frozen=True)
class Explanation:
    """``lines``: (label, text) in the language asked for; also as text and, in a notebook, as a table."""

    definition: Definition
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(f"{label}: {text}" for label, text in self.lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left;vertical-align:top'>{escape(label)}</th><td>{escape(text)}</td></tr>"
            for label, text in self.lines
        )
        return f"<table>{rows}</table>"


def explain(catalogue: Catalogue, kpi: str, lang: str = "ja") -> Explanation:
    """Return what ``kpi`` ("service_level" or "service_level:amazon_connect") means. QuestionError with the nearest name when there is none."""
    definition = catalogue.definition(kpi)
    return Explanation(
        definition, (*definition_lines(definition, lang), *_judging(definition, lang), *_relations(catalogue, definition, lang))
    )


def _line(ja: str, en: str, lang: str, text: str) -> Line:
    return Bilingual(ja, en)(lang), text


def _judging(definition: Definition, lang: str) -> list[Line]:
    better = {
        "higher": Bilingual("高いほど良い", "higher is better"),
        "lower": Bilingual("低いほど良い", "lower is better"),
        "band": Bilingual("範囲内が良い", "inside the band"),
    }
    found = [_line("目的", "Purpose", lang, definition.entry.purpose(lang))]
    if definition.better in better:
        found.append(_line("良し悪し", "Good is", lang, better[definition.better](lang)))
    if definition.min_n:
        found.append(_line("最小件数", "Minimum n", lang, str(definition.min_n)))
    for each in definition.benchmark:
        low, high = (each.low, each.high) if each.value is None else (each.value, each.value)
        found.append(_line("参考値", "Benchmark", lang, f"{limits_shown(low, high, definition.unit, lang)} ({each.origin(lang)})"))
    return found


def _relations(catalogue: Catalogue, definition: Definition, lang: str) -> list[Line]:
    entry = catalogue.kpi(definition.kpi)
    found = []
    counter = [catalogue.kpis[name].name(lang) for name in entry.counter if name in catalogue.kpis]
    if counter:
        found.append(_line("対抗指標", "Counter-metric", lang, ", ".join(counter)))
    for name, reading in entry.variants.items():
        found.append(_line("定義の別", "Variant", lang, f"{definition.kpi}:{name} — {reading.name(lang)}"))
    return found
