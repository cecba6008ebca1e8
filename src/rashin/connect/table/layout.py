"""Where is the header, what are the columns called, and which rows are not data? Pure functions over rows of texts."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rashin.connect.table.surveyform import form_height, is_filler, questions

#: How far down a header is looked for.
_SEARCHED = 25

#: Words that mark a totals row when they begin its first filled cell (after NFKC, lower case). Means of rows are totals too: they must never be counted.
TOTALS = (
    "合計", "小計", "総計", "総合計", "累計", "中計", "計", "全体合計", "日計", "週計", "月計", "年計", "集計", "平均", "総平均",
    "total", "totals", "grand total", "sub total", "sub-total", "subtotal", "overall total", "average", "grand average",
)  # fmt: skip

_NUMBER = re.compile(r"[-+−△▲]?[¥￥$€£]?\s*[\d,]*\.?\d+(e[-+]?\d+)?\s*[%％円秒分件名人点]?", re.IGNORECASE)
_DATE = re.compile(
    r"(\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?|(令和|平成|昭和|[rhs])\s*(\d{1,2}|元)[-/.年]\d{1,2}.*|\d{1,2}:\d{2}(:\d{2})?(\s*[ap]m)?)([t\s].*)?",
    re.IGNORECASE,
)
_WORDS_OF_DATA = frozenset(("true", "false", "yes", "no", "はい", "いいえ", "○", "×", "-", "n/a", "null"))


@dataclass(frozen=True, slots=True)
class Layout:
    """``names``: one per column, unique; ``unnamed``: indices of columns that the header does not name; ``header``: the header's own rows of cells;
    ``first``: index of the first record after the header; ``titles``: indices of records above it that are not data."""

    names: tuple[str, ...]
    unnamed: frozenset[int]
    header: tuple[tuple[str, ...], ...]
    first: int
    titles: tuple[int, ...]


#: What columns without a name are called when nobody says.
UNNAMED = "列"


def is_blank(cells: Sequence[str]) -> bool:
    """True when no cell says anything."""
    return not any(cell.strip() for cell in cells)


def looks_like_data(cell: str) -> bool:
    """True for a number, a date, a time, yes or no: what stands in data rows and not in a header."""
    text = unicodedata.normalize("NFKC", cell[:60]).strip().lower()
    return bool(text) and (text in _WORDS_OF_DATA or bool(_NUMBER.fullmatch(text)) or bool(_DATE.fullmatch(text)))


def numbered(word: str, number: int) -> str:
    """Return what a column without a name is called: 列3, “column 3”."""
    return f"{word} {number}" if word.isascii() else f"{word}{number}"


def find_layout(
    rows: Sequence[Sequence[str]], header_row: int | None = None, header_rows: int | None = None, unnamed: str = UNNAMED
) -> Layout:
    """Return the layout of the rows (a sample from the beginning). ``header_row`` is 1-based, 0 = none, None = found out; ``unnamed``: see :func:`numbered`."""
    width = _width(rows)
    if header_row == 0:
        names = tuple(numbered(unnamed, number) for number in range(1, width + 1))
        return Layout(names, frozenset(), (), 0, ())
    top = header_row - 1 if header_row else _find_header(rows, width)
    if top is None:
        return find_layout(rows, 0, unnamed=unnamed)
    if top >= len(rows):
        return Layout((), frozenset(), (), len(rows), tuple(range(len(rows))))
    header = tuple(tuple(row) for row in rows[top : top + _height(rows, top, header_rows)])
    tidy = [[_tidy(cell) for cell in row] for row in header]
    texts = questions(*tidy) if len(tidy) == 3 else _joined(*tidy) if len(tidy) == 2 else tidy[0]
    while texts and not texts[-1] and len(texts) > width:
        texts.pop()
    names, nameless = _unique(texts, unnamed)
    return Layout(names, nameless, header, top + len(header), tuple(index for index in range(top) if not is_blank(rows[index])))


def _height(rows: Sequence[Sequence[str]], top: int, header_rows: int | None) -> int:
    """Return how many rows the header has: one, two where a lower one divides an upper one, three in a form of questions (see :mod:`surveyform`)."""
    found = min(max(header_rows, 1), 3) if header_rows else form_height(rows, top) or (2 if _is_double(rows, top) else 1)
    return min(found, len(rows) - top)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """True when a header was found (False: every candidate row looks like data)."""
    return _find_header(rows, _width(rows)) is not None


def is_total(cells: Sequence[str], words: Sequence[str] | None = None) -> bool:
    """True when the first filled cell is (or begins with) a totals word: 合計, 小計:東京, Grand Total …"""
    first = next((cell for cell in cells if cell.strip()), "")
    return bool(totals_pattern(words).fullmatch(_folded(first[:60])))


def totals_pattern(words: Sequence[str] | None = None) -> re.Pattern[str]:
    """Return the pattern of a totals cell (already NFKC, trimmed, lower case). With no words it matches nothing."""
    chosen = TOTALS if words is None else words
    if not chosen:
        return re.compile(r"(?!)")
    any_word = "|".join(re.escape(_folded(word)) for word in sorted(chosen, key=len, reverse=True))
    # Excel's own subtotals end with the word: 「東京 集計」, “Tokyo Total”.
    return re.compile(rf"[<\[【(■*]*\s*({any_word})\s*($|[:(\[【/>\]】)*].*)|.+\s({any_word})$")


def totals_hint(words: Sequence[str] | None = None) -> str:
    """Return a pattern for the engine's own regular expressions that finds every cell ``totals_pattern`` may accept, and few others; "" = none can."""
    chosen = TOTALS if words is None else words
    full = [word.translate(_FULL_WIDTH) for word in chosen]
    any_word = "|".join(re.escape(word) for word in dict.fromkeys([*chosen, *full]))
    return rf"(?i)^[^\p{{L}}\p{{N}}]*({any_word})($|[^\p{{L}}\p{{N}}])|[\s　]({any_word})[\s　]*$" if chosen else ""


