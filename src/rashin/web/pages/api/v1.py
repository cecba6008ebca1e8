"""``/api/v1``: the questions of the pages, as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from rashin.errors import Bilingual, QuestionError
from rashin.query.listing import PARTS
from rashin.web import asking
from rashin.web.centre import centre
from rashin.web.pages.api import asked, openapi, shapes
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.definitions import catalogue
from rashin.web.people import audit

#: Rows of one page.
ROWS = 100


@endpoint(None)
def document(request: HttpRequest) -> HttpResponse:
    """Describe the API (OpenAPI 3.1)."""
    return JsonResponse(openapi.document(), json_dumps_params={"ensure_ascii": False})


@endpoint("read_definitions")
def kpis(request: HttpRequest) -> HttpResponse:
    """List the KPIs, narrowed by ``q``, ``family``, ``priority``."""
    given = request.GET
    page, size = asked.whole(given, "page", 1) or 1, min(asked.whole(given, "size", asked.SIZE) or 1, asked.MOST)
    own = centre().catalogue
    search = catalogue.Search(given.get("q", "")[:200], given.get("family", ""), given.get("priority", ""))

    def make() -> dict[str, Any]:
        found = [kpi for _, group in catalogue.found(own, search, "en") for kpi in group]
        lines = [shapes.kpi_line(kpi) for kpi in shapes.part(found, page, size)]
        return {"kpis": lines, "catalogue_version": own.version, "paging": shapes.paging(page, size, len(found))}

    return tagged(request, ("kpis", own.version, search, page, size), make)


@endpoint("read_definitions")
def kpi(request: HttpRequest, key: str) -> HttpResponse:
    """Show one KPI with all its readings."""
    own = centre().catalogue
    found = own.kpi(key)
    return tagged(request, ("kpi", own.version, key), lambda: {"kpi": shapes.kpi_full(found), "catalogue_version": own.version})


@endpoint("see_figures", ("GET", "POST"))
def ask(request: HttpRequest) -> HttpResponse:
    """Answer a question."""
    given = asked.read(request)

    def make() -> dict[str, Any]:
        return shapes.answer(asking.answer(given.question, scope=given.scope, lang="en"), given.page, given.size)

    return tagged(request, ("ask", *given.tag), make)


@endpoint("see_figures", ("GET", "POST"))
def compare(request: HttpRequest) -> HttpResponse:
    """Answer one KPI under every reading, on the same rows."""
    given = asked.read(request)
    name = _single(given)

    def make() -> dict[str, Any]:
        from rashin.query import compare_variants

        own = centre()
        made = compare_variants(own.store, own.catalogue, name, given.question, scope=given.scope)
        return shapes.answer(asking.told(made, given.scope), given.page, given.size)

    return tagged(request, ("compare", *given.tag), make)


@endpoint("see_rows")
def rows(request: HttpRequest) -> HttpResponse:
    """List the rows behind a figure: ``part`` = numerator, denominator or excluded; ``bucket`` with ``grain`` = of one bucket. Logged."""
    from rashin.query import Spot
    from rashin.query import rows as listed

    given, own = asked.read(request), centre()
    name, size = _single(given), min(given.size, 1000) if "size" in request.GET else ROWS
    part, bucket = request.GET.get("part", "denominator"), request.GET.get("bucket") or None
    if part not in PARTS:
        raise QuestionError(
            "part_unknown",
            Bilingual(f"part「{part}」はありません。", f"There is no part “{part}”."),
            Bilingual("、".join(PARTS), ", ".join(PARTS)),
        )
    question = given.question.with_(by=(), compare=None, grain=given.question.grain if bucket else None)
    found = listed(
        own.store,
        own.catalogue,
        name,
        Spot(question, bucket, {}),
        scope=given.scope,
        part=part,
        first=(given.page - 1) * size,
        count=size,
    )
    made = shapes.rows(found, given.page, size, own.snapshot(), own.catalogue.version)
    filters = {dimension: list(values) for dimension, values in question.filters}
    detail = {
        "api": True,
        "part": part,
        "bucket": bucket,
        "period": question.period.text,
        "filters": filters,
        "rows": len(found),
        "of": found.total,
    }
    columns = sorted(made["rows"][0]["values"]) if made["rows"] else []
    audit.record("rows_viewed", name, by=request.user, request=request, detail=detail | {"columns": columns})
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})


@endpoint("see_data")
def loads(request: HttpRequest) -> HttpResponse:
    """List the loads, the newest first."""
    page, size = asked.whole(request.GET, "page", 1) or 1, min(asked.whole(request.GET, "size", 100) or 1, asked.MOST)
    records = list(reversed(centre().loads()))
    made = {"loads": [shapes.load(each) for each in shapes.part(records, page, size)], "paging": shapes.paging(page, size, len(records))}
    return JsonResponse(made, json_dumps_params={"ensure_ascii": False})


@endpoint("see_data")
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    """Show the receipt of one load."""
    for record in centre().loads():
        if record.load_id == load_id:
            return JsonResponse({"load": shapes.load(record)}, json_dumps_params={"ensure_ascii": False})
    raise QuestionError("load_unknown", Bilingual(f"取込 {load_id} はありません。", f"There is no load {load_id}."))


@endpoint(None, ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say where to look when there is nothing at this address."""
    raise QuestionError(
        "unknown_address",
        Bilingual("このアドレスには何もありません。", "There is nothing at this address."),
        Bilingual("一覧は /api/v1/openapi.json にあります。", "The addresses are listed in /api/v1/openapi.json."),
    )


def _single(given: asked.Asked) -> str:
    if len(given.question.kpis) != 1:
        raise QuestionError("kpi_one", Bilingual("ここで指定できるKPIは一つです。", "Name exactly one KPI here."))
    return given.question.kpis[0]
