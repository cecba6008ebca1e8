"""A workspace: the directory with everything that makes numbers. Finding it, making it, and where its parts lie."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rashin.errors import Bilingual, OutsideError, WorkspaceError
from rashin.store.config import FILE, Config, read

ENGINE_FILE = "rashin.duckdb"
FOLDERS = ("kpis", "goals", "trees", "calendars", "mappings", "landing", "facts")
ORG_HEADER = "agent,agent_name,team,team_name,site,vendor,valid_from,valid_to\n"

_TEMPLATE = {
    "ja": """\
# ワークスペースの設定。数字を左右する設定はすべてファイルに書き、版管理に入れられます。

[organisation]
name              = {name}
zone              = {zone}      # 拠点の標準時間帯
cutover           = "00:00"           # 営業日の切り替え時刻。「25時」運用なら "05:00" など
fiscal_year_start = 4                 # 年度の始まる月
week_start        = "monday"          # 週の始まる曜日
language          = "ja"

# 連携元ごとの設定(必要なときだけ)
# [sources.pbx-tokyo]
# title  = "東京PBX"
# zone   = "Asia/Tokyo"
# expect = "open_days"                # daily | open_days | none: データが届くはずの日

[engine]
memory_limit = "2GiB"
threads      = 0                      # 0 = すべてのコア
rollups      = "auto"                 # auto | always | never

[privacy]
minimum_group = 1                     # これより少ない人数の値は表示しない
""",
    "en": """\
# Settings of the workspace. Whatever changes a number is written in files like this one, so that it can be kept under version control.

[organisation]
name              = {name}
zone              = {zone}      # default time zone of the sites
cutover           = "00:00"           # hour at which a business date begins, e.g. "05:00"
fiscal_year_start = 4                 # first month of the fiscal year
week_start        = "monday"          # first day of the week
language          = "en"

# What is particular to one source (only where needed)
# [sources.pbx-tokyo]
# title  = "PBX Tokyo"
# zone   = "Asia/Tokyo"
# expect = "open_days"                # daily | open_days | none: days on which data should arrive

[engine]
memory_limit = "2GiB"
threads      = 0                      # 0 = all cores
rollups      = "auto"                 # auto | always | never

[privacy]
minimum_group = 1                     # a figure about fewer people than this is not shown
""",
}


@dataclass(frozen=True)
class Workspace:
    """One workspace at ``path``. :meth:`find` walks up like git does; :meth:`create` makes a new one; ``config`` is read when first asked for."""

    path: Path

    @classmethod
    def find(cls, start: str | Path = ".") -> Workspace:
        """Return the workspace at ``start`` or in the nearest folder above it; WorkspaceError when there is none."""
        here = Path(start).expanduser().resolve()
        for folder in (here, *here.parents):
            if (folder / FILE).is_file():
                return cls(folder)
        raise WorkspaceError(
            "workspace_missing",
            Bilingual(f"{here} とその上位のフォルダーにワークスペースがありません。", f"There is no workspace in {here} or above it."),
            Bilingual("`rashin init フォルダー` で作成してください。", "Make one with `rashin init FOLDER`."),
        )

    @classmethod
    def create(cls, path: str | Path, *, name: str = "", zone: str = "Asia/Tokyo", language: str = "ja") -> Workspace:
        """Make a workspace at ``path`` (the folder may exist, a workspace in it may not) and return it. Only its owner may enter it (0700)."""
        from rashin.calendars.zones import zone_info

        zone_info(zone, "zone")
        folder = Path(path).expanduser().resolve()
        if (folder / FILE).exists():
            raise WorkspaceError(
                "workspace_exists",
                Bilingual(f"{folder} にはすでにワークスペースがあります。", f"There is already a workspace in {folder}."),
                Bilingual("別のフォルダーを指定してください。", "Name another folder."),
            )
        try:
            _write(folder, name or folder.name, zone, language)
        except OSError as error:
            raise OutsideError(
                "workspace_unwritable",
                Bilingual(f"{folder} に書き込めません({error.strerror})。", f"Cannot write in {folder} ({error.strerror})."),
                Bilingual("場所と権限を確かめてください。", "Check the place and its permissions."),
            ) from error
        return cls(folder)

    @cached_property
    def config(self) -> Config:
        """The checked contents of ``rashin.toml``; DefinitionError when it says something unknown."""
        return read(self.path / FILE)

    def folder(self, name: str) -> Path:
        """Return the folder called ``name`` (one of ``FOLDERS``), made when missing."""
        if name not in FOLDERS:
            raise KeyError(name)
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @property
    def engine_file(self) -> Path:
        """The one file of the embedded engine."""
        return self.path / ENGINE_FILE

    @property
    def scratch(self) -> Path:
        """Folder for what may be deleted whenever nobody works here: spill files of the engine, half-written exports."""
        return self.path / ".scratch"


def _write(folder: Path, name: str, zone: str, language: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for each in FOLDERS:
        (folder / each).mkdir(mode=0o700, exist_ok=True)
    if not (folder / "org.csv").exists():
        (folder / "org.csv").write_text(ORG_HEADER, "utf-8-sig", newline="")
    text = _TEMPLATE["ja" if language == "ja" else "en"].format(name=_quoted(name), zone=_quoted(zone))
    # rashin.toml comes last and whole: its presence is what makes the folder a workspace
    partial = folder / f".{FILE}.{os.getpid()}"
    partial.write_text(text, "utf-8")
    partial.rename(folder / FILE)


def _quoted(text: str) -> str:
    """Return ``text`` as a TOML basic string."""
    out = "".join(f"\\u{ord(c):04x}" if ord(c) < 0x20 or ord(c) == 0x7F else {"\\": "\\\\", '"': '\\"'}.get(c, c) for c in text)
    return f'"{out}"'
