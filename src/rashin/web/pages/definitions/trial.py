"""A definition before it is saved: the checks of loading, and what it would give on the data that is here."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rashin import display
from rashin.catalogue import Catalogue, load
from rashin.errors import Bilingual, DefinitionError, QuestionError
from rashin.query.question import Question
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.pages.definitions import shelf
from rashin.web.pages.filters import read_period

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.query.answer import Cell

MOST = 100_000
#: So many readings are tried at most: a check is to answer while the editor waits.
READINGS = 24
PERIOD = "latest 4 weeks"


@dataclass(frozen=True, slots=True)
class Tried:
    """One reading as it is and as it would be."""

    name: str
    key: str
    before: Cell | None
    after: Cell
    scale: display.Scale

    @property
    def differs(self) -> bool:
        """True when the figure would be another."""
        return self.before is None or self.before.value != self.after.value


def candidate(folder: Path, now: shelf.Held, text: str) -> Catalogue:
    """Return the catalogue as it would be with ``text``; DefinitionError exactly as when it is loaded. Empty text: without the workspace's own entry."""
    if text:
        _one_entry(now.key, text)
    with tempfile.TemporaryDirectory(prefix="rashin-definition-") as name:
        trial = Path(name)
        for path in folder.glob("*.toml"):
            shutil.copyfile(path, trial / path.name)
        if now.file is not None:
            shelf.take_out(trial / now.file.name, now.key)
        if text:
            (trial / f"{now.key}.toml").write_text(text, encoding="utf-8")
        return load(folder=trial)


def _one_entry(key: str, text: str) -> None:
    place = f"{key}.toml"
    if len(text.encode()) > MOST:
        raise DefinitionError(
            "definition_too_long",
            Bilingual("定義が長すぎます(10万バイトまで)。", "The definition is too long: 100,000 bytes at most."),
            Bilingual("KPIを分けてください。", "Split it into several KPIs."),
            place=place,
        )
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError(
            "toml_syntax",
            Bilingual(f"TOML として読めません({error})。", f"This cannot be read as TOML: {error}."),
            Bilingual("示された行の引用符・括弧・= を確かめてください。", "Look at quotes, brackets and = in that line."),
            place=place,
        ) from error
    if list(data) != [key]:
        other = next((name for name in data if name != key), "")
        raise DefinitionError(
            "other_entry",
            Bilingual(f"ここに書けるのは [{key}] だけです。", f"Only [{key}] is written here."),
            Bilingual("別のKPIは、そのKPIのページで編集してください。", "Edit another KPI on its own page."),
            place=place,
            word=other,
            suggestion=key if other else None,
        )


def compare(proposed: Catalogue, key: str, scope: Scope, lang: str) -> tuple[Period, list[Tried]]:
    """Return the last four weeks' figure of every reading under the proposed definition, beside that under the present one."""
    from rashin.query import ask

    own, period = centre(), read_period(PERIOD)
    names = [f"{key}:{name}" if name != "default" else key for name in list(proposed.kpis[key].readings)[:READINGS]]
    found = []
    new = ask(own.store, proposed, own_question(names, period), scope=scope)
    present = [name for name in names if _known(own.catalogue, name)]
    old = ask(own.store, own.catalogue, own_question(present, period), scope=scope) if present else None
    before = dict(zip(present, old.cells(), strict=True)) if old else {}
    for name, definition, cell in zip(names, new.definitions, new.cells(), strict=True):
        earlier = before.get(name)
        scale = display.scale(definition.unit, [cell.value, earlier.value if earlier else None])
        found.append(Tried(definition.name(lang), name, earlier, cell, scale))
    return period, found


def own_question(names: list[str], period: Period) -> Question:
    """Return the question about one figure for each of ``names``."""
    return Question(tuple(names), period)


def _known(catalogue: Catalogue, name: str) -> bool:
    try:
        catalogue.definition(name)
    except QuestionError:
        return False
    return True