_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()


def _width(rows: Sequence[Sequence[str]]) -> int:
    counts = Counter(len(row) for row in rows if not is_blank(row))
    return max(counts, key=lambda size: (counts[size], size)) if counts else 0


def _find_header(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """The first row that fills most of the width with texts that are not data. Titles above fill less."""
    for index, row in enumerate(rows[:_SEARCHED]):
        filled = [cell for cell in row if cell.strip()]
        share = _data_share(row)
        if not filled or (share and not _heads(rows, index, share)):
            if len(filled) * 2 > width and width > 2 and share * 3 > 1:
                return None  # the data have begun
            continue
        reach = max(position for position, cell in enumerate(row) if cell.strip()) + 1
        wide = width <= 2 or len(filled) * 2 > width or (reach * 10 >= width * 6 and _is_double(rows, index))
        if wide and (len(filled) >= min(2, width)):
            return index
    return None


def _data_share(row: Sequence[str]) -> float:
    filled = [cell for cell in row if cell.strip()]
    return sum(looks_like_data(cell) for cell in filled) / len(filled) if filled else 0.0


def _heads(rows: Sequence[Sequence[str]], index: int, share: float) -> bool:
    """A header may hold a cell that looks like data (a column called 2025 or はい) when the row below holds clearly more of it."""
    below = next((_data_share(row) for row in rows[index + 1 : index + 6] if not is_blank(row)), 0.0)
    return share <= 0.25 and len(rows[index]) > 3 and below >= share + 0.25


def _is_double(rows: Sequence[Sequence[str]], top: int) -> bool:
    """An upper header has gaps to the right of its words that a lower header fills with texts, above cells of another kind."""
    below = [row for row in rows[top + 1 : top + 6] if not is_blank(row)]
    if len(below) < 2 or top + 1 >= len(rows) or is_blank(rows[top + 1]):
        return False
    upper, lower = rows[top], rows[top + 1]
    if any(looks_like_data(cell) for cell in lower if cell.strip()):
        return False
    gaps = [
        index
        for index, cell in enumerate(lower)
        if cell.strip() and (index >= len(upper) or not upper[index].strip()) and any(each.strip() for each in upper[:index])
    ]
    if not gaps:
        return False
    columns = [index for index, cell in enumerate(lower) if cell.strip()]
    changes = sum(any(index < len(row) and looks_like_data(row[index]) for row in below[1:]) for index in columns)
    return changes * 2 >= len(columns)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    out: list[str] = []
    group = ""
    for index in range(max(len(upper), len(lower))):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        group = above or (group if below else "")
        out.append(above or below if is_filler(below) else f"{group}/{below}" if group and below and group != below else below or above)
    return out


def _tidy(cell: str) -> str:
    return " ".join(cell.replace("\ufeff", "").replace("\u3000", " ").split())


def _unique(texts: Sequence[str], word: str) -> tuple[tuple[str, ...], frozenset[int]]:
    """Name every column once: an empty header becomes 列N, a repeated one gets (2), (3) …"""
    names: list[str] = []
    used: set[str] = set()
    unnamed = set()
    for number, text in enumerate(texts, start=1):
        name = text
        if not text:
            name = numbered(word, number)
            unnamed.add(number - 1)
        count = 1
        while name in used:
            count += 1
            name = f"{text or numbered(word, number)} ({count})"
        used.add(name)
        names.append(name)
    return tuple(names), frozenset(unnamed)
