"""`rashin tree`: the logic trees; their figures, their files, their history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rashin.cli.lib.app import WRITING, App, app
from rashin.cli.lib.command import Group, PathType, argument, command, option
from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.why_options import AS_OF
from rashin.errors import Bilingual, InputError, QuestionError

_FILE = PathType(path_type=Path, dir_okay=False)
_REASON = option("--reason", default="", ja="理由(履歴に残る)", en="why; kept in the history")


def _trees(state: App) -> Any:
    """The ready trees and the workspace's own; each file that is wrong is told once, beside the result."""
    from rashin.insight.trees import load

    found = load(state.workspace.folder("trees"), state.centre.catalogue)
    for error in found.refused.values():
        state.note(error.text(lang()))
    return found


@command(
    "ロジックツリーの一覧。用意されたものと、自分で作ったもの。",
    "List the logic trees: the ready ones and your own.",
    examples=("rashin tree list",),
)
def list_() -> None:
    """List the trees."""
    from rashin.cli.lib.listing import Listing, column, deliver

    state = app()
    records = [
        {
            "tree": tree.name,
            "title": told(tree.title),
            "purpose": told(tree.purpose),
            "kpis": ", ".join(tree.nodes[root].kpi or root for root in tree.roots),
            "nodes": len(tree.nodes),
            "origin": say("用意済み", "ready")
            if tree.origin == "built_in"
            else say(f"自作(版 {tree.version})", f"own (version {tree.version})"),
        }
        for tree in _trees(state).values()
    ]
    columns = [
        column("tree", "名前", "Name"),
        column("title", "ツリー", "Tree"),
        column("purpose", "目的", "Purpose"),
        column("kpis", "KPI", "KPIs"),
    ]
    deliver(state, Listing([*columns, column("nodes", "ノード", "Nodes", right=True), column("origin", "種類", "Kind")], records))
    state.next_step("`rashin tree show reach` で数字を入れて表示します。", "`rashin tree show reach` shows one with its figures.")


@command(
    "ツリーに数字を入れて表示する。式でつながるところは寄与(足すと全体)、統計的なところは測った強さ。",
    "Show a tree with its figures: parts along formulas (they add up), measured strength along the other links.",
    argument("name"),
    option("--period", "-p", ja="期間(省略時はデータのある最後の7日間)", en="period (default: the last seven days with data)"),
    option("--against", "-a", ja="比べる期間: previous、last_year、または期間", en="compare with: previous, last_year, or a period"),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み。例: channel=voice", en="filter, such as channel=voice"),
    AS_OF,
    option("--below", metavar="NODE", ja="このノードから下だけ", en="only this node and what hangs on it"),
    examples=("rashin tree show reach --period 2026-10", "rashin tree show handling --period 2026-10 --where channel=voice --below talk"),
)
def show(name: str, period: str | None, against: str | None, where: tuple[str, ...], as_of: int | None, below: str | None) -> None:
    """Show one tree with figures."""
    from rashin.cli.lib.asking import filters
    from rashin.cli.lib.why_options import periods
    from rashin.cli.lib.why_words import deliver_tree
    from rashin.insight.trees.values import compute
    from rashin.query import Scope

    state = app()
    tree = _trees(state).tree(name)
    own, before = periods(state, period, against)
    found = compute(
        state.store, state.centre.catalogue, tree, own, before, scope=Scope.everything(), where=filters(where), below=below, as_of=as_of
    )
    deliver_tree(state, found)


@command(
    "ツリーのTOMLをそのまま出す。写して書き換えると自分のツリーになる。",
    "Print the text of a tree, to copy and change into one of your own.",
    argument("name"),
    examples=("rashin tree text reach --out my-tree.toml",),
)
def text(name: str) -> None:
    """Print the file of a tree."""
    state = app()
    tree = _trees(state).tree(name)
    if state.out is not None:
        state.out.write_text(tree.text, encoding="utf-8")
    else:
        state.screen.out(tree.text.rstrip("\n"))
    state.next_step(
        f"書き換えたら `rashin tree save {name} --file FILE` で保存します。", f"After changing it: `rashin tree save {name} --file FILE`."
    )


