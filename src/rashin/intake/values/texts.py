"""Texts, choices and flags: looked up once per distinct text, then spread over the rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rashin.errors import nearest
from rashin.intake.values.plan import CHOICE, FLAG, FieldPlan
from rashin.intake.values.words import LONGEST, NO, NOTHING, NOTHING_TYPED, YES, fold, trim
from rashin.records import ENGINE_TYPE

_ARROW = {"VARCHAR": "string", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "bool_"}

Looked = tuple[Any, str]

_LOOKED_AT = 512
#: U+00A0 begins with this byte in UTF-8, the other blanks beyond ASCII with higher ones.
_FIRST_OF_BLANKS = 0xC2


@dataclass(frozen=True, slots=True)
class Lookup:
    """What one text of a column means. ``__call__(text)`` gives (value, "") or (None, code)."""

    kind: str
    values: Mapping[str, Any]
    otherwise: Any
    choices: tuple[str, ...]
    folding: bool

    def __call__(self, text: str | None) -> Looked:
        bare = trim(text or "")
        if self.values or self.otherwise is not None:
            return self._listed(bare)
        if self.kind == FLAG:
            return _flag(bare)
        if self.kind == CHOICE:
            return self._chosen(bare)
        if bare.casefold() in NOTHING:
            return None, ""
        return (unicodedata.normalize("NFKC", bare) if self.folding else bare), ""

    def _listed(self, bare: str) -> Looked:
        key = fold(bare[: 4 * LONGEST])
        if key in self.values:
            value = self.values[key]
            return (None if value == "" else value), ""
        if key in NOTHING:
            # An empty cell that is not listed is no value, whatever the others become.
            return None, ""
        if self.otherwise is not None:
            return (None if self.otherwise == "" else self.otherwise), ""
        return None, "value_not_listed"

    def _chosen(self, bare: str) -> Looked:
        key = fold(bare[:LONGEST])
        if key in NOTHING_TYPED:
            return None, ""
        return (key, "") if key in self.choices else (None, "not_a_choice")

    def suggestion(self, text: str) -> str | None:
        """The listed value nearest to a refused one."""
        return nearest(fold(text), self.values or self.choices)


def _flag(bare: str) -> Looked:
    key = fold(bare[:LONGEST])
    if key in YES or bare in YES:
        return True, ""
    if key in NO or bare in NO:
        return False, ""
    return (None, "") if key in NOTHING_TYPED else (None, "not_yes_or_no")


def lookup(plan: FieldPlan) -> Lookup:
    """Return the lookup of a text, choice or flag field."""
    values = {fold(key): value for key, value in plan.field.values.items()}
    return Lookup(plan.kind, values, plan.field.otherwise, plan.column.choices, plan.field.fold)


def arrow_type(column_type: str) -> Any:
    """Return the Arrow type of a fact's column type."""
    import pyarrow as pa

    if column_type == "instant":
        return pa.timestamp("us")
    if column_type == "date":
        return pa.date32()
    return getattr(pa, _ARROW[ENGINE_TYPE[column_type]])()


def plain_texts(texts: Any) -> Any:
    """Return trimmed texts with “no value” as null, without looking at each distinct one: for columns of names and numbers of things."""
    import pyarrow as pa

    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if not _repeats(array):
        return _plain(array)
    encoded = array.dictionary_encode()
    return _plain(encoded.dictionary).take(encoded.indices)


def _repeats(array: Any) -> bool:
    """Whether a few texts stand in many rows, by the first rows: a guess that only decides which way is cheaper."""
    return len(array) > 2 * _LOOKED_AT and len(array.slice(0, _LOOKED_AT).unique()) < _LOOKED_AT // 4


def _plain(texts: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim(texts, " \t\r\n\u3000\u00a0\ufeff") if _may_need_trimming(texts) else texts
    nothing = pc.is_in(trimmed, _nothing())
    if not pc.any(nothing).as_py():
        return trimmed
    return pc.if_else(nothing, pa.scalar(None, pa.string()), trimmed)


def _may_need_trimming(array: Any) -> bool:
    """Whether some byte could be a blank's: ASCII up to the space, or the first byte of one of the other blanks. Cheaper than trimming what has none."""
    import numpy as np

    _, offsets_buffer, data = array.buffers()
    if data is None or not len(array):
        return False
    offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4)
    held = np.frombuffer(data, np.uint8, int(offsets[-1] - offsets[0]), int(offsets[0]))
    return bool((held <= ord(" ")).any() or (held >= _FIRST_OF_BLANKS).any())


@lru_cache(maxsize=1)
def _nothing() -> Any:
    import pyarrow as pa

    return pa.array(sorted({form for word in NOTHING for form in (word, word.upper(), word.capitalize(), "\\N")}), pa.string())


def spread(texts: Any, look: Callable[[str | None], Looked], memory: dict[str | None, Looked], kind: Any) -> tuple[Any, dict[str, Any]]:
    """Return (values as an array of ``kind``, code → positions of the rows refused with it)."""
    import numpy as np
    import pyarrow as pa

    encoded = texts.combine_chunks().dictionary_encode(null_encoding="encode")
    found = []
    for text in encoded.dictionary.to_pylist():
        if text not in memory:
            memory[text] = look(text)
        found.append(memory[text])
    values = pa.array([value for value, _ in found], kind).take(encoded.indices)
    refused: dict[str, Any] = {}
    codes = np.array([code for _, code in found], dtype=object)
    if codes.any():
        indices = encoded.indices.to_numpy(zero_copy_only=False)
        for code in sorted(set(codes[codes != ""])):
            refused[code] = np.flatnonzero(np.isin(indices, np.flatnonzero(codes == code)))
    return values, refused
