"""The API described (OpenAPI 3.1). tests/web/test_api.py holds every real answer against it."""

from __future__ import annotations

from functools import cache
from typing import Any

from rashin import __version__
from rashin.calendars import GRAINS
from rashin.catalogue.vocabulary import BETTER, FAMILIES, PRIORITIES
from rashin.query.cells import STATES
from rashin.query.listing import PARTS
from rashin.records import FACTS
from rashin.web.pages.api.schemas import components, ref
from rashin.web.pages.api.schemas_forecast import paths as planned
from rashin.web.pages.api.schemas_staffing import paths as staffed
from rashin.web.pages.api.schemas_why import paths as explained

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}


def _parameter(name: str, schema: Schema, said: str, *, where: str = "query", needed: bool = False, many: bool = False) -> Schema:
    found = {"name": name, "in": where, "description": said, "required": needed or where == "path", "schema": schema}
    return found | ({"explode": True, "style": "form"} if many else {})


_NONSENSE = "The question makes no sense: message and next step say why."
_PAGE = _parameter("page", {"type": "integer", "minimum": 1}, "Which page, from 1.")
_SIZE = _parameter("size", {"type": "integer", "minimum": 1, "maximum": 5000}, "How many items a page has.")
_KPI = _parameter("kpi", {"type": "array", "items": _TEXT}, "A KPI, or kpi:variant; may be repeated.", needed=True, many=True)
_QUESTION = [
    _KPI,
    _parameter("period", _TEXT, "2026-10, 2026-W40, 2026-10-01..2026-10-07, FY2026, last 7 days, 先月, latest week (default) …"),
    _parameter("by", {"type": "array", "items": _TEXT}, "Dimensions to slice by; may be repeated.", many=True),
    _parameter(
        "grain", {"type": "string", "enum": list(GRAINS)}, "One figure per bucket of this length; without it one for the whole period."
    ),
    _parameter("compare", _TEXT, "previous, last_year, a period, or none (default)."),
    _parameter(
        "w.<dimension>",
        {"type": "array", "items": _TEXT},
        "Only rows with this value of the dimension; “-” = not known. May be repeated.",
        many=True,
    ),
    _parameter("p.<parameter>", _TEXT, "Another value for a parameter of the definitions, e.g. p.target_s=30."),
    _parameter("as_of", {"type": "integer", "minimum": 0}, "The snapshot to answer from; without it the newest."),
    _parameter("dense", {"type": "string", "enum": ["0", "1"]}, "0 leaves out buckets in which nothing happened."),
    _PAGE,
    _SIZE,
]


_CYCLES = [
    _parameter("q", _TEXT, "Words in title, issue, cause, measure or what was learned."),
    _parameter("kpi", _TEXT, "One KPI only."),
    _parameter("stage", {"type": "string", "enum": ["plan", "do", "check", "act", "closed"]}, "One stage only."),
    _parameter("result", {"type": "string", "enum": ["evidence", "no evidence", "cannot be known"]}, "One verdict only."),
    _parameter("decision", {"type": "string", "enum": ["keep", "change", "drop", "roll_out"]}, "One decision only."),
]


_WHERE = [_QUESTION[1], _QUESTION[5]]
_ONE = _parameter("kpi", _TEXT, "A KPI, or kpi:variant.", needed=True)
_STEP = _parameter("grain", {"type": "string", "enum": ["day", "week"]}, "Days (default) or weeks.")
_SWITCH: Schema = {"type": "string", "enum": ["0", "1"]}
_RELATED = [
    _parameter("kpi", {"type": "array", "items": _TEXT}, "The KPIs to look at; without any the usual ones.", many=True),
    _parameter("about", _TEXT, "Only what moves with this KPI."),
    _STEP,
    _parameter("lags", {"type": "integer", "minimum": 0, "maximum": 28}, "How far apart to look (7 days, 4 weeks without it)."),
    *_WHERE,
]
_CONTROL = [
    _ONE,
    _STEP,
    _parameter("rules", _SWITCH, "1: Western Electric's four rules (more false alarms)."),
    _parameter("drift", _SWITCH, "1: slow drifts as well (EWMA)."),
    *_WHERE,
]
_FAIR = [
    _ONE,
    _parameter("unit", _TEXT, "What to compare: team (default), agent, site, vendor, queue …"),
    _parameter("even", _SWITCH, "0: do not even out the mix of work (queue × hour)."),
    *_WHERE,
]


def _answers(name: str, *, tagged: bool = False, kept: bool = True) -> Schema:
    good: Schema = {"description": "As asked.", "content": {"application/json": {"schema": ref(name)}}}
    if tagged:
        good["headers"] = {"ETag": {"schema": _TEXT, "description": "Changes with snapshot, definitions, scope and question."}}
    found = {"200": good} | ({"304": {"description": "Nothing changed since If-None-Match."}} if tagged else {})
    for status, said in (
        ("400", _NONSENSE),
        ("401", "No key, or one that is unknown, expired or revoked."),
        ("403", "The role or scope does not include this."),
        ("404", "There is no such thing, or not for you."),
        ("429", "Too many requests; see Retry-After."),
    ):
        found[status] = {"description": said, "content": {"application/json": {"schema": ref("Error")}}}
    return found


