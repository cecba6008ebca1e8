"""Refused rows: how many for which reason, and – for those who may – the rows themselves, to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.intake import rejects
from rashin.intake.reasons import REASONS
from rashin.records import FACTS
from rashin.web.centre import centre
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.store import LoadRecord
    from rashin.web.people.models import Person

#: So many rows can be mended on one page, and so many cells; more are mended in a spreadsheet.
PAGE, CELLS = 20, 800


def may_see(person: Person) -> bool:
    """True when ``person`` may see refused rows: they belong to no scope, so only somebody who may see every row, or whose work is mending them."""
    scope = scopes.of(person)
    return not scope.limited and (scope.rows == "full" or person.may("load_data"))


def reasons(record: LoadRecord, lang: str, *, rows_too: bool = False) -> list[dict[str, Any]]:
    """Return the reasons of a load's rejects, the commonest open ones first: what, in which columns, how many rows, how many of them are still open.

    A row may have several reasons. ``rows_too``: the reader may see the rows, so a reason may be told in the row's own words.
    """
    table = rejects.listing(centre().store, record.load_id)
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for row in table.select(["fact", "file", "line", "column", "code", "mended_by", f"reason_{lang}"]).to_pylist():
        key = row["code"], row["fact"]
        own = row[f"reason_{lang}"] if rows_too else ""
        group = groups.setdefault(
            key, {**named(row["code"], lang, own), "fact": _fact(row["fact"], lang), "columns": {}, "rows": set(), "left": set()}
        )
        place = row["file"], row["line"]
        group["columns"][row["column"] or ""] = None
        group["rows"].add(place)
        if row["mended_by"] is None:
            group["left"].add(place)
    for group in groups.values():
        group |= {"columns": [name for name in group["columns"] if name], "count": len(group.pop("rows")), "open": len(group.pop("left"))}
    return sorted(groups.values(), key=lambda each: (-each["open"], -each["count"], each["code"]))


def named(code: str, lang: str, own: str = "") -> dict[str, str]:
    """Return a reason; without ``own`` (the row's words) no value of a row is in it."""
    reason = REASONS.get(code)
    text = reason.what(lang) if reason else own or _UNSPLIT(lang)
    return {"code": code, "reason": text if "{" not in text else _plain(text)}


_UNSPLIT = Bilingual("行の形が読めません。", "The form of the row cannot be read.")


def _plain(text: str) -> str:
    for place in ("{value}", "{column}", "{detail}"):
        text = text.replace(place, "…")
    return text


def _fact(name: str, lang: str) -> str:
    return FACTS[name].label(lang) if name in FACTS else name


def open_rows(record: LoadRecord, lang: str, code: str = "", page: int = 1) -> dict[str, Any]:
    """Return one page of the open rejects with their columns as they stand in the file; ``code``: of one reason only."""
    found = rejects.records(centre().store, record.load_id, lang=lang, open_only=True)
    chosen = [row for row in found if not code or code in row["#code"].split(" / ")]
    wide = max((len(row) for row in chosen), default=1)
    size = max(1, min(PAGE, CELLS // wide))
    pages = max(1, -(-len(chosen) // size))
    page = min(max(1, page), pages)
    part = chosen[(page - 1) * size : page * size]
    names = list(dict.fromkeys(name for row in part for name in row if name not in rejects.ABOUT))
    return {"rows": [_shown(row, names) for row in part], "names": names, "total": len(chosen), "page": page, "pages": pages}


def _shown(row: dict[str, str], names: list[str]) -> dict[str, Any]:
    wrong = set(row["#column"].split(" / "))
    return {
        "key": key(row),
        "line": row["#line"],
        "part": row["#part"],
        "reason": row["#reason"],
        "mend": row["#mend"],
        "raw": row.get("#raw", ""),
        "column": row["#column"],
        "cells": [
            {
                "number": number,
                "name": name,
                "text": row.get(name) or "",
                "long": "\n" in (row.get(name) or "") or "\r" in (row.get(name) or ""),
                "wrong": name in wrong or name in row["#column"],
            }
            for number, name in enumerate(names)
        ],
    }


def key(row: Mapping[str, str]) -> str:
    """Return what tells a refused row from every other of its load."""
    import hashlib

    return hashlib.sha256("\x1f".join(row[name] for name in ("#stream", "#part", "#line", "#fact")).encode()).hexdigest()[:20]


def mended(record: LoadRecord, lang: str, given: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the open rejects that were changed or ticked in the form: what stands about them from the store, the cells from the form."""
    out = []
    for row in rejects.records(centre().store, record.load_id, lang=lang, open_only=True):
        mark = key(row)
        cells = {name: given[f"cell:{mark}:{name}"] for name in _names(given, mark)}
        changed = {
            name: text for name, text in cells.items() if name not in rejects.ABOUT and _plainly(text) != _plainly(row.get(name) or "")
        }
        if changed or given.get(f"again:{mark}"):
            out.append({**row, **changed})
    return out


def _plainly(text: str) -> str:
    """Line ends are the browser's; a cell that differs in nothing else was not touched."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _names(given: Mapping[str, str], mark: str) -> list[str]:
    start = f"cell:{mark}:"
    return [name[len(start) :] for name in given if name.startswith(start)]
