"""The marks of the language: what may stand in a formula at all, and how much of it. Runs before SQLGlot sees the text."""

from __future__ import annotations

import re
from typing import NoReturn

from rashin.errors import Bilingual
from rashin.formula import nodes
from rashin.formula.problems import Text

MAX_LENGTH = 2000
MAX_DEPTH = 24
MAX_NUMBER = 1e15
MIN_NUMBER = 1e-9
MAX_DIGITS = 15

_MARK = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<text>'(?:[^']|'')*')|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.]))|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<param>:[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|<>|!=|-(?!-)|/(?!\*)|\*(?![/*])|=(?!=)|[+(),<>])"
)
_INSTEAD = {
    ";": Bilingual("式は一つだけ書きます。", "Write one formula only."),
    "--": Bilingual("注釈は TOML の # で書きます。", "Write comments with # in the TOML file."),
    "/*": Bilingual("注釈は TOML の # で書きます。", "Write comments with # in the TOML file."),
    "==": Bilingual("等しいは = と書きます。", "Write = for equals."),
    '"': Bilingual("文字は '…' で囲みます。列名は囲みません。", "Quote text as '…'; names are not quoted."),
    "%": Bilingual("割合は 0〜1 で書きます(80% は 0.8)。", "Write shares as 0–1 (80 % is 0.8)."),
}
_HALF_WIDTH = Bilingual(
    "記号・数字・空白は半角で書きます。日本語は '…' の中にだけ書けます。",
    "Use ASCII marks, digits and spaces; other letters belong inside '…'.",
)


def scan(source: Text) -> None:
    """Refuse text that holds any mark outside the language, is too long or nested too deeply. Raises DefinitionError."""
    text = source.text
    if not text.strip():
        source.refuse("formula_empty", Bilingual("式が空です。", "the formula is empty."))
    if len(text) > MAX_LENGTH:
        source.refuse(
            "formula_too_long",
            Bilingual(
                f"式が長すぎます({len(text)}字、上限{MAX_LENGTH}字)。",
                f"the formula is too long ({len(text)} characters, at most {MAX_LENGTH}).",
            ),
            next_step=Bilingual("集計値を分けてください。", "Split it into several measures."),
        )
    position, depth, prefixes = 0, 0, 0
    while position < len(text):
        found = _MARK.match(text, position)
        if found is None:
            _refuse_mark(source, position)
        mark, kind = found.group(), found.lastgroup
        if kind == "number":
            read_number(source, mark, position)
        elif kind == "text":
            _check_text(source, mark, position)
        depth += (mark == "(") - (mark == ")")
        # each of these makes the parser go one level deeper without a bracket
        prefixes += mark.lower() in ("not", "case", "-", "+")
        if depth > MAX_DEPTH or prefixes > 4 * MAX_DEPTH:
            too_deep(source, position)
        position = found.end()


def _refuse_mark(source: Text, position: int) -> NoReturn:
    rest = source.text[position:]
    for mark in ("--", "/*", "==", "**"):
        if rest.startswith(mark):
            source.unsupported(position, mark, _INSTEAD.get(mark))
    if rest[0] == "'":
        source.syntax(position, rest[:20])
    word = re.match(r"[^\s()',+*/<>=-]+", rest)
    shown = word.group() if word else rest[0]
    source.unsupported(position, shown, _INSTEAD.get(rest[0]) or (None if rest[0].isascii() else _HALF_WIDTH))


def too_deep(source: Text, at: int) -> NoReturn:
    """Refuse nesting that no person could follow."""
    source.refuse(
        "formula_too_deep",
        Bilingual("かっこなどの入れ子が深すぎます。", "the formula is nested too deeply."),
        at=at,
        next_step=Bilingual("集計値を分けてください。", "Split it into several measures."),
    )


def _check_text(source: Text, mark: str, at: int) -> None:
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in mark):
        source.unsupported(
            at, repr(mark), Bilingual("文字の中に改行や制御文字は書けません。", "Text may hold no line break or control character.")
        )


def read_number(source: Text, word: str, at: int) -> int | float:
    """Return the number that a literal spells: 15 digits at most, so that every engine reads the same double."""
    value = float(word)
    digits = re.sub(r"[eE].*|\.", "", word).lstrip("0")
    if (value and not MIN_NUMBER <= abs(value) <= MAX_NUMBER) or len(digits) > MAX_DIGITS:
        source.refuse(
            "number_out_of_range",
            Bilingual(
                f"数「{word}」は扱える範囲の外です(15桁、10億分の1〜1000兆)。",
                f"the number “{word}” is out of range (15 digits, 1e-9 to 1e15).",
            ),
            at=at,
            word=word,
        )
    return nodes.number(value)
