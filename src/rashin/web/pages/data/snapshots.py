"""Snapshots: every load and withdrawal makes one; each can be asked for what it changed."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from rashin.web.centre import centre
from rashin.web.pages.data.loads import local
from rashin.web.pages.filters import Filters

PAGE = 50


def listing(page: int, lang: str) -> dict[str, Any]:
    """Return one page of the snapshots, newest first."""
    made = _made()
    pages = max(1, -(-len(made) // PAGE))
    page = min(page, pages)
    return {
        "versions": made[(page - 1) * PAGE : page * PAGE],
        "page": page,
        "pages": pages,
        "newest": centre().snapshot(),
        "as_of": as_of_supported(),
    }


def find(snapshot: int, lang: str) -> dict[str, Any] | None:
    """Return one snapshot, or None."""
    found = next((each for each in _made() if each["snapshot"] == snapshot), None)
    return {**found, "newest": centre().snapshot(), "as_of": as_of_supported()} if found else None


def as_of_supported() -> bool:
    """True when the pages of figures take a snapshot in their address."""
    return "as_of" in {each.name for each in fields(Filters)}


def _made() -> list[dict[str, Any]]:
    """Loads and withdrawals in the order of their snapshots, newest first."""
    made = []
    for load in centre().store.loads():
        total = load.receipt().total
        common = {"load": load.load_id, "source": load.source, "file": load.file_name}
        made.append(
            {
                **common,
                "snapshot": load.load_id,
                "kind": "load",
                "by": load.by,
                "at": local(load.committed_at),
                "opened": total.opened,
                "replaced": total.replaced,
            }
        )
        if load.withdrawn_snapshot is not None:
            made.append(
                {**common, "snapshot": load.withdrawn_snapshot, "kind": "withdraw", "by": load.withdrawn_by, "at": local(load.withdrawn_at)}
            )
    for entry in centre().store.log():
        if entry.action in ("erase", "retire"):
            snapshot = int(json.loads(entry.detail)["snapshot"])
            made.append(
                {"snapshot": snapshot, "kind": entry.action, "by": entry.by, "at": local(entry.at), "load": None, "source": "", "file": ""}
            )
    return sorted(made, key=lambda each: -each["snapshot"])