def _get(name: str, title: str, parameters: list[Schema], shape: str, *, tagged: bool = False) -> Schema:
    return {"operationId": name, "summary": title, "parameters": parameters, "responses": _answers(shape, tagged=tagged)}


def _post(name: str, title: str, shape: str) -> Schema:
    body = {"required": True, "content": {"application/json": {"schema": ref("Question")}}}
    return {"operationId": name, "summary": title, "requestBody": body, "responses": _answers(shape, tagged=True)}


@cache
def document() -> Schema:
    """Return the document."""
    search = [
        _parameter("q", _TEXT, "Words, in Japanese or English."),
        _parameter("family", {"type": "string", "enum": list(FAMILIES)}, "One family only."),
        _parameter("priority", {"type": "string", "enum": list(PRIORITIES)}, "One priority only."),
    ]
    part = _parameter("part", {"type": "string", "enum": list(PARTS)}, "Which rows; denominator without it.")
    bucket = _parameter("bucket", _TEXT, "With grain: only the rows of this bucket.")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rashin",
            "version": __version__,
            "summary": "KPIs of a contact centre: the questions of the site as JSON.",
            "description": "Every answer is within the scope of the key and names the snapshot and the definitions that made it. Errors carry a stable code, "
            "a message in Japanese and English, and what to do next.",
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": {
            "/openapi.json": {
                "get": {
                    "operationId": "openapi",
                    "summary": "This document",
                    "security": [],
                    "responses": {
                        "200": {"description": "This document.", "content": {"application/json": {"schema": {"type": "object"}}}},
                        "400": {"description": _NONSENSE, "content": {"application/json": {"schema": ref("Error")}}},
                    },
                }
            },
            "/kpis": {"get": _get("kpis", "The KPIs", [*search, _PAGE, _SIZE], "KpiList", tagged=True)},
            "/kpis/{key}": {
                "get": _get(
                    "kpi", "One KPI with all its readings", [_parameter("key", _TEXT, "Its key.", where="path")], "KpiPage", tagged=True
                )
            },
            "/ask": {
                "get": _get("ask", "Figures", _QUESTION, "Answer", tagged=True),
                "post": _post("askByBody", "Figures, asked by a body", "Answer"),
            },
            "/compare": {
                "get": _get("compare", "One KPI under every reading, on the same rows", _QUESTION, "Answer", tagged=True),
                "post": _post("compareByBody", "The same, asked by a body", "Answer"),
            },
            "/rows": {"get": _get("rows", "The rows behind a figure (logged; masked by scope)", [*_QUESTION, part, bucket], "Rows")},
            "/loads": {"get": _get("loads", "What has been loaded, the newest first", [_PAGE, _SIZE], "LoadList")},
            "/loads/{load_id}": {
                "get": _get(
                    "load", "The receipt of one load", [_parameter("load_id", {"type": "integer"}, "Its number.", where="path")], "LoadPage"
                )
            },
            **planned(_parameter, _get),
            **staffed(_parameter, _get),
            **explained(_parameter, _get),
            "/related": {
                "get": _get("related", "Which KPIs move together, with lags; arithmetic told apart", _RELATED, "Related", tagged=True)
            },
            "/control": {
                "get": _get("control", "A control chart, with the false alarms that chance brings", _CONTROL, "Control", tagged=True)
            },
            "/fair": {"get": _get("fair", "People, teams … compared at the same mix of work, in tiers", _FAIR, "Fair", tagged=True)},
            "/goals": {"get": _get("goals", "The goals of one's scope: judgement and pace of each", [], "GoalList", tagged=True)},
            "/goals/{name}": {
                "get": _get("goal", "One goal", [_parameter("name", _TEXT, "Its name.", where="path")], "GoalPage", tagged=True)
            },
            "/alerts": {"get": _get("alerts", "What is to be looked into within one's scope, and what is held back", [], "AlertList")},
            "/cycles": {
                "get": _get("cycles", "The improvement cycles of one's scope, the newest first", [*_CYCLES, _PAGE, _SIZE], "CycleList")
            },
            "/cycles/{id}": {
                "get": _get(
                    "cycle",
                    "One cycle with its evidence, entries and check",
                    [_parameter("id", _TEXT, "Its id.", where="path")],
                    "CyclePage",
                )
            },
            "/alerts/{id}": {
                "get": _get("alert", "One alert, of the past as well", [_parameter("id", _TEXT, "Its id.", where="path")], "AlertPage")
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "A key made on the page “API”."}},
            "schemas": components(list(STATES), list(PARTS), list(BETTER), list(FACTS), list(FAMILIES), list(PRIORITIES)),
        },
    }
