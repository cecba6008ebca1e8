"""What was written, file by file: the known counts that a load of the demo centre must arrive at (`expected.json`)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Entry:
    """One file: ``rows`` data records of all kinds; of these ``bad`` (by what is wrong with them), ``ignored`` (by why), ``again`` (a record told before)."""

    source: str
    path: str
    rows: int = 0
    bad: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    again: int = 0
    corrected: int = 0


class Book:
    """Keeps the entries and the folder that all files go into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: list[Entry] = []
        self._open: dict[Path, Entry] = {}

    def write(self, source: str, name: str, data: bytes) -> Entry:
        """Write one file below ``sources/<source>/`` and open its entry."""
        path = self.folder / "sources" / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        entry = Entry(source, path.relative_to(self.folder).as_posix())
        self.entries.append(entry)
        self._open[path] = entry
        return entry

    def extend(self, source: str, name: str, header: bytes, data: bytes) -> Entry:
        """Write ``data`` behind what earlier months wrote into the same file, or begin the file with ``header``; return its entry."""
        path = self.folder / "sources" / source / name
        if path not in self._open:
            return self.write(source, name, header + data)
        with path.open("ab") as file:
            file.write(data)
        return self._open[path]

    def loading_order(self) -> list[Path]:
        """Every source file: as written, corrections last (they came a month later)."""
        return [self.folder / entry.path for entry in sorted(self.entries, key=lambda entry: entry.corrected > 0)]

    def save(self, facts: dict[str, object]) -> Path:
        """Write `expected.json`: the entries, and ``facts`` about the whole."""
        path = self.folder / "expected.json"
        listed = [
            {
                "file": e.path,
                "source": e.source,
                "rows": e.rows,
                "bad": dict(sorted(e.bad.items())),
                "ignored": dict(sorted(e.ignored.items())),
                "again": e.again,
                "corrected": e.corrected,
            }
            for e in self.entries
        ]
        path.write_text(json.dumps({**facts, "files": listed}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path
