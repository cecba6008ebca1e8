"""The goals of a workspace: ``goals/<name>.toml``, read together, saved one at a time, every version kept in ``goals/.history/<name>/``."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.catalogue.loader import read_toml
from rashin.errors import Bilingual, ConflictError, DefinitionError, OutsideError, QuestionError, RashinError, nearest
from rashin.judge.goal import Goal
from rashin.judge.written import dump, read, with_version
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.store import Store

_NAME = re.compile(r"[a-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Goals(Mapping[str, Goal]):
    """All goals by name. ``refused``: file name → why it could not be read; the others stand. ``version`` changes whenever any file does."""

    by_name: Mapping[str, Goal] = field(default_factory=dict)
    refused: Mapping[str, RashinError] = field(default_factory=dict)
    version: str = ""

    def __getitem__(self, name: str) -> Goal:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def goal(self, name: str) -> Goal:
        """Return a goal. Raises the refusal when its file is wrong, QuestionError with the nearest name when there is none."""
        if name in self.by_name:
            return self.by_name[name]
        if f"{name}.toml" in self.refused:
            raise self.refused[f"{name}.toml"]
        near = nearest(name, self.by_name)
        raise QuestionError(
            "unknown_goal",
            Bilingual(f"目標「{name}」はありません。", f"There is no goal “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
            if near
            else Bilingual("`rashin goals list` で一覧を見てください。", "List them with `rashin goals list`."),
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved version. ``text`` is empty where the goal was removed; ``by`` is empty where a file was changed by hand."""

    version: int
    by: str
    at: datetime | None
    reason: str
    text: str

    @property
    def removed(self) -> bool:
        """True when this step took the goal away."""
        return not self.text


def load(folder: Path, catalogue: Catalogue, settings: Settings | None = None) -> Goals:
    """Return the goals of a folder (none when it does not exist). A file that is wrong is named in ``refused`` and hides no other."""
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
            version = _now(folder, path.stem).version
            found[path.stem] = read(
                path.stem, read_toml(path), catalogue, settings, country=country, place=f"goals/{path.name}", version=version
            )
        except RashinError as error:
            refused[path.name] = error
        except OSError as error:
            refused[path.name] = _unreadable(path, error)
    return Goals(found, refused, digest.hexdigest()[:12])


def of_store(store: Store, catalogue: Catalogue) -> Goals:
    """Return the goals of an open workspace."""
    return load(store.workspace.folder("goals"), catalogue, Settings.of(store))


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
    held = _now(folder, name)
    if expect_version is not None and expect_version != (held.version if held.text else 0):
        raise _conflict(name, held.version)
    version = held.version + 1
    text = with_version(_parsed(given, name) if isinstance(given, str) else dump(given), version)
    own = settings or Settings()
    goal = read(name, tomllib.loads(text), catalogue, own, country=_country(folder, own), place=f"goals/{name}.toml", version=version)
    _write(folder, name, text, held, Revision(version, by, now or datetime.now(UTC), reason, text))
    return goal


def remove(folder: Path, name: str, *, by: str, reason: str, expect_version: int | None = None, now: datetime | None = None) -> Revision:
    """Take a goal away and return that step; its versions stay. ConflictError when it has changed, QuestionError when there is none."""
    check_name(name, name)
    held = _now(folder, name)
    if not held.text:
        known = [path.stem for path in folder.glob("*.toml")]
        near = nearest(name, known)
        raise QuestionError(
            "unknown_goal",
            Bilingual(f"目標「{name}」はありません。", f"There is no goal “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
        )
    if expect_version is not None and expect_version != held.version:
        raise _conflict(name, held.version)
    step = Revision(held.version + 1, by, now or datetime.now(UTC), reason, "")
    _write(folder, name, "", held, step)
    return step


def history(folder: Path, name: str) -> list[Revision]:
    """Return every version of a goal, the newest first; a file changed by hand since the last save counts as one."""
    check_name(name, name)
    kept = _kept(folder, name)
    held = _now(folder, name)
    return ([held] if held.text and (not kept or kept[0].version < held.version) else []) + kept


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


def _kept(folder: Path, name: str) -> list[Revision]:
    place = folder / ".history" / name
    numbers = sorted((int(path.stem) for path in place.glob("*.toml") if path.stem.isdigit()), reverse=True)
    return [_revision(place, number) for number in numbers]


def _revision(place: Path, number: int) -> Revision:
    try:
        told = json.loads((place / f"{number}.json").read_text("utf-8"))
        at: datetime | None = datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        told, at = {}, None
    return Revision(number, str(told.get("by", "")), at, str(told.get("reason", "")), (place / f"{number}.toml").read_text("utf-8"))


def _now(folder: Path, name: str) -> Revision:
    """What the file says now, and as which version: the newest kept one, or the next when it has been changed by hand since."""
    try:
        text = (folder / f"{name}.toml").read_text("utf-8-sig")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(folder / f"{name}.toml", error) from None
    place = folder / ".history" / name
    newest = max((int(path.stem) for path in place.glob("*.toml") if path.stem.isdigit()), default=0)
    if newest and (not text or (place / f"{newest}.toml").read_text("utf-8") == text):
        return _revision(place, newest) if text else Revision(newest, "", None, "", "")
    return Revision(newest + 1 if text else newest, "", None, "", text)


def _write(folder: Path, name: str, text: str, held: Revision, step: Revision) -> None:
    try:
        place = folder / ".history" / name
        place.mkdir(parents=True, exist_ok=True)
        if held.text and not (place / f"{held.version}.toml").exists():
            _keep(place, held)
        _keep(place, step)  # takes the version: who comes second finds it taken
        target = folder / f"{name}.toml"
        if text:
            _replace(target, text)
        else:
            target.unlink(missing_ok=True)
    except FileExistsError:
        raise _conflict(name, step.version) from None
    except OSError as error:
        raise OutsideError(
            "goal_not_written",
            Bilingual(f"目標を保存できません({error.strerror})。", f"The goal cannot be written: {error.strerror}."),
            Bilingual("goals フォルダーの空き容量と権限を確かめてください。", "Check space and permissions of the goals folder."),
        ) from error


def _keep(place: Path, step: Revision) -> None:
    with (place / f"{step.version}.toml").open("x", encoding="utf-8", newline="\n") as file:
        file.write(step.text)
    if step.at is not None:
        told = {"by": step.by, "at": step.at.isoformat(), "reason": step.reason}
        (place / f"{step.version}.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")


def _replace(path: Path, text: str) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(partial).replace(path)


def _conflict(name: str, version: int) -> ConflictError:
    return ConflictError(
        "goal_changed",
        Bilingual(
            f"目標「{name}」はほかの人が先に変更しました(現在の版 {version})。",
            f"Somebody else changed the goal “{name}” first (version {version} now).",
        ),
        Bilingual("今の内容を確かめてから、もう一度変更してください。", "Look at what it is now, then change it again."),
    )


def _unreadable(path: Path, error: Exception) -> DefinitionError:
    said = getattr(error, "strerror", None) or "UTF-8"
    return DefinitionError(
        "goal_unreadable",
        Bilingual(f"読めません({said})。", f"cannot be read ({said})."),
        Bilingual("UTF-8 で保存し、権限を確かめてください。", "Save it as UTF-8 and check its permissions."),
        place=f"goals/{path.name}",
    )