@command(
    "ツリーのファイルを定義に照らして確かめる(保存しない)。矛盾があれば場所と語を示す。",
    "Check a tree's file against the definitions without saving it; says where it contradicts them.",
    argument("file", type=_FILE),
    examples=("rashin tree check my-tree.toml",),
)
def check(file: Path) -> None:
    """Check a file."""
    from rashin.insight.trees.shelf import check as look

    state = app()
    tree = look(file.stem.lower().replace(" ", "-") or "tree", _read(file), state.centre.catalogue)
    gaps = sum(not node.whole for node in tree.nodes.values() if node.parts)
    sure = sum(node.whole for node in tree.nodes.values() if node.parts)
    state.screen.out(
        say(
            f"定義と矛盾しません: 式 {sure}(常に成り立つ)、{gaps}(残りつき)、統計的なつながり {sum(len(node.moved_by) for node in tree.nodes.values())}。",
            f"Agrees with the definitions: {sure} formulas always hold, {gaps} leave a rest; {sum(len(node.moved_by) for node in tree.nodes.values())} measured links.",
        )
    )


@command(
    "ツリーを保存する。定義と矛盾するものは保存しない。これまでの版は残る。",
    "Save a tree. One that contradicts the definitions is refused; earlier versions stay.",
    argument("name"),
    option("--file", "file", type=_FILE, required=True, ja="ツリーのTOMLファイル", en="the tree's TOML file"),
    _REASON,
    examples=("rashin tree save reach --file my-tree.toml --reason 夜間窓口を追加",),
)
def save(name: str, file: Path, reason: str) -> None:
    """Save a tree."""
    from rashin.cli.lib.person import who
    from rashin.insight.trees import shelf as tree_shelf

    state = app()
    with WRITING:
        tree = tree_shelf.save(
            state.workspace.folder("trees"), name, _read(file), by=who(), reason=reason or "saved", catalogue=state.centre.catalogue
        )
    state.note(say(f"ツリー「{tree.name}」を保存しました(版 {tree.version})。", f"Saved the tree “{tree.name}” (version {tree.version})."))
    state.next_step(
        f"`rashin tree show {tree.name}` で数字を入れて表示します。", f"`rashin tree show {tree.name}` shows it with its figures."
    )


@command(
    "自分のツリーを取り除く。版は残り、同じ名前の用意されたツリーがあれば元に戻る。",
    "Take an own tree away. Its versions stay; a ready tree of the same name shows again.",
    argument("name"),
    _REASON,
    examples=("rashin tree remove reach --reason 用意されたものに戻す",),
)
def remove(name: str, reason: str) -> None:
    """Remove a tree."""
    from rashin.cli.lib.person import who
    from rashin.insight.trees import shelf as tree_shelf

    state = app()
    with WRITING:
        tree_shelf.remove(state.workspace.folder("trees"), name, by=who(), reason=reason or "removed")
    state.note(say(f"ツリー「{name}」を取り除きました。", f"Removed the tree “{name}”."))


@command(
    "自分のツリーの変更履歴。版の番号を付けると、その版の内容を表示する。",
    "The versions of an own tree: who, when, why. With a number: what that version says.",
    argument("name"),
    argument("number", type=int, required=False),
    examples=("rashin tree history reach", "rashin tree history reach 1"),
)
def history(name: str, number: int | None) -> None:
    """Show the history of a tree."""
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.insight.trees import shelf as tree_shelf

    state = app()
    steps = tree_shelf.history(state.workspace.folder("trees"), name)
    if number is None:
        records = [
            {
                "version": each.version,
                "at": each.at.isoformat(timespec="seconds") if each.at else "",
                "by": each.by,
                "reason": each.reason,
                "removed": each.removed,
            }
            for each in steps
        ]
        columns = [column("version", "版", "Version", right=True), column("at", "いつ", "When"), column("by", "誰が", "Who")]
        columns += [column("reason", "理由", "Why"), column("removed", "取り除いた", "Removed", lambda gone: "✓" if gone else "")]
        deliver(state, Listing(columns, records))
        return
    found = next((each for each in steps if each.version == number), None)
    if found is None:
        raise QuestionError("unknown_version", Bilingual(f"版 {number} はありません。", f"There is no version {number}."))
    state.screen.out(found.text.rstrip("\n"))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "file_unreadable", Bilingual(f"{file.name} を読めません({error})。", f"{file.name} cannot be read ({error}).")
        ) from None


COMMAND = Group(
    "tree",
    Bilingual(
        "ロジックツリー: KGI → KPI → 構成要素 → 打ち手。式でつながるところと統計的なつながりを分けて示す。",
        "Logic trees: KGI → KPIs → components → actions; what is linked by formula and what by measurement, told apart.",
    ),
    commands={"list": list_, "show": show, "text": text, "check": check, "save": save, "remove": remove, "history": history},
)
