"""A report as mail: HTML with every style in its tag, without script, picture or address to fetch; and the same as plain text."""

from __future__ import annotations

from html import escape
from typing import Any

from rashin import drawing
from rashin.errors import Bilingual
from rashin.report import layout
from rashin.report.model import Chart, Entry, Figures, Heading, Note, Report, Sentence, Table

_FONT = "font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic UI',Meiryo,sans-serif"
_INK, _SOFT, _LINE, _MAIN = "#23282f", "#5d646e", "#d8dbe0", "#24557a"
_COLOURS = {"good": "#256b50", "near": "#8a6412", "bad": "#a9441c", "faint": _SOFT, "kept": "#256b50", "issue": "#a9441c", "next": _MAIN}

_OPEN = Bilingual("サイトで見る(グラフ・コメント)", "Open on the site (charts, comments)")


def mail(report: Report, link: str = "", note: str = "") -> tuple[str, str]:
    """Return (HTML, plain text) of the report, charts left to the PDF. All that people typed is escaped; nothing is fetched when it is opened.

    ``link``: where the report stands on the site. ``note``: what whoever sends it says first.
    """
    return page(report, charts=False, link=link, note=note), (f"{note}\n\n" if note else "") + plain(report, link)


def page(report: Report, *, charts: bool = True, link: str = "", note: str = "") -> str:
    """Return the report as one HTML document; with ``charts`` they stand in it as SVG (for a browser; mail programs leave them out)."""
    body = [
        f'<p style="margin:0;color:{_SOFT};font-size:12px">{_text(report.organisation)}</p>',
        f'<h1 style="margin:2px 0 0;color:{_MAIN};font-size:25px">{_text(report.title)}</h1>',
        f'<p style="margin:2px 0;font-size:15px">{_text(report.period_text)}</p>',
        f'<p style="margin:0 0 6px;color:{_SOFT};font-size:12px">{_text(layout.about(report))}</p>',
        f'<div style="border-top:2px solid {_MAIN}"></div>',
    ]
    if note:
        body.append(_note(Note(note, "restated"), report.lang))
    if link:
        body.append(f'<p style="margin:8px 0"><a href="{_text(link)}" style="color:{_MAIN}">{_text(_OPEN(report.lang))}</a></p>')
    for kind, blocks in layout.runs(report):
        body += _run(report, kind, blocks, charts=charts)
    body.append(
        f'<p style="margin:22px 0 0;padding-top:6px;border-top:1px solid {_LINE};color:{_SOFT};font-size:11px">{_text(layout.versions(report))}</p>'
    )
    title = _text(f"{report.title} {report.period_text}")
    return (
        f'<!DOCTYPE html>\n<html lang="{report.lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head>"
        f'<body style="margin:0;background:#ffffff"><div style="max-width:760px;margin:0 auto;padding:20px;color:{_INK};font-size:14px;line-height:1.65;{_FONT}">'
        + "\n".join(body)
        + "</div></body></html>\n"
    )


def plain(report: Report, link: str = "") -> str:
    """Return the report as plain text: what is lacking, the commentary, the figures at the top; tables and charts are left to the PDF."""
    lines = [report.organisation, f"{report.title} {report.period_text}", layout.about(report), ""]
    lines += [f"{_OPEN(report.lang)}: {link}", ""] if link else []
    left_out = False
    pending = ""
    for _, blocks in layout.runs(report):
        if isinstance(blocks[0], Heading):
            pending = blocks[0].text
            continue
        told: list[str] = []
        for block in blocks:
            if isinstance(block, Sentence):
                told.append(f"- {block.text}")
            elif isinstance(block, Note):
                label = layout.LEVELS[block.level](report.lang)
                told.append(f"* {f'[{label}] ' if label else ''}{block.text}")
            elif isinstance(block, Figures):
                told += [_figure_line(each, report.lang) for each in block.figures]
            else:
                left_out = True
        if told:
            lines += [*([f"■ {pending}"] if pending else []), *told, ""]
            pending = ""
    if left_out:
        lines += [Bilingual("表とグラフは添付のファイルをご覧ください。", "Tables and charts are in the attached file.")(report.lang), ""]
    return "\n".join([*lines, layout.versions(report)]) + "\n"


def _figure_line(each: Any, lang: str) -> str:
    said = layout.figure_lines(each, lang)
    more = [said["interval"], f"{said['asked']} {said['judged']}".strip(), said["change"]]
    return f"- {each.name}: {said['text']}" + "".join(f" / {one}" for one in more if one)


def _text(text: str) -> str:
    return escape(text, quote=True)


def _run(report: Report, kind: type[Any], blocks: list[Any], *, charts: bool) -> list[str]:
    if kind is Heading:
        return [_heading(blocks[0])] if charts or not _only_charts(report, blocks[0]) else []
    if kind is Sentence:
        items = "".join(
            f'<li style="margin:0 0 5px;border-left:3px solid {_COLOURS.get(each.tone, _LINE)};padding-left:9px">{_text(each.text)}</li>'
            for each in blocks
        )
        return [f'<ul style="margin:6px 0;padding:0;list-style:none">{items}</ul>']
    if kind is Note:
        return [_note(each, report.lang) for each in blocks]
    if kind is Figures:
        return [_cards([each for block in blocks for each in block.figures], report.lang)]
    if kind is Chart:
        return [_chart(each) for each in blocks] if charts else []
    return [_table(blocks[0])]


