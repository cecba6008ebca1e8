"""What the asker may see. A required keyword of every function of this package that gives a figure or a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from rashin.errors import Bilingual, ForbiddenError, QuestionError, nearest
from rashin.records import FACTS
from rashin.records.model import Fact

Rows = Literal["full", "masked", "none"]
ROWS: tuple[str, ...] = ("full", "masked", "none")

#: Columns about a person outside the organisation, or in that person's own words: shown only when ``rows == "full"``.
PERSONAL = frozenset({"customer_key", "contact_point", "text", "comment", "author"})


def scope_dimensions(fact: Fact) -> tuple[str, ...]:
    """Return the columns of ``fact`` that a scope may limit: its dimensions and the source."""
    return (*fact.dimensions, "source")


def _tidy(allow: Mapping[str, Iterable[str | None] | str]) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    known = {name for fact in FACTS.values() for name in scope_dimensions(fact)}
    tidy = []
    for name, values in allow.items():
        if name not in known:
            near = nearest(name, known)
            raise QuestionError(
                "scope_dimension_unknown",
                Bilingual(f"閲覧範囲の切り口「{name}」はありません。", f"A scope cannot limit “{name}”: there is no such dimension."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
            )
        tidy.append((name, (values,) if isinstance(values, str) else tuple(dict.fromkeys(values))))
    return tuple(sorted(tidy))


@dataclass(frozen=True, slots=True, init=False)
class Scope:
    """A limit on rows (``allow``), on how rows are shown (``rows``) and on how small a group may be shown (``min_group``).

    - ``allow``: dimension → the values that may be seen; several dimensions must all hold. A row whose value is not known (null) is seen only when
      None is among the values. A fact that lacks the dimension is not seen at all: nobody can say whose it is.
    - ``rows``: "full" | "masked" (personal columns hidden) | "none" (figures only).
    - ``min_group``: a cell that rests on fewer different agents is withheld; None = what the workspace says (``[privacy] min_group``), 0 = no limit.

    An empty ``allow`` is refused: who may see everything says so with :meth:`everything`.
    """

    allow: tuple[tuple[str, tuple[str | None, ...]], ...]
    rows: Rows
    min_group: int | None

    def __init__(self, allow: Mapping[str, Iterable[str | None] | str], rows: Rows = "none", min_group: int | None = None) -> None:
        if not allow:
            raise ForbiddenError(
                "scope_empty",
                Bilingual("閲覧範囲が空です。", "The scope is empty."),
                Bilingual(
                    "すべてを見てよいなら Scope.everything() と書いてください。",
                    "Write Scope.everything() for somebody who may see everything.",
                ),
            )
        self._fill(_tidy(allow), rows, min_group)

    def _fill(self, allow: tuple[tuple[str, tuple[str | None, ...]], ...], rows: Rows, min_group: int | None) -> None:
        if rows not in ROWS:
            raise QuestionError(
                "scope_rows_unknown",
                Bilingual(f"閲覧範囲の rows「{rows}」はありません。", f"A scope's rows cannot be “{rows}”."),
                Bilingual("full、masked、none のいずれかです。", "It is one of full, masked, none."),
            )
        object.__setattr__(self, "allow", allow)
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "min_group", min_group)

    @classmethod
    def everything(cls, rows: Rows = "full", min_group: int | None = None) -> Scope:
        """Return the scope of somebody who may see every row."""
        scope = object.__new__(cls)
        scope._fill((), rows, min_group)
        return scope

    @property
    def limited(self) -> bool:
        """True when some rows may be out of sight."""
        return bool(self.allow)

    def beyond(self, fact: str) -> tuple[str, ...]:
        """Return the limited dimensions that ``fact`` lacks: if there are any, none of its rows is in sight."""
        known = scope_dimensions(FACTS[fact])
        return tuple(name for name, _ in self.allow if name not in known)

    def needs_rows(self) -> None:
        """Raise ForbiddenError unless rows may be listed."""
        if self.rows == "none":
            raise ForbiddenError(
                "scope_without_rows",
                Bilingual("この閲覧範囲では明細を表示できません。", "This scope shows figures only, not the rows behind them."),
                Bilingual("明細の閲覧権限を持つ人に依頼してください。", "Ask somebody whose scope includes rows."),
            )
