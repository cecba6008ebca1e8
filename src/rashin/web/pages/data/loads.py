"""Loads as the pages show them: newest first, with what came of every row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rashin.errors import QuestionError
from rashin.intake.kept import remarks
from rashin.records import FACTS
from rashin.web.centre import centre

if TYPE_CHECKING:
    from rashin.store import LoadRecord

PAGE = 50
#: Facts whose names are no fact: a stream that is not mapped stands in the receipt in brackets.


def listing(source: str = "", text: str = "", page: int = 1) -> dict[str, Any]:
    """Return one page of the loads, newest first; ``source`` and ``text`` (in the file's name) narrow them."""
    every = list(reversed(centre().store.loads()))
    found = [each for each in every if (not source or each.source == source) and text.lower() in each.file_name.lower()]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    return {
        "loads": [shown(each) for each in found[(page - 1) * PAGE : page * PAGE]],
        "found": len(found),
        "every": len(every),
        "sources": sorted({each.source for each in every}),
        "page": page,
        "pages": pages,
    }


def shown(record: LoadRecord) -> dict[str, Any]:
    """Return one load as a row."""
    total = record.receipt().total
    return {
        "record": record,
        "id": record.load_id,
        "total": total,
        "at": local(record.committed_at),
        "withdrawn": record.withdrawn_at is not None,
        "withdrawn_at": local(record.withdrawn_at),
        "exported_at": local(record.exported_at),
        "mends": int(record.batch_id.split("-")[1]) if record.batch_id.startswith("mend-") else None,
    }


def find(load_id: int) -> LoadRecord | None:
    """Return the record of a load, or None."""
    return next((each for each in centre().store.loads() if each.load_id == load_id), None)


def facts(record: LoadRecord, lang: str) -> list[dict[str, Any]]:
    """Return the receipt fact by fact: rows in = accepted + rejected + duplicate + ignored."""
    return [
        {"name": FACTS[name].label(lang) if name in FACTS else name, "fact": name, "counts": counts}
        for name, counts in record.counts.items()
    ]


def said(record: LoadRecord) -> Any:
    """Return the remarks of the load's receipt, or None when they were not kept."""
    return remarks(record.load_id, centre().workspace.folder("landing"))


def mended_by(record: LoadRecord) -> list[LoadRecord]:
    """Return the loads that mend this one's rejects, and are in force."""
    from rashin.intake.run import mends_of

    try:
        return mends_of(centre().store, record.load_id)
    except QuestionError:
        return []


def local(moment: datetime | None) -> datetime | None:
    """Return an instant (UTC) by the organisation's clock."""
    if moment is None:
        return None
    zone = ZoneInfo(str(centre().workspace.config.organisation.zone))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone)