def _only_charts(report: Report, heading: Heading) -> bool:
    at = report.blocks.index(heading)
    after = report.blocks[at + 1 : at + 2]
    return bool(after) and isinstance(after[0], Chart)


def _heading(each: Heading) -> str:
    size = 17 if each.level == 1 else 14
    return f'<h{each.level + 1} style="margin:22px 0 8px;padding-bottom:3px;border-bottom:1px solid {_MAIN};color:{_MAIN};font-size:{size}px">{_text(each.text)}</h{each.level + 1}>'


def _note(each: Note, lang: str) -> str:
    label = layout.LEVELS[each.level](lang)
    ground, edge = ("#f4f5f7", "#b9c0c9") if each.level == "info" else ("#fbf1ec", _COLOURS["bad"])
    strong = f'<strong style="color:{_COLOURS["bad"]}">{_text(label)}</strong> ' if label else ""
    return f'<p style="margin:6px 0;padding:7px 10px;background:{ground};border-left:3px solid {edge};font-size:13px">{strong}{_text(each.text)}</p>'


def _cards(figures: list[Any], lang: str) -> str:
    """Boxes that stand four abreast, and two on a telephone; a program that knows no such boxes puts them one below the other."""
    boxes = []
    for each in figures:
        said = layout.figure_lines(each, lang)
        judged = f' <strong style="color:{_COLOURS.get(said["judged_tone"], _INK)}">{_text(said["judged"])}</strong>'
        lines = [
            f'<div style="color:{_SOFT};font-size:12px">{_text(each.name)}</div>',
            f'<div style="font-size:{21 if each.value is not None else 15}px;font-weight:bold;white-space:nowrap">{_text(said["text"])}</div>',
            f'<div style="color:{_SOFT};font-size:11px">{_text(said["interval"])}</div>' if said["interval"] else "",
            f'<div style="font-size:12px">{_text(said["asked"])}{judged}</div>' if said["asked"] else "",
            f'<div style="font-size:12px;color:{_COLOURS.get(said["change_tone"], _INK)}">{_text(said["change"])}</div>'
            if said["change"]
            else "",
        ]
        boxes.append(
            f'<div style="display:inline-block;box-sizing:border-box;vertical-align:top;width:23.5%;min-width:155px;margin:0 1% 6px 0;'
            f'border:1px solid {_LINE};padding:7px 9px">{"".join(lines)}</div>'
        )
    return f"<div>{''.join(boxes)}</div>"


def _chart(each: Chart) -> str:
    svg = drawing.to_svg(each.spec, 340 if each.half else 720, height=130 if each.half else None)
    width = "48%" if each.half else "100%"
    title = f'<figcaption style="font-size:13px;font-weight:bold">{_text(each.title)}</figcaption>'
    drawn = f'<div role="img" aria-label="{_text(each.description)}">{svg}</div>'
    return (
        f'<figure style="display:inline-block;width:{width};margin:6px 1% 6px 0;vertical-align:top;overflow:hidden">{title}{drawn}</figure>'
    )


def _table(table: Table) -> str:
    head = "".join(
        f'<th scope="col" style="text-align:{"right" if each.right else "left"};padding:4px 6px;border-bottom:2px solid {_INK};font-size:12px">{_text(each.title)}</th>'
        for each in table.columns
    )
    rows = "".join(_row(table, row) for row in table.rows)
    title = f'<caption style="text-align:left;font-weight:bold;padding:8px 0 3px">{_text(table.title)}</caption>'
    legend = f'<p style="margin:3px 0;color:{_SOFT};font-size:11px">{_text(table.legend)}</p>' if table.legend else ""
    drawn = f'<table style="width:100%;border-collapse:collapse;font-size:12px">{title}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div style="overflow-x:auto">{drawn}</div>{legend}'


def _row(table: Table, row: tuple[Entry, ...]) -> str:
    if len(row) == 1:
        return f'<tr><th scope="rowgroup" colspan="{len(table.columns)}" style="text-align:left;background:#eef2f5;color:{_MAIN};padding:4px 6px">{_text(row[0].text)}</th></tr>'
    cells = []
    whole = row[0].tone == "group-figure"
    for column, each in zip(table.columns, row, strict=True):
        bold = ";font-weight:bold" if whole or each.tone in ("good", "bad") else ""
        ground = ";background:#eef2f5" if whole else ""
        colour = f";color:{_COLOURS[each.tone]}" if each.tone in _COLOURS else ""
        align = "right;white-space:nowrap" if column.right else "left"
        cells.append(
            f'<td style="text-align:{align};vertical-align:top;padding:3px 6px;border-bottom:1px solid {_LINE}{bold}{ground}{colour}">{_text(each.text)}</td>'
        )
    return f"<tr>{''.join(cells)}</tr>"
