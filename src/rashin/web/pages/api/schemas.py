"""The shapes of answers and questions, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}


def ref(name: str) -> Schema:
    """Point to a shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """``schema`` or null."""
    if set(schema) == {"type"}:
        return {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def many(schema: Schema) -> Schema:
    """A list of ``schema``."""
    return {"type": "array", "items": schema}


def record(optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    """An object with exactly these fields, all there unless ``optional``."""
    return {
        "type": "object",
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


def mapping(schema: Schema) -> Schema:
    """An object whose values are ``schema``."""
    return {"type": "object", "additionalProperties": schema}


_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_BOTH = ref("Bilingual")
_CELL_NUMBERS = ("value", "n", "low", "high", "numerator", "denominator", "compare_value", "change")


def _kpi_fields(better: list[str], facts: list[str], families: list[str], priorities: list[str]) -> dict[str, Schema]:
    return {
        "key": TEXT,
        "name": _BOTH,
        "family": {"type": "string", "enum": families},
        "priority": {"type": "string", "enum": priorities},
        "unit": TEXT,
        "better": {"type": "string", "enum": better},
        "fact": {"type": "string", "enum": facts},
        "meaning": _BOTH,
        "variants": many(TEXT),
    }


def _kpi_more() -> dict[str, Schema]:
    mark = {"low": maybe(NUMBER), "high": maybe(NUMBER)}
    return {
        "purpose": _BOTH,
        "counter": many(TEXT),
        "hints": many(_BOTH),
        "version": COUNT,
        "since": {"type": "string", "format": "date"},
        "digest": TEXT,
        "band": maybe(record(**mark, origin=maybe(_BOTH))),
        "benchmark": many(record(**mark, value=maybe(NUMBER), origin=_BOTH)),
        "readings": mapping(ref("Reading")),
    }


def _reading(better: list[str], facts: list[str]) -> Schema:
    return record(
        name=_BOTH,
        meaning=_BOTH,
        source=_BOTH,
        equivalent=maybe(TEXT),
        fact={"type": "string", "enum": facts},
        at=TEXT,
        unit=TEXT,
        better={"type": "string", "enum": better},
        params=mapping({"type": ["string", "number", "boolean", "array"]}),
        measures=mapping(TEXT),
        value=TEXT,
        n=maybe(TEXT),
        min_n=COUNT,
        exclude=many(record(when=TEXT, reason=_BOTH)),
    )


def _answer() -> Schema:
    asked = record(
        kpis=many(TEXT),
        period=many({"type": "string", "format": "date"}),
        by=many(TEXT),
        grain=maybe(TEXT),
        filters=mapping(many(_SCALAR)),
        compare=maybe(many(TEXT)),
        params=mapping({"type": ["string", "number", "boolean", "array"]}),
    )
    definition = record(
        kpi=TEXT,
        variant=maybe(TEXT),
        version=TEXT,
        unit=TEXT,
        value=TEXT,
        measures=mapping(TEXT),
        params=mapping({"type": ["string", "number", "boolean", "array"]}),
        name=_BOTH,
        meaning=_BOTH,
        source=_BOTH,
    )
    note = record(kind=TEXT, fact=TEXT, source=TEXT, days=many(TEXT), count=COUNT, ja=TEXT, en=TEXT)
    return record(
        question=asked,
        snapshot=COUNT,
        catalogue_version=TEXT,
        definitions=many(definition),
        completeness=many(note),
        cells=many(ref("Cell")),
        paging=ref("Paging"),
    )


def _question() -> Schema:
    fields = {
        "kpis": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 50},
        "period": TEXT,
        "by": many(TEXT),
        "grain": maybe(TEXT),
        "filters": mapping({"type": ["string", "integer", "null", "array"]}),
        "compare": maybe(TEXT),
        "as_of": maybe({"type": "integer"}),
        "params": mapping({"type": ["string", "number"]}),
        "dense": {"type": "boolean"},
        "page": COUNT,
        "size": COUNT,
    }
    return record(tuple(name for name in fields if name != "kpis"), **fields)


def _goals() -> dict[str, Schema]:
    """Goals with judgement and pace. Values in the unit of the KPI, shares 0–1."""
    ends = record(low=maybe(NUMBER), high=maybe(NUMBER))
    judgement = record(
        state=TEXT, value=maybe(NUMBER), gap=maybe(NUMBER), interval=maybe(many(NUMBER)), certain={"type": "boolean"}, text=_BOTH
    )
    pace = record(
        state=TEXT,
        period=maybe(many({"type": "string", "format": "date"})),
        last=maybe(TEXT),
        days_gone=COUNT,
        days_left=COUNT,
        n=maybe(NUMBER),
        remaining=maybe(record(volume=NUMBER, low=NUMBER, high=NUMBER)),
        required=maybe(ends),
        probability=maybe(NUMBER),
        probability_range=maybe(many(NUMBER)),
        attainment=maybe(NUMBER),
        lacking=many(_BOTH),
        text=_BOTH,
    )
    goal = record(
        name=TEXT,
        kpi=TEXT,
        title=_BOTH,
        unit=TEXT,
        target=ends,
        every=TEXT,
        start=maybe(TEXT),
        end=maybe(TEXT),
        term=maybe(TEXT),
        where=mapping(many(_SCALAR)),
        weekdays=many({"type": "integer"}),
        hours=maybe(many({"type": "integer"})),
        holidays={"type": "boolean"},
        owner=maybe(TEXT),
        counter=many(TEXT),
        version=COUNT,
        judgement=judgement,
        pace=maybe(pace),
    )
    seen = {"on": {"type": "string", "format": "date"}, "snapshot": COUNT, "catalogue_version": TEXT, "goals_version": TEXT}
    return {"Goal": goal, "GoalList": record(goals=many(ref("Goal")), **seen), "GoalPage": record(goal=ref("Goal"), **seen)}


def _alerts() -> dict[str, Schema]:
    """Alerts: what was found, what became of it; and those that are held back, with the reason."""
    day = {"type": "string", "format": "date"}
    found = {
        "kpi": maybe(TEXT),
        "kind": TEXT,
        "where": mapping(many(_SCALAR)),
        "period": many(day),
        "since": day,
        "severity": {"type": "string", "enum": ["high", "middle", "low"]},
        "title": _BOTH,
        "evidence": many(_BOTH),
        "figures": mapping(_SCALAR),
    }
    alert = record(
        id=TEXT,
        **found,
        state={"type": "string", "enum": ["open", "seen", "snoozed", "closed", "gone"]},
        owner=maybe(TEXT),
        until=maybe(TEXT),
        state_reason=maybe(TEXT),
        version=COUNT,
    )
    seen = {"snapshot": COUNT, "catalogue_version": TEXT}
    listed = record(alerts=many(ref("Alert")), held_back=many(ref("HeldBack")), expected_false_per_week=NUMBER, budget=NUMBER, **seen)
    held = record(**found, reason=maybe(_BOTH))
    return {"Alert": alert, "HeldBack": held, "AlertList": listed, "AlertPage": record(alert=ref("Alert"), **seen)}


def _cycles() -> dict[str, Schema]:
    """Cycles. Changes in the unit of the KPI, shares 0–1; null where there is nothing, or where figures lie outside the scope."""
    day, moment = maybe(TEXT), {"type": "string", "format": "date-time"}
    effect = record(
        value=maybe(NUMBER),
        low=maybe(NUMBER),
        high=maybe(NUMBER),
        p=maybe(NUMBER),
        placebo_p=maybe(NUMBER),
        method=maybe(TEXT),
        snapshot=maybe({"type": "integer"}),
        today=day,
        n=mapping(COUNT),
    )
    cycle = {
        "id": TEXT,
        "title": TEXT,
        "stage": TEXT,
        "kpi": TEXT,
        "where": mapping(many(_SCALAR)),
        "units": mapping(many(_SCALAR)),
        "others": maybe(mapping(many(_SCALAR))),
        "how_picked": TEXT,
        "issue": TEXT,
        "cause": TEXT,
        "measure": TEXT,
        "expected": maybe(NUMBER),
        "weeks_needed": maybe({"type": "integer"}),
        "owner": maybe(TEXT),
        "start": day,
        "end": day,
        "due": day,
        "goal": maybe(TEXT),
        "decision": maybe(TEXT),
        "decision_reason": TEXT,
        "learned": TEXT,
        "verdict": maybe(TEXT),
        "effect": maybe(effect),
        "created_at": moment,
        "version": COUNT,
    }
    figure = record(
        kpi=TEXT,
        value=maybe(NUMBER),
        n=maybe(NUMBER),
        low=maybe(NUMBER),
        high=maybe(NUMBER),
        period=TEXT,
        snapshot={"type": "integer"},
        speaks=TEXT,
    )
    entry = record(
        kind=TEXT,
        text=TEXT,
        by=maybe(TEXT),
        at=moment,
        due=day,
        done_at=day,
        file_name=maybe(TEXT),
        size=maybe({"type": "integer"}),
    )
    return {
        "Cycle": record(**cycle),
        "CycleFull": record(**cycle, evidence=many(figure), entries=many(entry)),
        "CycleList": record(cycles=many(ref("Cycle")), paging=ref("Paging")),
        "CyclePage": record(cycle=ref("CycleFull")),
    }


def components(
    states: list[str], parts: list[str], better: list[str], facts: list[str], families: list[str], priorities: list[str]
) -> dict[str, Schema]:
    """Return every shape by name."""
    from rashin.web.pages.api.schemas_compared import compared
    from rashin.web.pages.api.schemas_forecast import shapes as planned
    from rashin.web.pages.api.schemas_staffing import shapes as staffed
    from rashin.web.pages.api.schemas_why import shapes as explained

    line = _kpi_fields(better, facts, families, priorities)
    numbers = {name: maybe(NUMBER) for name in _CELL_NUMBERS}
    moment = {"type": "string"}
    return {
        "Bilingual": record(ja=TEXT, en=TEXT),
        "Error": record(("next",), code=TEXT, message=_BOTH, next=_BOTH),
        "Paging": record(page=COUNT, size=COUNT, total=COUNT, next=maybe({"type": "integer"}), previous=maybe({"type": "integer"})),
        "Kpi": record(**line),
        "KpiFull": record(**line, **_kpi_more()),
        "Reading": _reading(better, facts),
        "KpiList": record(kpis=many(ref("Kpi")), catalogue_version=TEXT, paging=ref("Paging")),
        "KpiPage": record(kpi=ref("KpiFull"), catalogue_version=TEXT),
        "Question": _question(),
        "Cell": record(
            kpi=TEXT,
            variant=maybe(TEXT),
            unit=TEXT,
            bucket=TEXT,
            dimensions=mapping(_SCALAR),
            state={"type": "string", "enum": states},
            reason=maybe(_BOTH),
            **numbers,
        ),
        "Answer": _answer(),
        "Row": record(values=mapping(_SCALAR), contribution=_SCALAR, reason=maybe(_BOTH), file=maybe(TEXT)),
        "Rows": record(
            kpi=TEXT,
            fact={"type": "string", "enum": facts},
            part={"type": "string", "enum": parts},
            snapshot=COUNT,
            catalogue_version=TEXT,
            reasons=many(record(reason=_BOTH, count=COUNT)),
            rows=many(ref("Row")),
            paging=ref("Paging"),
        ),
        "Load": record(
            load_id=COUNT,
            source=TEXT,
            file_name=TEXT,
            file_hash=TEXT,
            by=TEXT,
            started_at=moment,
            committed_at=moment,
            withdrawn_at=maybe(TEXT),
            counts=mapping(mapping(COUNT)),
        ),
        **_goals(),
        **_alerts(),
        **_cycles(),
        **compared(),
        **planned(),
        **staffed(),
        **explained(),
        "LoadList": record(loads=many(ref("Load")), paging=ref("Paging")),
        "LoadPage": record(load=ref("Load")),
    }
