"""The headers of survey tools: a row of ids, a row of questions, a row of import ids (Qualtrics); or questions above their options (SurveyMonkey)."""

from __future__ import annotations

from collections.abc import Sequence

_IMPORT_ID = '{"ImportId":'
#: First header of an export with a second row of options.
_RESPONDENT = frozenset(("respondent id", "respondent_id", "respondentid", "回答者id", "回答者 id"))
#: What stands under a question that has no options.
_FILLERS = frozenset(("response", "open-ended response", "回答", "自由回答", "自由記述"))
#: A question becomes part of a column's name: so much of it.
_LONGEST = 60


def form_height(rows: Sequence[Sequence[str]], top: int) -> int:
    """Return 3 or 2 where the header that begins at ``top`` is that of a survey tool, else 0."""
    third = [cell for cell in (rows[top + 2] if top + 2 < len(rows) else ()) if cell.strip()]
    if third and sum(cell.lstrip().startswith(_IMPORT_ID) for cell in third) * 2 > len(third):
        return 3
    if top + 1 < len(rows) and rows[top] and rows[top][0].strip().casefold() in _RESPONDENT:
        below = rows[top + 1]
        return 2 if any(cell.strip() for cell in below) and not below[0].strip() else 0
    return 0


def is_filler(cell: str) -> bool:
    """True for a word under a question that says no more than that an answer follows."""
    return cell.strip().casefold() in _FILLERS


def questions(ids: Sequence[str], texts: Sequence[str], imports: Sequence[str]) -> list[str]:
    """Return the names of the columns: the tool's own keep their ids (RecordedDate); a question is called by its id and its beginning (Q1 How satisfied …)."""
    out = []
    for index, name in enumerate(ids):
        text = texts[index] if index < len(texts) else ""
        asked = index < len(imports) and imports[index].startswith('{"ImportId":"QID')
        out.append(f"{name} {text[:_LONGEST]}".strip() if asked and text and text != name else name)
    return out
