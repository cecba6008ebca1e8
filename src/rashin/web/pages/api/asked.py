"""A question of the API, from the address or from a JSON body, checked before anything is computed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.query.question import Question
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.pages.filters import OFFERED, UNKNOWN, Filters, read_period
from rashin.web.pages.names import check_names

if TYPE_CHECKING:
    from rashin.formula import ParamValue

SIZE, MOST = 500, 5000
KPIS = 50
_BODY = {
    "kpis": list,
    "period": str,
    "by": list,
    "grain": str,
    "filters": dict,
    "compare": str,
    "as_of": int,
    "params": dict,
    "dense": bool,
    "page": int,
    "size": int,
}


@dataclass(frozen=True)
class Asked:
    """What was asked: the question, within which scope, and which page of the answer."""

    question: Question
    scope: Scope
    page: int
    size: int

    @property
    def tag(self) -> tuple[object, ...]:
        """What an answer depends on: snapshot, definitions, scope, question, page, and today's date (it decides which days are overdue)."""
        own = centre()
        snapshot = self.question.as_of if self.question.as_of is not None else own.snapshot()
        parts = tuple(getattr(self.question, name) for name in self.question.__slots__)
        scope = (self.scope.allow, self.scope.rows, self.scope.min_group)
        return snapshot, own.catalogue.version, scope, parts, self.page, self.size, own.today()


def read(request: HttpRequest) -> Asked:
    """Read the question of a GET (same words as the addresses of pages) or of a POST with a JSON body. QuestionError for what makes no sense."""
    given = _from_body(request) if request.method == "POST" else _from_address(request)
    return _asked(request, **given)


def _asked(
    request: HttpRequest,
    kpis: list[str],
    period: str = "",
    by: list[str] | None = None,
    grain: str | None = None,
    filters: Mapping[str, Any] | None = None,
    compare: str | None = None,
    as_of: int | None = None,
    params: Mapping[str, ParamValue] | None = None,
    dense: bool = True,
    page: int = 1,
    size: int = SIZE,
) -> Asked:
    if not kpis or len(kpis) > KPIS:
        raise QuestionError(
            "kpi_missing" if not kpis else "kpi_too_many",
            Bilingual(f"KPIを1~{KPIS}個指定してください。", f"Name 1 to {KPIS} KPIs."),
            Bilingual("一覧は /api/v1/kpis にあります。", "They are listed at /api/v1/kpis."),
        )
    if page < 1 or not 1 <= size <= MOST:
        raise QuestionError("page_invalid", Bilingual(f"page は1以上、size は1~{MOST} です。", f"page is 1 or more, size 1 to {MOST}."))
    check_names(request.user, by or [], filters or {})
    own = centre()
    for name in kpis:
        own.catalogue.definition(name)
    question = own.question(
        kpis,
        period=read_period(period or "latest week"),
        by=by or [],
        grain=grain or None,
        filters=filters or {},
        compare=None if compare in (None, "", "none") else compare,
        as_of=as_of,
        params=params or {},
        dense=dense,
    )
    return Asked(question, request.scope, page, size)


def _from_address(request: HttpRequest) -> dict[str, Any]:
    given = request.GET
    known = {"kpi", "period", "by", "grain", "compare", "as_of", "dense", "page", "size", "part", "bucket", *OFFERED}
    for name in given:
        if name not in known and not name.startswith(("w.", "p.")):
            raise _unknown(name, known)
    filters = replace(Filters.read(request, compare="none"), scope=request.scope)
    return {
        "kpis": given.getlist("kpi"),
        "period": given.get("period", ""),
        "by": list(filters.by),
        "grain": filters.grain,
        "filters": filters.question_filters,
        "compare": filters.compare,
        "as_of": whole(given, "as_of", None),
        "params": {name[2:]: _number(given[name]) for name in given if name.startswith("p.")},
        "dense": given.get("dense", "1") not in ("0", "false"),
        "page": whole(given, "page", 1),
        "size": whole(given, "size", SIZE),
    }


def _from_body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise _bad_body() from error
    if not isinstance(body, dict):
        raise _bad_body()
    for name, value in body.items():
        if name not in _BODY:
            raise _unknown(name, _BODY)
        wanted = _BODY[name]
        if (value is None and name in ("grain", "compare", "as_of")) or (
            isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        ):
            continue
        raise QuestionError(
            "body_type",
            Bilingual(f"「{name}」の型が違います。", f"“{name}” has the wrong type."),
            Bilingual("openapi.json を見てください。", "See openapi.json."),
        )
    if not all(isinstance(each, str) for name in ("kpis", "by") for each in body.get(name, [])):
        raise QuestionError("body_type", Bilingual("kpis と by は文字の並びです。", "kpis and by are lists of text."))
    found = {**body, "kpis": body.get("kpis", [])}
    found["filters"] = {name: values if isinstance(values, list) else [values] for name, values in body.get("filters", {}).items()}
    if not all(value is None or isinstance(value, str | int) for values in found["filters"].values() for value in values):
        raise QuestionError("body_type", Bilingual("filters の値は文字・数・null です。", "Values of filters are text, numbers or null."))
    if not all(_plain(value) for value in body.get("params", {}).values()):
        raise QuestionError("body_type", Bilingual("params の値は数か文字です。", "Values of params are numbers or text."))
    return found


def _plain(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def whole(given: Mapping[str, str], name: str, default: int | None) -> int | None:
    """Return a whole number of the address; QuestionError when it is none."""
    text = given.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise QuestionError("number_expected", Bilingual(f"「{name}」は整数です。", f"“{name}” is a whole number."))
    return int(text)


def _number(text: str) -> float | str:
    try:
        return int(text) if text.lstrip("-").isdigit() else float(text)
    except ValueError:
        return text


def _unknown(name: str, known: Any) -> QuestionError:
    near = nearest(name, known)
    return QuestionError(
        "parameter_unknown",
        Bilingual(f"「{name}」という指定はありません。", f"There is no parameter “{name}”."),
        Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
        if near
        else Bilingual(f"使えるもの: {'、'.join(sorted(known))}、w.<切り口>", f"Known: {', '.join(sorted(known))}, w.<dimension>"),
    )


def _bad_body() -> QuestionError:
    return QuestionError(
        "body_not_json",
        Bilingual("本文をJSONのオブジェクトとして読めません。", "The body cannot be read as a JSON object."),
        Bilingual('例: {"kpis": ["answer_rate"], "period": "2026-10"}', 'For example {"kpis": ["answer_rate"], "period": "2026-10"}'),
    )


__all__ = ["MOST", "SIZE", "UNKNOWN", "Asked", "read", "whole"]
