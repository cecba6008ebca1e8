"""The guide's page of commands, written from the commands themselves: ``python -m rashin.cli.lib.guide docs/guide``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rashin.cli.lib.command import Command, Group, Option, common
from rashin.cli.lib.lang import lang, say, told, use
from rashin.cli.lib.run import ROOT

CODES = (
    (0, "正常に終わった", "done"),
    (1, "予期しないエラー", "an error that nobody foresaw"),
    (2, "問いやコマンドの書き方に、存在しないものがある", "the question or the command line names something that does not exist"),
    (
        3,
        "定義・対応づけ・カレンダー・rashin.toml が誤っている、または要確認が残っている",
        "a definition, mapping, calendar or rashin.toml is wrong, or doubts are open",
    ),
    (4, "ファイル全体が読めない", "a file as a whole cannot be read"),
    (
        5,
        "ワークスペースがない、壊れている、使用中で応答がない",
        "the workspace is missing, damaged, or in use by a process that does not answer",
    ),
    (6, "外の世界の失敗(空き容量・権限)。何も変わっていない", "the world outside failed (disk, permissions); nothing was changed"),
    (7, "閲覧範囲の外", "not allowed"),
    (
        8,
        "終わったが、見つかったものがある(`check` の不備、`load --strict` の取込不可)",
        "done, and something was found (`check`; refused rows with `load --strict`)",
    ),
    (130, "中断された", "interrupted"),
)


def page(language: str) -> str:
    """Return the page in one language."""
    use(language)
    context = click.Context(ROOT)
    lines = [
        say("# コマンド", "# Commands"),
        "",
        say(
            "このページは `rashin` の各コマンドの説明から作られています。端末では `rashin コマンド --help` で同じ内容を読めます。",
            "This page is written from the commands themselves; `rashin COMMAND --help` says the same in a terminal.",
        ),
        "",
        *_general(),
    ]
    for name in ROOT.list_commands(context):
        found = ROOT.get_command(context, name)
        lines += _group(found) if isinstance(found, Group) else _one(found, f"rashin {name}") if isinstance(found, Command) else []
    return "\n".join(lines).rstrip() + "\n"


def _general() -> list[str]:
    rows = [f"| {code} | {say(ja, en)} |" for code, ja, en in CODES]
    return [
        say("## 共通のこと", "## In common"),
        "",
        say(
            "次のオプションはすべてのコマンドで、コマンド名の前でも後でも使えます。ワークスペースを指定しなければ、今いるフォルダーから上へ探します。",
            "These options work with every command, before or after its name. Without a workspace, the nearest one above the current folder is used.",
        ),
        "",
        *_options([each for each in common() if isinstance(each, Option)]),
        "",
        say(
            "言語は `--lang`、なければロケール(LC_ALL、LC_MESSAGES、LANG)、なければワークスペースの `language`、それもなければ英語です。結果は標準出力、注意書きとエラーは"
            "標準エラー出力に出ます。パイプに流すと枠も色もない表になります。CSV は BOM 付き UTF-8 で、数式と解釈される文字列は無害にして書き出します。",
            "The language is that of `--lang`, else of the locale (LC_ALL, LC_MESSAGES, LANG), else of the workspace, else English. Results go to standard output, remarks and "
            "errors to standard error. Into a pipe, tables have neither rules nor colour. CSV is UTF-8 with a byte-order mark; text that a spreadsheet would take for a "
            "formula is made harmless.",
        ),
        "",
        say(
            "ワークスペースは一つのプロセスが所有します。別のプロセスが使用中なら、コマンドはそのプロセスに処理を任せ、そのことを表示します。",
            "One process owns a workspace. A command that finds it owned lets the owner do the work, and says so.",
        ),
        "",
        say("### 終了コード", "### Exit codes"),
        "",
        say("| コード | 意味 |", "| code | meaning |"),
        "|---|---|",
        *rows,
        "",
        say("### シェル補完", "### Shell completion"),
        "",
        say(
            "`rashin completion bash`(zsh、fish も可)の出力をシェルの設定に加えると、コマンド・オプション・KPI名が補完されます。",
            "Add the output of `rashin completion bash` (or zsh, fish) to your shell's settings: commands, options and KPI names are completed.",
        ),
        "",
    ]


def _group(group: Group) -> list[str]:
    lines = [f"## rashin {group.name}", "", told(group.told), ""]
    for name, found in group.commands.items():
        if isinstance(found, Command):
            lines += ["#" + line if line.startswith("##") else line for line in _one(found, f"rashin {group.name} {name}")]
    return lines


def _one(command: Command, called: str) -> list[str]:
    context = click.Context(command, info_name=called)
    usage = " ".join([called, *command.collect_usage_pieces(context)])
    own = [each for each in command.params if isinstance(each, Option) and each.name not in {one.name for one in common()}]
    lines = [f"## {called}", "", told(command.told), "", "```", usage, "```", ""]
    if own:
        lines += [*_options(own), ""]
    if command.examples:
        lines += [say("例:", "Examples:"), "", "```", *command.examples, "```", ""]
    return lines


def _options(options: list[Option]) -> list[str]:
    rows = [say("| オプション | 意味 |", "| option | meaning |"), "|---|---|"]
    for each in options:
        record = each.get_help_record(click.Context(ROOT))
        if record is not None:
            name, text = (part.replace("|", "\\|") for part in record)
            rows.append(f"| `{name}` | {text} |")
    return rows


def main(folder: str) -> None:
    """Write the page in both languages below ``folder``."""
    for language in ("ja", "en"):
        target = Path(folder) / language / "commands.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(language), encoding="utf-8")
        print(f"{target}  {lang()}")


if __name__ == "__main__":
    main(sys.argv[1])
