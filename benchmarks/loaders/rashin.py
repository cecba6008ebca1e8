"""Rashin's whole intake: land, map, check every row, enrich, settle revisions, commit; one load per file. Roll-ups are made afterwards."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

MAPPING = Path(__file__).resolve().parents[1] / "contacts.toml"


def load(place: Path, files: list[Path]) -> int:
    """Make a new workspace and load the files into it."""
    from rashin.intake import run
    from rashin.store import Workspace

    shutil.rmtree(place / "workspace", ignore_errors=True)
    Workspace.create(place / "workspace", name="bench", zone="Asia/Tokyo", language="en")
    roll_ups(place, "never")
    receipts = run.load(Workspace.find(place / "workspace"), files, MAPPING, by="bench")
    refused = {code: number for each in receipts for code, number in each.reasons.items()}
    if refused:
        raise SystemExit(f"rows were refused: {refused}")
    return sum(each.total.accepted for each in receipts)


def roll_ups(place: Path, mode: str) -> None:
    """Say in rashin.toml whether roll-ups are kept."""
    file = place / "workspace" / "rashin.toml"
    file.write_text(re.sub(r'(?m)^rollups(\s*)= "\w+"', rf'rollups\1= "{mode}"', file.read_text("utf-8")), "utf-8")
