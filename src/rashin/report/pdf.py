"""A report as PDF: A4, bookmarks, page numbers, embedded open fonts (Noto Sans JP). The same report gives the same bytes.

Texts are handed to the typesetter as data and never become part of its source.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rashin import drawing
from rashin.errors import Bilingual, OutsideError
from rashin.report import layout
from rashin.report.model import Chart, Figures, Heading, Note, Report, Sentence, Table

#: The packages that bring the fonts, and how the family is called.
FONTS = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
FAMILY = "Noto Sans CJK JP"
#: Charts are drawn so wide and high, in pixels; two stand side by side on a page.
_HALF, _FULL, _HEIGHT = 340, 720, 125


def pdf(report: Report) -> bytes:
    """Return the report as a PDF. OutsideError when the packages of the extra “report” are not installed."""
    try:
        import typst
        import vl_convert

        places = font_folders()
    except ImportError as error:
        raise OutsideError(
            "report_extra_missing",
            Bilingual(f"PDFの作成に必要なパッケージがありません({error.name})。", f"A package that makes PDFs is missing ({error.name})."),
            Bilingual("rashin[report] をインストールしてください。", "Install rashin[report]."),
        ) from None
    _register(vl_convert, tuple(places))
    given = json.dumps(document(report), ensure_ascii=False, sort_keys=True)
    source = (Path(__file__).parent / "page.typ").read_bytes()
    fonts: list[str | Path] = list(places)
    return bytes(typst.compile(source, font_paths=fonts, ignore_system_fonts=True, sys_inputs={"doc": given}, timestamp=0))  # type: ignore[misc]


def font_folders() -> list[str]:
    """Return where the fonts lie; ImportError when their packages are not installed."""
    from importlib import import_module

    return [str(files(import_module(name))) for name in FONTS]


@cache
def _register(drawing: Any, places: tuple[str, ...]) -> None:
    """Charts are measured with the fonts that they are set in."""
    for each in places:
        drawing.register_font_directory(each)


def document(report: Report) -> dict[str, Any]:
    """Return the report as the page template (page.typ) takes it."""
    return {
        "lang": report.lang,
        "title": report.title,
        "period": report.period_text,
        "organisation": report.organisation,
        "scope": report.scope_text,
        "about": layout.about(report),
        "versions": layout.versions(report),
        "blocks": [_run(report, kind, blocks) for kind, blocks in layout.runs(report)],
    }


def _run(report: Report, kind: type[Any], blocks: list[Any]) -> dict[str, Any]:
    if kind is Heading:
        return {"kind": "heading", "text": blocks[0].text, "level": blocks[0].level}
    if kind is Sentence:
        return {"kind": "sentences", "items": [{"text": each.text, "tone": each.tone} for each in blocks]}
    if kind is Note:
        items = [{"text": each.text, "level": each.level, "label": layout.LEVELS[each.level](report.lang)} for each in blocks]
        return {"kind": "notes", "items": items}
    if kind is Figures:
        return {"kind": "figures", "items": [_card(figure, report.lang) for block in blocks for figure in block.figures]}
    if kind is Chart:
        return {"kind": "charts", "half": blocks[0].half, "items": [_chart(each) for each in blocks]}
    return _table(blocks[0], _heading_before(report, blocks[0]))


def _heading_before(report: Report, table: Table) -> str:
    at = report.blocks.index(table)
    before = report.blocks[at - 1] if at else None
    return before.text if isinstance(before, Heading) else ""


def _card(each: Any, lang: str) -> dict[str, Any]:
    return {"title": each.name, "shown": each.value is not None, **layout.figure_lines(each, lang)}


def _chart(each: Chart) -> dict[str, str]:
    svg = drawing.to_svg(each.spec, _HALF if each.half else _FULL, height=_HEIGHT if each.half else None, font=FAMILY)
    return {"title": each.title, "description": each.description, "svg": svg}


def _table(table: Table, heading: str) -> dict[str, Any]:
    longest = [
        max((len(row[at].text) for row in table.rows if len(row) == len(table.columns)), default=1) for at in range(len(table.columns))
    ]
    columns = [
        {"title": each.title, "right": each.right, "wide": each.wide, "share": max(1, min(4, round(size / 25)))}
        for each, size in zip(table.columns, longest, strict=True)
    ]
    return {
        "kind": "table",
        "heading": "" if heading == table.title else table.title,
        "columns": columns,
        "rows": [[{"text": entry.text, "tone": entry.tone} for entry in row] for row in table.rows],
        "legend": table.legend,
        "size": 7 if max(longest) > 70 else 7.8 if len(columns) > 5 else 8.2,
    }
