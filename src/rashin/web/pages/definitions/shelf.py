"""Where a workspace's own definitions lie: ``kpis/<key>.toml``, and every version that was saved here in ``kpis/.history/<key>/``."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rashin.catalogue.loader import BUILT_IN
from rashin.errors import Bilingual, OutsideError

_KEY = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_HEADER = re.compile(r"""\s*\[\[?\s*["']?([A-Za-z0-9_-]+)""")


def is_key(text: str) -> bool:
    """True for what may be the name of a KPI, and so of a file."""
    return _KEY.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Held:
    """The definition of one KPI as it is written now. ``file``: the workspace's file that holds it; None = built in. ``base`` changes with the text."""

    key: str
    text: str
    file: Path | None
    built_in: str | None

    @property
    def base(self) -> str:
        """What an edit is based on: compared when it is saved."""
        return hashlib.sha256(f"{self.file is not None}\0{self.text}".encode()).hexdigest()[:32]

    @property
    def origin(self) -> str:
        """``built_in``, ``overridden`` (built in, changed here) or ``added``."""
        return "built_in" if self.file is None else "overridden" if self.built_in is not None else "added"


@dataclass(frozen=True, slots=True)
class Version:
    """One saved version. ``text`` is empty when the workspace's own definition was taken away."""

    number: int
    text: str
    by: str
    at: datetime | None
    reason: str

    @property
    def removed(self) -> bool:
        """True when this step took the workspace's own definition away."""
        return not self.text


def held(folder: Path, key: str) -> Held:
    """Return what is written about ``key`` now; empty text when there is no such KPI yet."""
    built_in = _find(BUILT_IN, key)
    own = _find(folder, key)
    if own is not None:
        return Held(key, own[1], own[0], built_in[1] if built_in else None)
    return Held(key, built_in[1] if built_in else "", None, built_in[1] if built_in else None)


def _find(folder: Path, key: str) -> tuple[Path, str] | None:
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text(encoding="utf-8-sig")
        data = tomllib.loads(text)
        if key in data:
            return path, text if len(data) == 1 else _section(text, key, data)
    return None


def _section(text: str, key: str, data: dict[str, Any]) -> str:
    """The lines of one entry as they were typed; where they cannot be cut out by lines, the same content written anew."""
    lines, inside = [], False
    for line in text.splitlines():
        found = _HEADER.match(line)
        if found and not line.strip().startswith("[["):
            inside = found.group(1) == key
        if inside:
            lines.append(line)
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    cut = "\n".join(lines) + "\n"
    try:
        if tomllib.loads(cut) == {key: data[key]}:
            return cut
    except tomllib.TOMLDecodeError:
        pass
    import tomlkit

    return tomlkit.dumps({key: data[key]})


def versions(folder: Path, key: str) -> list[Version]:
    """Return every version saved for ``key``, the newest first."""
    place = folder / ".history" / key
    numbers = sorted((int(path.stem) for path in place.glob("*.toml") if path.stem.isdecimal()), reverse=True)
    return [_version(place, number) for number in numbers]


def _version(place: Path, number: int) -> Version:
    told: dict[str, Any] = {}
    try:
        told = json.loads((place / f"{number}.json").read_text("utf-8"))
        at = datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError):
        at = None
    return Version(number, (place / f"{number}.toml").read_text("utf-8"), str(told.get("by", "")), at, str(told.get("reason", "")))


def write(folder: Path, now: Held, text: str, by: str, reason: str) -> Version:
    """Write ``text`` as the definition of ``now.key`` (empty = take the workspace's own definition away), keep it as a version, and return that.

    What had been written by hand since the last version becomes a version first, so that nothing is lost. OutsideError when the disk refuses.
    """
    try:
        kept = versions(folder, now.key)
        if now.file is not None and (not kept or kept[0].text != now.text):
            _keep(folder, now.key, now.text, "", "written in the file itself")
        made = _keep(folder, now.key, text, by, reason)
        if now.file is not None and now.file.name != f"{now.key}.toml":
            take_out(now.file, now.key)
        target = folder / f"{now.key}.toml"
        if text:
            _replace(target, text)
        elif now.file is not None and now.file.name == target.name:
            take_out(target, now.key)
    except OSError as error:
        raise OutsideError(
            "definition_not_written",
            Bilingual(f"定義を保存できません({error.strerror})。", f"The definition cannot be written: {error.strerror}."),
            Bilingual("kpis フォルダの空き容量と権限を確かめてください。", "Check space and permissions of the kpis folder."),
        ) from error
    return made


def _keep(folder: Path, key: str, text: str, by: str, reason: str) -> Version:
    place = folder / ".history" / key
    place.mkdir(parents=True, exist_ok=True)
    number = max((int(path.stem) for path in place.glob("*.toml") if path.stem.isdecimal()), default=0) + 1
    at = datetime.now(UTC)
    (place / f"{number}.json").write_text(json.dumps({"by": by, "at": at.isoformat(), "reason": reason}, ensure_ascii=False), "utf-8")
    with (place / f"{number}.toml").open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return Version(number, text, by, at, reason)


def take_out(path: Path, key: str) -> None:
    """Take one entry out of a file; the file goes when it held nothing else."""
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    document.remove(key)
    if document.unwrap():
        _replace(path, tomlkit.dumps(document))
    else:
        path.unlink()


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text if text.endswith("\n") else text + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
