"""Files that people change, with every version kept: ``<folder>/<name>.toml`` is what holds now, ``<folder>/.history/<name>/<n>.toml`` what held before."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from rashin.errors import Bilingual, ConflictError, DefinitionError, OutsideError, QuestionError, RashinError, nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved version. ``text`` is empty where the file was removed; ``by`` is empty where it was changed by hand."""

    version: int
    by: str
    at: datetime | None
    reason: str
    text: str

    @property
    def removed(self) -> bool:
        """True when this step took the file away."""
        return not self.text


@dataclass(frozen=True)
class Named(Mapping[str, T], Generic[T]):
    """What was read from such files, by name. ``refused``: file name → why it could not be read; the others stand."""

    by_name: Mapping[str, T] = field(default_factory=dict)
    refused: Mapping[str, RashinError] = field(default_factory=dict)
    #: The code when there is none of a name, what they are called, and the command that lists them.
    unknown: ClassVar[str]
    noun: ClassVar[Bilingual]
    listing: ClassVar[str]

    def __getitem__(self, name: str) -> T:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def find(self, name: str) -> T:
        """Return the one of a name. Raises the refusal when its file is wrong, QuestionError with the nearest name when there is none."""
        if name in self.by_name:
            return self.by_name[name]
        if f"{name}.toml" in self.refused:
            raise self.refused[f"{name}.toml"]
        near = nearest(name, self.by_name)
        raise QuestionError(
            self.unknown,
            Bilingual(f"{self.noun.ja}「{name}」はありません。", f"There is no {self.noun.en} “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
            if near
            else Bilingual(f"`{self.listing}` で一覧を見てください。", f"List them with `{self.listing}`."),
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of one kind. ``code`` begins the codes of its errors ("goal" → goal_changed), ``noun`` says what they are called. Names must have been checked before."""

    folder: Path
    code: str
    noun: Bilingual

    def now(self, name: str) -> Revision:
        """Return what the file says, and as which version: the newest kept one, or the next when it has been changed by hand since. No file: empty text."""
        try:
            text = (self.folder / f"{name}.toml").read_text("utf-8-sig")
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError) as error:
            raise self.unreadable(self.folder / f"{name}.toml", error) from None
        place = self._place(name)
        newest = max((int(path.stem) for path in place.glob("*.toml") if path.stem.isdigit()), default=0)
        if newest and (not text or (place / f"{newest}.toml").read_text("utf-8") == text):
            return _revision(place, newest) if text else Revision(newest, "", None, "", "")
        return Revision(newest + 1 if text else newest, "", None, "", text)

    def history(self, name: str) -> list[Revision]:
        """Return every version, the newest first; a file changed by hand since the last save counts as one."""
        place = self._place(name)
        numbers = sorted((int(path.stem) for path in place.glob("*.toml") if path.stem.isdigit()), reverse=True)
        kept = [_revision(place, number) for number in numbers]
        held = self.now(name)
        return ([held] if held.text and (not kept or kept[0].version < held.version) else []) + kept

    def write(self, name: str, text: str, held: Revision, step: Revision) -> None:
        """Make ``text`` (empty = no file) what holds, kept as ``step``; ``held`` is what was found before. ConflictError when somebody else was first;
        OutsideError when the disk refuses."""
        try:
            place = self._place(name)
            place.mkdir(parents=True, exist_ok=True)
            if held.text and not (place / f"{held.version}.toml").exists():
                _keep(place, held)
            _keep(place, step)  # takes the version: who comes second finds it taken
            target = self.folder / f"{name}.toml"
            if text:
                _replace(target, text)
            else:
                target.unlink(missing_ok=True)
        except FileExistsError:
            raise self.conflict(name, step.version) from None
        except OSError as error:
            raise OutsideError(
                f"{self.code}_not_written",
                Bilingual(
                    f"{self.noun.ja}を保存できません({error.strerror})。", f"The {self.noun.en} cannot be written: {error.strerror}."
                ),
                Bilingual(
                    f"{self.folder.name} フォルダーの空き容量と権限を確かめてください。",
                    f"Check space and permissions of the {self.folder.name} folder.",
                ),
            ) from error

    def conflict(self, name: str, version: int) -> ConflictError:
        """Return the refusal of a change that is based on another version than ``version``, which holds."""
        return ConflictError(
            f"{self.code}_changed",
            Bilingual(
                f"{self.noun.ja}「{name}」はほかの人が先に変更しました(現在の版 {version})。",
                f"Somebody else changed the {self.noun.en} “{name}” first (version {version} now).",
            ),
            Bilingual("今の内容を確かめてから、もう一度変更してください。", "Look at what it is now, then change it again."),
        )

    def unreadable(self, path: Path, error: Exception) -> DefinitionError:
        """Return the refusal of a file that cannot be read."""
        said = getattr(error, "strerror", None) or "UTF-8"
        return DefinitionError(
            f"{self.code}_unreadable",
            Bilingual(f"読めません({said})。", f"cannot be read ({said})."),
            Bilingual("UTF-8 で保存し、権限を確かめてください。", "Save it as UTF-8 and check its permissions."),
            place=f"{self.folder.name}/{path.name}",
        )

    def _place(self, name: str) -> Path:
        return self.folder / ".history" / name


def _revision(place: Path, number: int) -> Revision:
    try:
        told = json.loads((place / f"{number}.json").read_text("utf-8"))
        at: datetime | None = datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError, TypeError):
        told, at = {}, None
    return Revision(number, str(told.get("by", "")), at, str(told.get("reason", "")), (place / f"{number}.toml").read_text("utf-8"))


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
