"""The rows behind a cell, a page at a time."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from rashin.errors import Bilingual, QuestionError
from rashin.query.listing import PARTS
from rashin.records import FACTS, called
from rashin.web.centre import centre
from rashin.web.pages.filters import UNKNOWN, Filters

PAGE = 50
#: Columns shown first; the rest follows where any row has a value.
FIRST = ("counted_at", "channel", "queue", "team", "agent", "outcome", "wait_s", "talk_s", "hold_s", "acw_s", "category", "customer_key")
HIDDEN = frozenset(
    {"source", "revision", "utc_offset_s", "business_date", "load_id", "_file", "_contribution", "_reason_ja", "_reason_en", "_line"}
)


def make(filters: Filters, asked: str, given: QueryDict) -> dict[str, Any]:
    """Return one page of rows: of the whole period, or of one bucket (``bucket`` with ``grain``) and the dimension filters of the address."""
    own = centre()
    part = given.get("part", "denominator")
    part = part if part in PARTS else "denominator"
    number = _page(given.get("page", ""))
    limits = tuple(_limit(given.get(name, "")) for name in ("at_least", "below"))
    bucket = given.get("bucket", "")
    answer = own.question(
        asked, period=filters.period, filters=filters.question_filters, grain=filters.grain if bucket else None, as_of=filters.as_of
    )
    from rashin.query import Spot, rows

    found = rows(
        own.store,
        own.catalogue,
        asked,
        Spot(answer, bucket or None, {}),
        scope=filters.scope,
        part=part,  # type: ignore[arg-type]
        first=(number - 1) * PAGE,
        count=PAGE,
        between=limits,  # type: ignore[arg-type]
    )
    kept = {"part": part, "bucket": bucket or None, "at_least": given.get("at_least") or None, "below": given.get("below") or None}
    listed = found.to_list()
    fact = FACTS[found.fact]
    names = columns(listed)
    numbers = {name for name in names if name in fact.names and fact.column(name).type in ("number", "integer")}
    return {
        "part": part,
        "parts": [(name, filters.query(**{**kept, "part": name})) for name in PARTS],
        "fact": fact.label(filters.lang),
        "columns": [(fact.column(name).label(filters.lang), name in numbers) for name in names],
        "names": names,
        "rows": [
            {
                "row": row,
                "cells": [(_field(name, row, filters.lang), name in numbers) for name in names],
                "reason": row.get(f"_reason_{filters.lang}"),
            }
            for row in listed
        ],
        "reasons": [(reason(filters.lang), count) for reason, count in found.reasons],
        "total": found.total,
        "shown": len(listed),
        "bucket": bucket,
        "cell": {name: [v if v != UNKNOWN else None for v in values] for name, values in filters.where.items()},
        "page": number,
        "pages": -(-found.total // PAGE),
        "earlier": filters.query(**kept, page=number - 1) if number > 1 else "",
        "later": filters.query(**kept, page=number + 1) if number * PAGE < found.total else "",
        "definition": own.catalogue.definition(asked),
        "limits": [limit for limit in (_said("at_least", limits[0], filters.lang), _said("below", limits[1], filters.lang)) if limit],
        "zone": own.workspace.config.organisation.zone,
    }


def _page(text: str) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _limit(text: str) -> float | None:
    """Read an edge of a class; QuestionError for what is no number."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise QuestionError(
            "limit_invalid",
            Bilingual("区間の端は数で指定します。", "The edge of a class is a number."),
            Bilingual("分布の棒を選び直してください。", "Choose a bar of the distribution again."),
        )
    return value


def _said(name: str, value: float | None, lang: str) -> str:
    """An edge of a class in words; "" for none."""
    if value is None:
        return ""
    return {
        "at_least": Bilingual(f"{value:,g} 以上", f"at least {value:,g}"),
        "below": Bilingual(f"{value:,g} 未満", f"less than {value:,g}"),
    }[name](lang)


def columns(rows: list[dict[str, Any]]) -> list[str]:
    """Return the columns worth showing: the usual first, then those in which any row has a value."""
    if not rows:
        return []
    known = [name for name in rows[0] if name not in HIDDEN and not name.startswith("_")]
    some = [name for name in known if any(row[name] is not None for row in rows)]
    return [name for name in FIRST if name in some] + [name for name in some if name not in FIRST]


def _field(name: str, row: dict[str, Any], lang: str) -> str:
    """Write one field of a row; a value of a closed list by its name."""
    text = _shown(row[name], row.get("utc_offset_s"))
    return called(name, text, lang) if isinstance(row[name], str) else text


def _shown(value: Any, offset_s: int | None) -> str:
    """Write one field; an instant on the site's own clock at that moment."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) + timedelta(seconds=offset_s or 0)).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value)
