"""The KPI reference in Japanese and English, made from the catalogue and the worked figures.

``python -m rashin.catalogue.pages`` in the project's folder writes ``docs/reference/kpis.ja.md`` and ``kpis.en.md``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rashin.catalogue import page_words as words
from rashin.catalogue.dimensions import load_dimensions
from rashin.catalogue.loader import Catalogue, load
from rashin.catalogue.model import Kpi
from rashin.catalogue.page_entry import entry
from rashin.catalogue.page_markdown import code, link, table
from rashin.catalogue.sets import load_sets
from rashin.catalogue.specs import Spec, load_specs
from rashin.catalogue.vocabulary import FAMILIES, PRIORITIES, UNITS
from rashin.records import FACTS

LANGUAGES = ("ja", "en")


def page(catalogue: Catalogue, specs: Sequence[Spec], lang: str) -> str:
    """Return the whole reference in one language as Markdown."""
    lines = [f"# {words.TITLE(lang)}", "", words.GENERATED(lang), words.INTRO[lang]]
    lines += _sets(catalogue, lang) + _list(catalogue, lang)
    for family, label in FAMILIES.items():
        lines += [f"## {label(lang)}", ""]
        for priority in PRIORITIES:
            chosen = [kpi for kpi in catalogue.kpis.values() if (kpi.family, kpi.priority) == (family, priority)]
            if chosen:
                lines += [f"### {label(lang)}: {words.PRIORITY(lang)} {PRIORITIES[priority](lang)}", ""]
            for kpi in chosen:
                lines += entry(kpi, catalogue, [spec for spec in specs if spec.kpi == kpi.key], lang)
    return _tidy([*lines, *_dimensions(lang)])


def _sets(catalogue: Catalogue, lang: str) -> list[str]:
    def named(label: str) -> str:
        key, _, variant = label.partition(":")
        kpi = catalogue.kpis[key]
        return link(key, kpi.name(lang)) + (f"({kpi.variants[variant].name(lang)})" if variant else "")

    separator = "、" if lang == "ja" else ", "
    rows = []
    for each in load_sets(catalogue).values():
        chosen = separator.join(named(label) for label in each.added)
        extra = len(each.kpis) - len(each.added)
        shown = (f"+{len(each.added)}: {chosen}" if extra else chosen) if each.added else ""
        rows.append((f"{each.name(lang)}<br>{code(each.key)}", each.meaning(lang), shown, each.origin(lang)))
    header = (words.NAME(lang), words.MEANING(lang), "KPI", words.ORIGIN(lang))
    return [f"## {words.SETS(lang)}", "", words.SETS_INTRO(lang), *table(header, rows)]


def _list(catalogue: Catalogue, lang: str) -> list[str]:
    lines = [f"## {words.LIST(lang)}", ""]
    header = ("KPI", words.KEY(lang), words.PRIORITY(lang), words.UNIT(lang), words.DIRECTION(lang), words.VARIANT_COUNT(lang))
    for family, label in FAMILIES.items():
        rows = [
            _line(kpi, lang)
            for priority in PRIORITIES
            for kpi in catalogue.kpis.values()
            if (kpi.family, kpi.priority) == (family, priority)
        ]
        if rows:
            lines += [f"**{label(lang)}**", *table(header, rows)]
    return lines


def _line(kpi: Kpi, lang: str) -> tuple[str, ...]:
    return (
        link(kpi.key, kpi.name(lang)),
        code(kpi.key),
        PRIORITIES[kpi.priority](lang),
        UNITS[kpi.unit](lang),
        words.BETTER[kpi.better](lang),
        str(len(kpi.readings)),
    )


def _dimensions(lang: str) -> list[str]:
    separator = "、" if lang == "ja" else ", "
    rows = [
        (each.name(lang), code(each.key), each.meaning(lang), separator.join(FACTS[fact].label(lang) for fact in each.facts))
        for each in load_dimensions().values()
    ]
    header = (words.NAME(lang), words.KEY(lang), words.MEANING(lang), words.FACTS(lang))
    return [f"## {words.DIMENSIONS(lang)}", "", words.DIMENSIONS_INTRO(lang), *table(header, rows)]


def _tidy(lines: Sequence[str]) -> str:
    """Join lines; never two blank ones in a row, one line end at the end."""
    kept: list[str] = []
    for line in "\n".join(lines).split("\n"):
        if line or (kept and kept[-1]):
            kept.append(line.rstrip())
    return "\n".join(kept).rstrip() + "\n"


def write(specs: Path, target: Path) -> list[Path]:
    """Write the reference in both languages from the specs in a folder; return the files written."""
    catalogue, worked = load(), load_specs(specs)
    found = []
    for lang in LANGUAGES:
        path = target / f"kpis.{lang}.md"
        path.write_text(page(catalogue, worked, lang), encoding="utf-8")
        found.append(path)
    return found


if __name__ == "__main__":
    write(Path("tests/spec"), Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference"))
