"""`rashin init`: make a workspace."""

from __future__ import annotations

from pathlib import Path

from rashin.cli.lib.app import app
from rashin.cli.lib.command import PathType, argument, command, option
from rashin.cli.lib.lang import lang, say


@command(
    "ワークスペース(数字のもとになるものをすべて置くフォルダー)を作る。",
    "Make a workspace: the folder that holds everything that makes numbers.",
    argument("folder", type=PathType(path_type=Path, file_okay=False), default="."),
    option("--name", default="", ja="組織の名前", en="name of the organisation"),
    option("--zone", default="Asia/Tokyo", show_default=True, ja="拠点の標準のタイムゾーン", en="default time zone of the sites"),
    examples=("rashin init my-centre", "rashin init my-centre --name さくらサポート --zone Asia/Tokyo"),
)
def init(folder: Path, name: str, zone: str) -> None:
    """Make the folder, rashin.toml, org.csv and the folders for definitions."""
    from rashin.store import Workspace

    state = app()
    made = Workspace.create(folder, name=name, zone=zone, language=lang())
    state.note(say(f"ワークスペースを作りました: {made.path}", f"Made the workspace {made.path}"))
    own = made.config.organisation
    state.note(
        say(
            f"時刻と日付は {own.zone} で、日付の切り替えは {own.cutover} です。ほかの地域や25時運用では、取り込む前に rashin.toml の zone と cutover を直してください。",
            f"Times and dates are those of {own.zone}; a date changes at {own.cutover}. Elsewhere, or with nights past midnight, change zone and cutover in rashin.toml before loading.",
        )
    )
    state.next_step(
        f"データを取り込みます: `rashin -w {folder} map ファイル` で対応づけを確かめ、`rashin -w {folder} load ファイル` で取り込みます。",
        f"Load data: look at the mapping with `rashin -w {folder} map FILE`, then `rashin -w {folder} load FILE`.",
    )


COMMAND = init
