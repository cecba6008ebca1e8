"""What to do with a table that is about no fact as it stands: told by its shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from rashin.errors import Bilingual
from rashin.intake.propose.build import BUILD
from rashin.intake.propose.choose import is_form
from rashin.intake.propose.profile import Profile

#: Headers of a cross table: hours, days of a month, months.
_ACROSS = re.compile(r"(\d{1,2})\s*(時|時台|日|月|:00|:30|h)?([-~〜～]\s*\d{1,2}\s*(時|:00|:30)?)?")
_MANY = 5


def no_fact_hint(profiles: Mapping[str, Profile]) -> Bilingual:
    """Return the next step for a table of which nothing fits."""
    if is_form(dict(profiles)):
        return Bilingual(
            "アンケートの回答のようですが、評点の列がありません。評点(満足度・推奨度など)を含めて書き出してください。",
            "It looks like answers to a survey, without a column of scores. Export it with the scores (satisfaction, recommendation …).",
        )
    first_rows = zip(*(one.values[:4] for one in profiles.values()), strict=True)
    if is_across(profiles) or any(is_across(cell or "" for cell in row) for row in first_rows):
        return Bilingual(
            "時間帯や日が横に並んだ表(クロス集計・シフト表)のようです。一行に一つの区間(日付・時間帯・件数)または一人一日になるように縦に直してから読み込んでください。",
            "It looks like a cross table, with hours or days side by side. Turn it so that a row is one interval (date, time, count) or one person's day, then load it.",
        )
    return Bilingual(
        f"--fact で種類を指定するか、対応づけを手で書いてください({', '.join(sorted(BUILD))})。",
        f"Say what it is with --fact ({', '.join(sorted(BUILD))}), or write the mapping by hand.",
    )


def is_across(names: Iterable[str]) -> bool:
    """True when many headers in a row count hours or days up: 9時, 10時 … or 1, 2, 3 … 31."""
    numbers = [int(found.group(1)) for name in names if (found := _ACROSS.fullmatch(name.strip()))]
    rising = sum(later - earlier == 1 for earlier, later in pairwise(numbers))
    return rising >= _MANY
