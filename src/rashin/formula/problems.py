"""Every refusal of the formula language, in one place: code, words in both languages, place, suggestion."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from rashin.errors import Bilingual, DefinitionError, nearest


@dataclass(frozen=True, slots=True)
class Text:
    """A formula's text and where it is written ("file › entry › key"); refuses with the position of the offending word.

    ``labels``: Japanese label → column, so that somebody who writes 待ち時間 is told ``wait_s``.
    """

    text: str
    place: str
    labels: Mapping[str, str] = field(default_factory=dict, compare=False)

    def refuse(
        self,
        code: str,
        what: Bilingual,
        *,
        at: int = 0,
        word: str = "",
        known: Iterable[str] = (),
        next_step: Bilingual | None = None,
        suggestion: str | None = None,
    ) -> NoReturn:
        """Raise :class:`DefinitionError`. ``at`` is the 0-based position; the reader sees it 1-based after the place."""
        raise DefinitionError(
            code,
            what,
            next_step,
            place=f"{self.place}:{at + 1}" if self.place else f"{at + 1}",
            word=word,
            suggestion=suggestion or (nearest(word, known) if word else None),
        )

    def syntax(self, at: int, word: str) -> NoReturn:
        """Refuse text that is no formula at all."""
        shown = word or self.text
        self.refuse(
            "formula_syntax",
            Bilingual(f"式として読めません:「{shown}」のあたり", f"cannot be read as a formula, near “{shown}”"),
            at=at,
            word=word,
            next_step=Bilingual("かっこや演算子の過不足を確かめてください。", "Check brackets and operators."),
        )

    def unsupported(self, at: int, word: str, instead: Bilingual | None = None) -> NoReturn:
        """Refuse something that SQL may know and this language does not."""
        near = nearest(word, self.labels) if not word.isascii() else None
        self.refuse(
            "formula_unsupported",
            Bilingual(f"この式では「{word}」は使えません。", f"“{word}” cannot be used in a formula."),
            at=at,
            word=word,
            next_step=instead,
            suggestion=self.labels[near] if near else None,
        )

    def unknown(self, code: str, label: Bilingual, word: str, at: int, known: Iterable[str]) -> NoReturn:
        """Refuse a name that does not exist; the nearest existing one is suggested."""
        names = sorted(known)
        # the likeliest first: a fact has dozens of columns
        shown = difflib.get_close_matches(word, names, n=12, cutoff=0.0)
        listed = "、".join(shown) + ("…" if len(names) > 12 else "")
        listed_en = ", ".join(shown) + (" …" if len(names) > 12 else "")
        self.refuse(
            code,
            Bilingual(f"{label.ja}「{word}」はありません。", f"there is no {label.en} “{word}”."),
            at=at,
            word=word,
            known=names,
            next_step=Bilingual(f"使えるもの: {listed}", f"Known: {listed_en}") if names else None,
        )

    def kind(self, at: int, word: str, found: str, wanted: str) -> NoReturn:
        """Refuse a value of the wrong type."""
        ja, en = KINDS.get(found, found), KINDS_EN.get(found, found)
        want_ja, want_en = KINDS.get(wanted, wanted), KINDS_EN.get(wanted, wanted)
        self.refuse(
            "type_clash",
            Bilingual(f"「{word}」は{ja}です。ここには{want_ja}が要ります。", f"“{word}” is {en}; {want_en} is needed here."),
            at=at,
            word=word,
        )

    def units(self, at: int, left: tuple[str, str], right: tuple[str, str]) -> NoReturn:
        """Refuse two quantities of different units, each given as (words of the formula, unit)."""
        self.refuse(
            "unit_clash",
            Bilingual(
                f"単位が合いません:「{left[0]}」は{unit_ja(left[1])}、「{right[0]}」は{unit_ja(right[1])}です。",
                f"units differ: “{left[0]}” is in {left[1]}, “{right[0]}” is in {right[1]}.",
            ),
            at=at,
            word=right[0],
            next_step=Bilingual("同じ単位どうしで足し引き・比較してください。", "Add, subtract and compare like with like."),
        )


KINDS = {
    "text": "文字",
    "number": "数",
    "instant": "時刻",
    "date": "日付",
    "bool": "真偽(はい・いいえ)",
    "histogram": "分布(histogram)",
    "constant": "定数(数か :パラメータ)",
    "any": "null",
}
KINDS_EN = {
    "text": "text",
    "number": "a number",
    "instant": "an instant",
    "date": "a date",
    "bool": "true or false",
    "histogram": "a histogram",
    "constant": "a constant (number or :parameter)",
    "any": "null",
}
_UNITS = {"s": "秒", "count": "件数", "yen": "円", "points": "点", "share": "割合", "amount": "金額・数量"}


def unit_ja(unit: str) -> str:
    """Return the Japanese word for a unit."""
    return _UNITS.get(unit, unit)
