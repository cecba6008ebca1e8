"""An answer as an HTML table for notebooks. Everything that came from data is escaped."""

from __future__ import annotations

from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.query.figures import STATE_LABELS, change_shown, shown

if TYPE_CHECKING:
    from rashin.query.answer import Answer, Cell

ROW_LIMIT = 200
_STYLE = (
    "<style>.rashin{border-collapse:collapse;font-variant-numeric:tabular-nums}.rashin th,.rashin td{padding:.2em .7em;text-align:left;"
    "border-bottom:1px solid #8884}.rashin .n{text-align:right}.rashin .s{color:#8a6d00}.rashin caption{text-align:left;caption-side:top}</style>"
)


def render(answer: Answer, lang: str) -> str:
    """Return the first cells as a table, with the period, the versions and what the input lacks."""

    def word(ja: str, en: str) -> str:
        return escape(Bilingual(ja, en)(lang))

    question, compared = answer.question, answer.question.compare is not None
    names = {each.label: each.name(lang) for each in answer.definitions}
    heads = [word("KPI", "KPI"), word("区間", "Bucket"), *(escape(dimensions.label(name)(lang)) for name in question.by)]
    numbers = [word("値", "Value"), word("95%区間", "95% interval"), word("件数", "n"), *([word("差", "Change")] if compared else [])]
    rows = "".join(_row(cell, names, lang, compared) for cell in islice(answer.cells(), ROW_LIMIT))
    head = "".join(f"<th>{each}</th>" for each in heads) + "".join(f'<th class="n">{each}</th>' for each in numbers)
    versions = word(
        f"データ版 {answer.snapshot}・カタログ版 {answer.catalogue_version}",
        f"snapshot {answer.snapshot}, catalogue {answer.catalogue_version}",
    )
    notes = "".join(f"<li>{escape(note.text(lang))}</li>" for note in answer.completeness.notes)
    more = len(answer) - ROW_LIMIT
    tail = f"<p>{word(f'ほか {more} 行', f'and {more} more rows')}</p>" if more > 0 else ""
    return (
        f'{_STYLE}<table class="rashin"><caption>{escape(question.period.label(lang))} — {versions}</caption>'
        f"<thead><tr>{head}<th>{word('備考', 'Remarks')}</th></tr></thead><tbody>{rows}</tbody></table>{tail}"
        + (f"<ul>{notes}</ul>" if notes else "")
    )


def _row(cell: Cell, names: dict[str, str], lang: str, compared: bool) -> str:
    label = f"{cell.kpi}:{cell.variant}" if cell.variant else cell.kpi
    ends = (
        f"{shown(cell.low, cell.unit, lang)} – {shown(cell.high, cell.unit, lang)}" if cell.low is not None or cell.high is not None else ""
    )
    texts = [names.get(label, label), cell.bucket, *("—" if value is None else str(value) for value in cell.dimensions.values())]
    numbers = [shown(cell.value, cell.unit, lang), ends, shown(cell.n, "count", lang)]
    if compared:
        numbers.append(change_shown(cell.change, cell.unit, lang))
    remark = "。" if lang == "ja" else "; "
    said = remark.join(each for each in (STATE_LABELS[cell.state](lang), cell.reason(lang) if cell.reason else "") if each)
    body = "".join(f"<td>{escape(each)}</td>" for each in texts) + "".join(f'<td class="n">{escape(each)}</td>' for each in numbers)
    return f'<tr>{body}<td class="s">{escape(said)}</td></tr>'
