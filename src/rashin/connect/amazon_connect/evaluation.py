"""One evaluation result (a nested document with sections and questions) as one flat row. There are few of them, so one by one is quick enough."""

from __future__ import annotations

import json
from typing import Any

#: Titles of sections or questions that are one of the six items of a monitoring sheet.
ITEM_TITLES: dict[str, tuple[str, ...]] = {
    "accuracy": ("正確性", "accuracy"),
    "promptness": ("迅速性", "promptness", "speed"),
    "flexibility": ("柔軟性", "flexibility"),
    "empathy": ("共感性", "empathy"),
    "reassurance": ("安心感", "reassurance"),
    "impression": ("好印象", "印象", "impression"),
}

COLUMNS = (
    "evaluation_id",
    "contact_id",
    "agent",
    "evaluator",
    "form",
    "form_version",
    "started",
    "submitted",
    "percentage",
    "critical_failed",
    "mistakes",
    "opportunities",
    *(f"{item}_percentage" for item in ITEM_TITLES),
)


def flat(record: bytes) -> dict[str, str | None] | None:
    """Return the row of one evaluation document (all text), or None when it is none (no evaluation id or no metadata). Raises ValueError: not JSON."""
    try:
        document = json.loads(record)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    metadata = document.get("metadata")
    if not isinstance(metadata, dict) or not document.get("evaluationId"):
        return None
    questions = [each for each in _objects(document, "questions") if "percentage" in _score(each)]
    row: dict[str, object] = {
        "evaluation_id": document["evaluationId"],
        "contact_id": metadata.get("contactId"),
        "agent": metadata.get("agentId"),
        "evaluator": metadata.get("evaluator"),
        "form": metadata.get("evaluationDefinitionTitle"),
        "form_version": metadata.get("evaluationDefinitionVersion"),
        "started": metadata.get("evaluationStartTimestamp"),
        "submitted": metadata.get("evaluationSubmitTimestamp"),
        "percentage": _score(metadata).get("percentage"),
        "critical_failed": _failed(document, metadata),
        "mistakes": sum(_score(each)["percentage"] == 0 for each in questions) if questions else None,
        "opportunities": len(questions) or None,
        **_items(document),
    }
    return {name: _text(row.get(name)) for name in COLUMNS}


def _items(document: dict[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {}
    titled = [(each.get("sectionTitle"), each) for each in _objects(document, "sections")]
    titled += [(each.get("questionText"), each) for each in _objects(document, "questions")]
    for title, each in titled:
        for item, names in ITEM_TITLES.items():
            if isinstance(title, str) and title.strip().lower() in names and "percentage" in _score(each):
                found.setdefault(f"{item}_percentage", _score(each)["percentage"])
    return found


def _failed(document: dict[str, Any], metadata: dict[str, Any]) -> str | None:
    """An automatic fail anywhere fails the whole; None when no score says anything of it."""
    scores = [_score(metadata), *(_score(each) for each in _objects(document, "sections") + _objects(document, "questions"))]
    told = [each["automaticFail"] for each in scores if "automaticFail" in each]
    return ("true" if any(value is True for value in told) else "false") if told else None


def _objects(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _score(each: dict[str, Any]) -> dict[str, Any]:
    score = each.get("score")
    return score if isinstance(score, dict) else {}


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
