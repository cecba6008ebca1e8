"""Days that must not teach a forecast: ``marks.toml`` of the workspace, each with what happened, who says so and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.catalogue.entry import Table

FILE = "marks.toml"
#: What a mark can say.
KINDS: dict[str, Bilingual] = {
    "campaign": Bilingual("キャンペーン", "campaign"),
    "outage": Bilingual("障害", "outage"),
    "disaster": Bilingual("災害・天候", "disaster or weather"),
    "closed": Bilingual("臨時休業", "closed out of turn"),
    "test": Bilingual("テスト・移行作業", "test or migration"),
    "other": Bilingual("その他", "other"),
}
#: A mark is about some days, not about a year.
_LONGEST = 92
_TEXT = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """Days ``first`` … ``last`` (both included) on which ``where`` (dimension → values; empty: everything) was not as usual."""

    first: date
    last: date
    kind: str
    reason: str
    by: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def days(self) -> list[date]:
        """Every day of the mark."""
        return [self.first + timedelta(days=step) for step in range((self.last - self.first).days + 1)]

    def touches(self, limits: Mapping[str, Iterable[object]]) -> bool:
        """Return whether it concerns a selection (dimension → values): unless it speaks of other values of one of its dimensions."""
        return all(name not in limits or set(values) & set(limits[name]) for name, values in self.where)

    @property
    def ref(self) -> str:
        """A short name for it in an address: the same as long as nothing of it is changed."""
        from hashlib import sha256

        return sha256(written(self).encode()).hexdigest()[:16]

    @property
    def said(self) -> Bilingual:
        """Kind, reason and who says so."""
        kind = KINDS[self.kind]
        return Bilingual(f"{kind.ja}: {self.reason}({self.by})", f"{kind.en}: {self.reason} ({self.by})")


def load_marks(workspace: Path) -> tuple[Mark, ...]:
    """Return the marks of a workspace in order of time; none when there is no file. DefinitionError, with place and word, when one is wrong."""
    path = workspace / FILE
    if not path.exists():
        return ()
    from rashin.catalogue.loader import read_toml

    return read(read_toml(path))


def read(data: Mapping[str, Any], place: str = FILE) -> tuple[Mark, ...]:
    """Return the marks that a TOML document says. DefinitionError at the first fault."""
    from rashin.catalogue.entry import Table

    table = Table(data, place)
    table.keys((), ("mark",))
    return tuple(sorted((_mark(each) for each in table.tables("mark")), key=lambda each: (each.first, each.last, each.reason)))


def add(workspace: Path, mark: Mark) -> tuple[Mark, ...]:
    """Append a mark to the file and return all; the file's own text stays as it is. DefinitionError when the file or the mark is wrong: nothing is written."""
    import tomllib

    path = workspace / FILE
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    text = (before.rstrip("\n") + "\n\n" if before.strip() else "") + written(mark)
    load_marks(workspace)
    found = read(tomllib.loads(text))
    waiting = path.with_name(f".{FILE}.new")
    waiting.write_text(text, encoding="utf-8")
    waiting.replace(path)
    return found


def remove(workspace: Path, ref: str) -> Mark | None:
    """Take the mark called ``ref`` out of the file and return it; None when there is none of that name. Everything else in the file stays as it is written."""
    import tomlkit

    path = workspace / FILE
    found = next((each for each in load_marks(workspace) if each.ref == ref), None)
    if found is None:
        return None
    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    tables = document["mark"]
    at = next(place for place, each in enumerate(tables.unwrap()) if read({"mark": [each]})[0] == found)
    del tables[at]
    if not len(tables):
        del document["mark"]
    waiting = path.with_name(f".{FILE}.new")
    waiting.write_text(tomlkit.dumps(document), encoding="utf-8")
    waiting.replace(path)
    return found


def written(mark: Mark) -> str:
    """Return the mark as it stands in the file."""
    days = str(mark.first) if mark.first == mark.last else f"{mark.first}..{mark.last}"
    lines = [
        "[[mark]]",
        f"days = {_quoted(days)}",
        f"kind = {_quoted(mark.kind)}",
        f"reason = {_quoted(mark.reason)}",
        f"by = {_quoted(mark.by)}",
    ]
    if mark.where:
        inside = ", ".join(f"{name} = [{', '.join(_quoted(value) for value in values)}]" for name, values in mark.where)
        lines.append(f"where = {{ {inside} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _mark(table: Table) -> Mark:
    table.keys(("days", "kind", "reason", "by"), ("where",))
    kind = table.choice("kind", KINDS)
    first, last = _days(table)
    reason, by = table.text("reason").strip(), table.text("by").strip()
    for key, text in (("reason", reason), ("by", by)):
        if len(text) > _TEXT:
            table.refuse(
                "text_too_long", key, Bilingual(f"「{key}」は{_TEXT}文字以内で書きます。", f"“{key}” has at most {_TEXT} letters.")
            )
    return Mark(first, last, kind, reason, by, _where(table))


def _days(table: Table) -> tuple[date, date]:
    value = table.data.get("days")
    parts = [value] if type(value) is date else value.split("..") if isinstance(value, str) else []
    try:
        ends = [each if type(each) is date else date.fromisoformat(str(each).strip()) for each in parts]
    except ValueError:
        ends = []
    if len(ends) not in (1, 2):
        table.wrong(
            "days", '日付("2026-10-05")か期間("2026-10-05..2026-10-07")', 'a date ("2026-10-05") or a span ("2026-10-05..2026-10-07")'
        )
    first, last = ends[0], ends[-1]
    if last < first:
        table.refuse(
            "days_backwards",
            "days",
            Bilingual(f"終わり({last})が始まり({first})より前です。", f"the end ({last}) is before the start ({first})."),
            word=str(value),
        )
    if (last - first).days >= _LONGEST:
        table.refuse(
            "days_too_many",
            "days",
            Bilingual(f"一つの印は{_LONGEST}日までです。", f"a mark spans {_LONGEST} days at most."),
            word=str(value),
            next_step=Bilingual("ふだんと違った日だけに印を付けてください。", "Mark only the days that were not as usual."),
        )
    return first, last


def _where(table: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    from rashin.records import FACTS

    limits = table.table("where")
    known = FACTS["contact"].dimensions
    found = []
    for name, value in sorted(limits.data.items()):
        if name not in known:
            limits.refuse(
                "dimension_unknown",
                name,
                Bilingual(f"切り口「{name}」はありません。", f"there is no dimension “{name}”."),
                word=name,
                known=known,
            )
        values = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
        if not values or not all(isinstance(each, str) and each for each in values):
            limits.wrong(name, "文字か文字の並び", "a text or a list of texts")
        found.append((name, values))
    return tuple(found)
