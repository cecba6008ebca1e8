"""What a receipt says beyond the store's counts – notes, why rows were ignored – is kept beside the landed file, so that it can be read later."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rashin.errors import Bilingual
from rashin.intake.batch import Note
from rashin.intake.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Remarks:
    """``ignored``: why rows do not count, with how many; ``notes``: what else the receipt said; ``seconds``: how long the load took; ``size``: bytes."""

    ignored: tuple[Note, ...]
    notes: tuple[Note, ...]
    seconds: float
    size: int


def keep(receipt: Receipt, folder: Path) -> None:
    """Write the remarks of ``receipt`` into the landing. The load stands already: a full disk costs the remarks, not the load."""
    said = {
        "ignored": [_written(note) for note in receipt.ignored],
        "notes": [_written(note) for note in receipt.notes],
        "seconds": round(receipt.seconds, 3),
        "size": receipt.size,
    }
    partial = folder / f".partial-{os.getpid()}-receipt-{receipt.load_id}"
    with contextlib.suppress(OSError):
        partial.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        partial.chmod(0o600)
        partial.rename(_path(folder, receipt.load_id))


def remarks(load_id: int, folder: Path) -> Remarks | None:
    """Return what was kept of a load's receipt; None when nothing was (a load of an older version, a lost file)."""
    try:
        said = json.loads(_path(folder, load_id).read_text(encoding="utf-8"))
        ignored, notes = (tuple(_read(note) for note in said[key]) for key in ("ignored", "notes"))
        return Remarks(ignored, notes, float(said["seconds"]), int(said["size"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _written(note: Note) -> dict[str, object]:
    return {"code": note.code, "ja": note.text.ja, "en": note.text.en, "rows": note.rows, "examples": list(note.examples)}


def _read(said: dict[str, Any]) -> Note:
    return Note(said["code"], Bilingual(said["ja"], said["en"]), said["rows"], tuple(said["examples"]))


def _path(folder: Path, load_id: int) -> Path:
    return folder / f"receipt-{int(load_id)}.json"
