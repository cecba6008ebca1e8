"""The list of definitions, searched, and one definition laid out for reading."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from rashin.catalogue import Catalogue
from rashin.catalogue.bind import definition
from rashin.catalogue.model import Kpi, Reading
from rashin.catalogue.vocabulary import FAMILIES, PRIORITIES, UNITS
from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.query.figures import limits_shown, parameter_shown
from rashin.records import FACTS

DEFAULT = Bilingual("標準の定義", "Default")
BETTER: dict[str, Bilingual] = {
    "higher": Bilingual("高いほど良い", "higher is better"),
    "lower": Bilingual("低いほど良い", "lower is better"),
    "band": Bilingual("範囲内が良い", "best inside a band"),
    "none": Bilingual("良し悪しなし", "neither way"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was looked for."""

    text: str
    family: str
    priority: str


def found(catalogue: Catalogue, search: Search, lang: str) -> list[tuple[str, list[Kpi]]]:
    """Return the KPIs that fit, by family. Words are looked for in both languages: names, meanings, purposes, variants and whose figure they reproduce."""
    words = folded(search.text).split()
    fitting = [
        kpi
        for kpi in catalogue.kpis.values()
        if search.family in ("", kpi.family) and search.priority in ("", kpi.priority) and all(word in _text(kpi) for word in words)
    ]
    order = list(PRIORITIES)
    groups = []
    for family, label in FAMILIES.items():
        members = sorted((kpi for kpi in fitting if kpi.family == family), key=lambda kpi: (order.index(kpi.priority), kpi.name(lang)))
        if members:
            groups.append((label(lang), members))
    return groups


def folded(text: str) -> str:
    """Return ``text`` so that full width, half width and case do not matter."""
    return unicodedata.normalize("NFKC", text).casefold()


def _text(kpi: Kpi) -> str:
    both = [kpi.name, kpi.purpose, *([kpi.short] if kpi.short else [])]
    said = [kpi.key, kpi.seed or ""]
    for key, reading in kpi.readings.items():
        both += [reading.name, reading.meaning]
        said += [key, reading.equivalent or ""]
    return folded(" ".join([*said, *(text.ja for text in both), *(text.en for text in both)]))


def laid_out(catalogue: Catalogue, kpi: Kpi, lang: str) -> dict[str, Any]:
    """Return one KPI for its page: what it is for, how it is computed, what judges it, and its variants side by side."""
    default = kpi.default
    used = definition(kpi, default, {}).measures
    return {
        "kpi": kpi,
        "name": kpi.name(lang),
        "other_name": kpi.name("en" if lang == "ja" else "ja"),
        "family": FAMILIES[kpi.family](lang),
        "priority": PRIORITIES[kpi.priority](lang),
        "unit": UNITS[default.unit](lang) if default.unit in UNITS else default.unit,
        "better": BETTER[default.better](lang),
        "band": limits_shown(default.band.low, default.band.high, default.unit, lang) if default.band else "",
        "band_origin": default.band.origin(lang) if default.band and default.band.origin else "",
        "benchmark": [
            (
                limits_shown(*((each.low, each.high) if each.value is None else (each.value, each.value)), default.unit, lang),
                each.origin(lang),
            )
            for each in default.benchmark
        ],
        "measures": [(name, default.measure_texts[name], FACTS[default.measures[name].fact].label(lang)) for name in used],
        "params": [parameter_shown(name, value, lang) for name, value in default.params.items()],
        "excluded": [each.reason(lang) for each in default.exclude],
        "counter": [catalogue.kpis[name] for name in kpi.counter],
        "hints": [hint(lang) for hint in kpi.hints],
        "dimensions": [dimensions.label(name)(lang) for name in sorted(dimensions.of_fact(FACTS[default.fact]))],
        "variants": [_variant(kpi, key, reading, lang) for key, reading in kpi.readings.items()],
    }


def _variant(kpi: Kpi, key: str, reading: Reading, lang: str) -> dict[str, Any]:
    own = {name: value for name, value in reading.params.items() if kpi.default.params.get(name) != value}
    return {
        "key": key,
        "name": reading.name(lang) if key != "default" else DEFAULT(lang),
        "meaning": reading.meaning(lang),
        "formula": reading.value_text,
        "params": own if key != "default" else reading.params,
        "measures": [
            (name, text) for name, text in reading.measure_texts.items() if key != "default" and kpi.default.measure_texts.get(name) != text
        ],
        "equivalent": reading.equivalent or "",
        "source": reading.source(lang),
    }
