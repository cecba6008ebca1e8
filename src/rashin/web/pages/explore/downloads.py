"""An answer as a file: CSV, a workbook, a chart. Every file leaves a line in the audit log."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from rashin import drawing
from rashin.errors import Bilingual, QuestionError
from rashin.query.table import FIXED
from rashin.web.pages.explore import picture
from rashin.web.pages.explore.choice import FILE_CELLS, Choice, too_many
from rashin.web.people import approvals, audit

if TYPE_CHECKING:
    from rashin.query.answer import Answer

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}


def make(request: HttpRequest, choice: Choice, answer: Answer, form: str) -> HttpResponse:
    """Return ``answer`` as a file of ``form``, and write down who took what away."""
    if len(answer) > FILE_CELLS:
        raise too_many(len(answer))
    if form not in ("svg", "png"):
        approvals.before_export(request, len(answer))
    content = _chart(request, choice, answer, form) if form in ("svg", "png") else _table(answer, form, choice.filters.lang)
    question = answer.question
    audit.record(
        "figures_exported",
        ", ".join(question.kpis),
        by=request.user,
        request=request,
        detail={
            "form": form,
            "rows": len(answer),
            "columns": [*FIXED, *question.by],
            "period": question.period.text,
            "by": list(question.by),
            "grain": question.grain,
            "filters": {name: list(values) for name, values in question.filters},
            "snapshot": answer.snapshot,
        },
    )
    response = HttpResponse(content, content_type=TYPES[form])
    name = f"rashin-{question.kpis[0].replace(':', '-')}-{question.period.start}-{question.period.last}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _table(answer: Answer, form: str, lang: str) -> bytes:
    if form == "csv":
        return (answer.to_csv(lang=lang) or "").encode("utf-8-sig")
    with tempfile.TemporaryDirectory(prefix="rashin-export-") as folder:
        path = Path(folder) / "answer.xlsx"
        answer.to_xlsx(path, lang=lang)
        return path.read_bytes()


def _chart(request: HttpRequest, choice: Choice, answer: Answer, form: str) -> bytes:
    made: list[dict[str, Any]] = picture.make(answer, choice)
    asked = request.GET.get("chart", "0")
    at = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    if at >= len(made):
        raise QuestionError(
            "chart_missing",
            Bilingual("この条件ではグラフがありません。", "There is no chart for this question."),
            Bilingual("粒度か切り口を選んでください。", "Choose a grain or a dimension."),
        )
    spec = made[at]["spec"]
    return drawing.to_svg(spec).encode() if form == "svg" else drawing.to_png(spec)
