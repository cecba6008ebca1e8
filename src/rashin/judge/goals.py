"""The goals of a workspace: ``goals/<name>.toml``, read together, saved one at a time, every version kept in ``goals/.history/<name>/``."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.catalogue.loader import read_toml
from rashin.errors import Bilingual, DefinitionError, QuestionError, RashinError, nearest
from rashin.judge.goal import Goal
from rashin.judge.written import dump, read, with_version
from rashin.query.settings import Settings
from rashin.store.versions import Named, Revision, Shelf

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.store import Store

_NAME = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Goals(Named[Goal]):
    """All goals by name. ``version`` changes whenever any file does."""

    version: str = ""
    unknown = "unknown_goal"
    noun = Bilingual("目標", "goal")
    listing = "rashin goals list"

    def goal(self, name: str) -> Goal:
        """Return a goal. Raises the refusal when its file is wrong, QuestionError with the nearest name when there is none."""
        return self.find(name)


def _shelf(folder: Path) -> Shelf:
    return Shelf(folder, "goal", Goals.noun)


def load(
    folder: Path, catalogue: Catalogue, settings: Settings | None = None, names: Mapping[str, Mapping[str, str]] | None = None
) -> Goals:
    """Return the goals of a folder (none when it does not exist). A file that is wrong is named in ``refused`` and hides no other.

    ``names``: what values of dimensions are called (``load_org(…).names``).
    """
    found: dict[str, Goal] = {}
    refused: dict[str, RashinError] = {}
    digest = hashlib.sha256()
    settings, country = settings or Settings(), _country(folder, settings or Settings())
    for path in sorted(folder.glob("*.toml")):
        if path.name.startswith("."):
            continue
        try:
            digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
            check_name(path.stem, path.name)
            version = _shelf(folder).now(path.stem).version
            made = read(path.stem, read_toml(path), catalogue, settings, country=country, place=f"goals/{path.name}", version=version)
            found[path.stem] = replace(made, names=names) if names else made
        except RashinError as error:
            refused[path.name] = error
        except OSError as error:
            refused[path.name] = _shelf(folder).unreadable(path, error)
    return Goals(found, refused, digest.hexdigest()[:12])


def of_store(store: Store, catalogue: Catalogue) -> Goals:
    """Return the goals of an open workspace."""
    from rashin.intake.org import load_org

    try:
        names = load_org(store.workspace.path / "org.csv").names
    except RashinError:
        names = {}  # a wrong org.csv is told where files are loaded; goals do without names
    return load(store.workspace.folder("goals"), catalogue, Settings.of(store), names)


def save(
    folder: Path,
    name: str,
    given: str | Goal,
    *,
    by: str,
    reason: str,
    catalogue: Catalogue,
    settings: Settings | None = None,
    expect_version: int | None = None,
    now: datetime | None = None,
) -> Goal:
    """Write a goal and return it with its new version. ``given``: a goal, or the text of its file (comments are kept).

    ``expect_version``: the version that the change is based on, 0 = a new goal; None = whatever is there. ConflictError when it is another by now;
    DefinitionError when the goal is wrong: nothing is written then. OutsideError when the disk refuses.
    """
    check_name(name, name)
    held = _shelf(folder).now(name)
    if expect_version is not None and expect_version != (held.version if held.text else 0):
        raise _shelf(folder).conflict(name, held.version)
    version = held.version + 1
    text = with_version(_parsed(given, name) if isinstance(given, str) else dump(given), version)
    own = settings or Settings()
    goal = read(name, tomllib.loads(text), catalogue, own, country=_country(folder, own), place=f"goals/{name}.toml", version=version)
    _shelf(folder).write(name, text, held, Revision(version, by, now or datetime.now(UTC), reason, text))
    return goal


def remove(folder: Path, name: str, *, by: str, reason: str, expect_version: int | None = None, now: datetime | None = None) -> Revision:
    """Take a goal away and return that step; its versions stay. ConflictError when it has changed, QuestionError when there is none."""
    check_name(name, name)
    held = _shelf(folder).now(name)
    if not held.text:
        known = [path.stem for path in folder.glob("*.toml")]
        near = nearest(name, known)
        raise QuestionError(
            "unknown_goal",
            Bilingual(f"目標「{name}」はありません。", f"There is no goal “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
        )
    if expect_version is not None and expect_version != held.version:
        raise _shelf(folder).conflict(name, held.version)
    step = Revision(held.version + 1, by, now or datetime.now(UTC), reason, "")
    _shelf(folder).write(name, "", held, step)
    return step


def history(folder: Path, name: str) -> list[Revision]:
    """Return every version of a goal, the newest first; a file changed by hand since the last save counts as one."""
    check_name(name, name)
    return _shelf(folder).history(name)


def removed(folder: Path) -> dict[str, tuple[Revision, Revision]]:
    """Return the goals that were taken away, by name: (the step that did it, the last version before), the newest first."""
    shelf, found = _shelf(folder), {}
    for place in (folder / ".history").glob("*"):
        if place.is_dir() and _NAME.fullmatch(place.name) and not (folder / f"{place.name}.toml").exists():
            steps = shelf.history(place.name)
            last = next((each for each in steps if each.text), None)
            if steps and steps[0].removed and last is not None:
                found[place.name] = (steps[0], last)
    return dict(sorted(found.items(), key=lambda each: each[1][0].at or datetime.min.replace(tzinfo=UTC), reverse=True))


def name_for(kpi: str, taken: Mapping[str, object] | list[str]) -> str:
    """Return a free name for a goal of ``kpi``: answer_rate, answer_rate-2 …"""
    stem = re.sub(r"[^a-z0-9_-]", "-", kpi.lower())[:60]
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name


def check_name(name: str, place: str) -> None:
    """Raise DefinitionError unless ``name`` may be the name of a goal, and so of a file."""
    if not _NAME.fullmatch(name):
        raise DefinitionError(
            "bad_goal_name",
            Bilingual(f"目標の名前「{name}」は使えません。", f"“{name}” cannot be the name of a goal."),
            Bilingual("英小文字・数字・_・- で64字までにしてください。", "Use up to 64 lower-case letters, digits, _ and -."),
            place=place,
            word=name,
        )


def _parsed(text: str, name: str) -> str:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError(
            "toml_syntax", Bilingual(f"TOML として読めません({error})。", f"cannot be read as TOML: {error}."), place=f"goals/{name}.toml"
        ) from None
    return text


def _country(folder: Path, settings: Settings) -> str | None:
    """Whose public holidays count: those of the default calendar, else Japan's in its zone."""
    from rashin.calendars import load_calendars

    try:
        calendar = load_calendars(folder.parent / "calendars").for_queue(None)
    except DefinitionError:
        calendar = None  # a wrong calendar is told where calendars are read
    if calendar is not None and calendar.holidays:
        return calendar.holidays
    return "JP" if settings.zone == "Asia/Tokyo" else None


__all__ = ["Goals", "Revision", "check_name", "history", "load", "name_for", "of_store", "remove", "removed", "save"]
