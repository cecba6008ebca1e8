"""Words that mean “nothing”, yes and no; and how texts are folded before they are compared."""

from __future__ import annotations

import unicodedata

#: Longest text that a value parser looks at. Nothing longer is a number, a time or a flag.
LONGEST = 120

#: No value, in any column (after trimming; case ignored).
NOTHING = frozenset(
    ("", "-", "－", "−", "―", "—", "–", "ー", "null", "(null)", "\\n", "nil", "#n/a", "n/a", "ｎ／ａ", "#null!", "(空白)", "(blank)"),
)

#: No value, in a column of numbers, times or flags only: as a text it may be a name (NA = North America).
NOTHING_TYPED = NOTHING | frozenset(
    (
        "na",
        "none",
        "なし",
        "無し",
        "未",
        "該当なし",
        "不明",
        "未入力",
        "未回答",
        "対象外",
        "--",
        "---",
        "‐",
        "・",
        "…",
        "..",
        "?",
        "？",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "#div/0!",
    ),
)

#: Spreadsheet cells whose formula failed.
ERRORS = frozenset(("#value!", "#ref!", "#name?", "#num!", "#getting_data", "#spill!", "#calc!", "#####"))

#: Texts that say “not a number” or “without end”.
NOT_FINITE = frozenset(
    ("nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity", "∞", "1.#inf", "1.#qnan", "-1.#ind")
)

YES = frozenset(
    (
        "true",
        "t",
        "yes",
        "y",
        "1",
        "1.0",
        "on",
        "はい",
        "有",
        "有り",
        "あり",
        "○",
        "〇",
        "◯",
        "✓",
        "✔",
        "☑",
        "レ",
        "済",
        "済み",
        "可",
        "真",
        "ok",
    )
)
NO = frozenset(
    ("false", "f", "no", "n", "0", "0.0", "off", "いいえ", "無", "無し", "なし", "×", "✕", "✗", "✖", "☐", "未", "不可", "偽", "ng")
)


def fold(text: str) -> str:
    """Return ``text`` as it is compared: NFKC (full-width = half-width), trimmed, inner blanks single, case folded."""
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()


def trim(text: str) -> str:
    """Return ``text`` without blanks around it, the full-width one included."""
    return text.strip(" \t\r\n\u3000\u00a0\ufeff")


def plain(text: str) -> str:
    """Return ``text`` ready for a parser: NFKC, trimmed, lower case, one kind of minus and of colon."""
    normal = unicodedata.normalize("NFKC", text)
    return " ".join(normal.translate(_SIGNS).split()).lower()


_SIGNS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "–": "-", "—": "-", "：": ":", "’": "'", "\u00a0": " "})
