"""`rashin goals`: targets with dates; where each stands, whether it is SMART, and keeping them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rashin.cli.lib.app import WRITING, App, app
from rashin.cli.lib.choices import KpiName
from rashin.cli.lib.command import Group, PathType, argument, command, option
from rashin.cli.lib.goal_options import changed, day, goal_options
from rashin.cli.lib.lang import lang, say, told
from rashin.errors import Bilingual, QuestionError

_FILE = PathType(path_type=Path, dir_okay=False)
_ON = option("--on", ja="この日の時点で(省略時はデータの最後の日)", en="as of this day (default: the last day with data)")


@command(
    "目標の一覧。判定と、残りの期間に必要な値・達成の見込みを示す。",
    "List the goals: how each is judged, what the rest of its period must bring, and how likely that is.",
    _ON,
    examples=("rashin goals list", "rashin goals list --on 2026-10-21 --format csv --out goals.csv"),
)
def list_(on: str | None) -> None:
    """List the goals."""
    from rashin.cli.lib.goal_words import goals_of, listing, no_goals, pace_of, record, seen_from
    from rashin.cli.lib.listing import deliver

    state = app()
    known = goals_of(state)
    if not known:
        no_goals(state)
        return
    seen, last = seen_from(state, day(on))
    records = [record(pace_of(state, goal, seen, last)) for goal in known.values()]
    deliver(state, listing(records, seen, machine=state.format != "table"))
    missed = next((each["goal"] for each in records if each["judgement"] in ("missed", "near")), records[0]["goal"])
    state.next_step(
        f"`rashin goals show {missed}` で内訳と確かめる点を表示します。",
        f"`rashin goals show {missed}` shows one in full, with what to look into.",
    )


@command(
    "一つの目標を詳しく。書かれていること、いまの位置、届いていないときは確かめる点とその数字。",
    "Show one goal: what it says, where it stands and, when it is not met, what to look into with the figures that confirm or refute it.",
    argument("name"),
    _ON,
    examples=("rashin goals show answer-rate",),
)
def show(name: str, on: str | None) -> None:
    """Show one goal."""
    from rashin.cli.lib.goal_words import goals_of, pace_of, page_of, seen_from

    state = app()
    goal = goals_of(state).goal(name)
    seen, last = seen_from(state, day(on))
    found = pace_of(state, goal, seen, last)
    page = page_of(goal, found)
    if found.judgement.good is False and found.period is not None:
        _causes(state, page, goal, found)
    page.deliver(state)
    state.next_step(f"`rashin goals check {name}` でSMARTの点検をします。", f"`rashin goals check {name}` checks whether it is SMART.")


def _causes(state: App, page: Any, goal: Any, found: Any) -> None:
    from dataclasses import replace
    from datetime import timedelta

    from rashin.judge.causes import of_goal
    from rashin.query import Scope

    done = replace(found.period, end=found.last + timedelta(days=1), kind="span") if found.last < found.period.last else found.period
    listed = of_goal(state.store, state.centre.catalogue, goal, done, scope=Scope.everything())
    if not listed:
        return
    page.gap(say("確かめること(数字は前の期間との比較)", "What to look into (figures against the period before)"))
    marks = {"for": say("疑わしい", "suspect"), "against": say("動いていない", "did not move"), "open": say("未確認", "open")}
    for number, cause in enumerate(listed, 1):
        page.item(f"cause.{number}", f"  {marks[cause.speaks]}", told(cause.hint))
        for each in cause.evidence:
            page.item(f"cause.{number}.{each.kpi}", f"    {each.kpi}", told(each.text))


@command(
    "目標がSMARTかを点検する。足りない点を助言として示す(保存は妨げない)。名前を省くとすべて。",
    "Check whether goals are SMART. What is missing is said as advice; nothing is refused. Without a name: all of them.",
    argument("name", required=False),
    _ON,
    examples=("rashin goals check", "rashin goals check answer-rate"),
)
def check(name: str | None, on: str | None) -> None:
    """Check one goal or all."""
    from rashin.cli.lib.goal_words import goals_of, no_goals, seen_from

    state = app()
    known = goals_of(state)
    if not known and name is None:
        no_goals(state)
        return
    seen, _ = seen_from(state, day(on))
    chosen = [known.goal(name)] if name else list(known.values())
    _smart(state, chosen, known, seen, everything=name is not None or state.format != "table")


def _smart(state: App, chosen: Any, known: Any, seen: Any, *, everything: bool) -> None:
    """Print the findings; where there are many goals only the advice."""
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.judge.smart import LETTERS, realistic
    from rashin.judge.smart import check as look
    from rashin.query import Scope

    records = []
    for goal in chosen:
        history = realistic(state.store, state.centre.catalogue, goal, seen, scope=Scope.everything())
        for each in look(goal, history=history, goals=known, today=seen, catalogue=state.centre.catalogue):
            if everything or each.level == "warn":
                mark = say("助言", "advice") if each.level == "warn" else say("よい", "ok")
                letter = f"{each.letter} {told(LETTERS[each.letter])}"
                records.append({"goal": goal.name, "letter": letter, "level": mark, "text": told(each.text), "code": each.code})
    columns = [
        column("goal", "目標", "Goal"),
        column("letter", "観点", "Letter"),
        column("level", "結果", "Result"),
        column("text", "内容", "What"),
    ]
    if state.format != "table":
        columns.append(column("code", "コード", "Code"))
    advice = sum(each["level"] == say("助言", "advice") for each in records)
    deliver(state, Listing(columns, records, notes=[say(f"助言 {advice} 件", f"{advice} pieces of advice")]))


@command(
    "目標を加える。オプションで書くか、--file でTOMLファイルから。加えたあとSMARTの点検を表示する。",
    "Add a goal, from options or from a TOML file (--file). Afterwards says whether it is SMART.",
    argument("kpi", type=KpiName(), required=False),
    option("--name", ja="目標の名前(英小文字・数字・_・-)", en="name of the goal (lower-case letters, digits, _ and -)"),
    *goal_options(new=True),
    examples=(
        "rashin goals add answer_rate --target 80% --where channel=voice --weekdays 12345 --no-holidays --end 2027-03-31 --owner tanaka@example.jp",
        "rashin goals add aht --low 240 --high 360 --name aht-band",
        "rashin goals add --file goal.toml --name monthly-answer-rate",
    ),
)
def add(kpi: str | None, name: str | None, file: Path | None, reason: str, **given: Any) -> None:
    """Add a goal."""
    from rashin.cli.lib.goal_words import goals_of
    from rashin.judge.goals import name_for
    from rashin.judge.written import dump_data

    state = app()
    known = goals_of(state)
    if (kpi is None) == (file is None):
        raise QuestionError(
            "goal_without_kpi",
            Bilingual("KPIの名前か --file のどちらか一つを指定してください。", "Name either a KPI or a --file."),
            Bilingual("例: `rashin goals add answer_rate --target 80%`", "For example: `rashin goals add answer_rate --target 80%`"),
        )
    text = _text(file) if file is not None else dump_data(changed({"kpi": kpi}, given))
    taken = [*known, *(each.removesuffix(".toml") for each in known.refused)]
    _save(state, name or (name_for(kpi, taken) if kpi is not None else file.stem if file else ""), text, reason or "added", expect=0)


@command(
    "目標を書き換える。指定した項目だけが変わる。--file ならファイルの内容に置き換える。",
    "Change a goal: only what is given changes. With --file the whole goal is replaced.",
    argument("name"),
    *goal_options(new=False),
    option("--unset", multiple=True, metavar="KEY", ja="消す項目(end、plan など)", en="take this out (end, plan …)"),
    examples=("rashin goals edit answer-rate --target 85% --reason 上期の実績を踏まえて", "rashin goals edit answer-rate --unset end"),
)
def edit(name: str, file: Path | None, reason: str, unset: tuple[str, ...], **given: Any) -> None:
    """Change a goal."""
    from rashin.cli.lib.choices import check_word
    from rashin.cli.lib.goal_words import goals_of
    from rashin.judge.written import OPTIONAL, as_data, dump_data

    state = app()
    known = goals_of(state)
    if file is not None:
        _save(state, name, _text(file), reason or "changed")
        return
    goal = known.goal(name)
    data = changed(as_data(goal), given)
    for key in unset:
        data.pop(check_word(key, OPTIONAL, say("項目", "key")), None)
    _save(state, name, dump_data(data), reason or "changed", expect=goal.version)


def _text(file: Path) -> str:
    from rashin.errors import InputError

    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "file_unreadable", Bilingual(f"{file.name} を読めません({error})。", f"{file.name} cannot be read ({error}).")
        ) from None


def _save(state: App, name: str, text: str, reason: str, expect: int | None = None) -> None:
    from rashin.cli.lib.goal_words import goals_of, seen_from
    from rashin.cli.lib.person import who
    from rashin.judge.goals import save
    from rashin.query.settings import Settings

    folder, settings = state.workspace.folder("goals"), Settings.of(state.store)
    with WRITING:
        goal = save(folder, name, text, by=who(), reason=reason, expect_version=expect, catalogue=state.centre.catalogue, settings=settings)
    state.note(
        say(
            f"目標「{goal.name}」を保存しました(版 {goal.version}): {told(goal.heading)}",
            f"Saved the goal “{goal.name}” (version {goal.version}): {told(goal.heading)}",
        )
    )
    seen, _ = seen_from(state, None)
    _smart(state, [goal], goals_of(state), seen, everything=True)
    state.next_step(
        f"`rashin goals show {goal.name}` でいまの位置を表示します。", f"`rashin goals show {goal.name}` shows where it stands."
    )


@command(
    "目標を取り除く。これまでの版は残る。",
    "Take a goal away. Its versions stay.",
    argument("name"),
    option("--reason", default="", ja="理由(履歴に残る)", en="why; kept in the history"),
    examples=("rashin goals remove answer-rate --reason 統合のため",),
)
def remove(name: str, reason: str) -> None:
    """Remove a goal."""
    from rashin.cli.lib.person import who
    from rashin.judge import goals

    state = app()
    with WRITING:
        step = goals.remove(state.workspace.folder("goals"), name, by=who(), reason=reason or "removed")
    state.note(say(f"目標「{name}」を取り除きました。", f"Removed the goal “{name}”."))
    state.next_step(
        f"`rashin goals history {name} {step.version - 1}` でこれまでの内容を表示します。",
        f"`rashin goals history {name} {step.version - 1}` shows what it said.",
    )


@command(
    "目標の変更履歴。版の番号を付けると、その版の内容を表示する。",
    "The versions of a goal: who changed it, when and why. With a number: what that version says.",
    argument("name"),
    argument("number", type=int, required=False),
    examples=("rashin goals history answer-rate", "rashin goals history answer-rate 1"),
)
def history(name: str, number: int | None) -> None:
    """Show the versions of a goal."""
    from rashin.cli.lib.choices import check_word
    from rashin.cli.lib.listing import Listing, column, deliver
    from rashin.judge import goals

    state = app()
    kept = goals.history(state.workspace.folder("goals"), name)
    if number is not None:
        check_word(str(number), {str(each.version) for each in kept}, say("版", "version"))
        state.screen.out(next(each.text for each in kept if each.version == number).rstrip("\n"))
        return
    records = [
        {
            "version": each.version,
            "at": each.at,
            "by": each.by or say("(ファイルを直接変更)", "(changed in the file itself)"),
            "what": say("取り除いた", "removed") if each.removed else say("保存した", "saved"),
            "reason": each.reason,
        }
        for each in kept
    ]
    columns = [
        column("version", "版", "Version", right=True),
        column("at", "日時", "At", lambda at: "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M}"),
        column("by", "だれ", "By"),
        column("what", "操作", "What"),
        column("reason", "理由", "Reason"),
    ]
    deliver(state, Listing(columns, records, notes=[say(f"{len(records)} 版", f"{len(records)} versions")]))
    if not records:
        state.next_step("`rashin goals list` で目標の一覧を表示します。", "`rashin goals list` lists the goals.")


@command(
    "目標の決め方の例。段階(5→12→21項目)・目的別・業種別。目標値には出どころが付く。--adopt で自分の目標にする。",
    "Sets to begin with: staged (5, 12, 21 KPIs), by purpose, by industry. Each target says where it comes from. --adopt makes them goals of this workspace.",
    argument("name", required=False),
    option("--adopt", is_flag=True, ja="この組の目標を加える", en="add the goals of this set"),
    option("--start", ja="開始日", en="first day"),
    option("--end", ja="終了日", en="last day"),
    option("--owner", ja="責任者のメールアドレス", en="address of the person who answers for them"),
    examples=(
        "rashin goals presets",
        "rashin goals presets stage_5",
        "rashin goals presets stage_5 --adopt --start 2026-11-01 --end 2027-03-31",
    ),
)
def presets(name: str | None, adopt: bool, start: str | None, end: str | None, owner: str | None) -> None:
    """Show the presets, or adopt one."""
    from rashin.cli.lib import goal_presets
    from rashin.cli.lib.choices import check_word
    from rashin.judge.presets import presets as load

    state = app()
    known = load(state.catalogue)
    if name is None:
        goal_presets.listed(state, known)
        return
    chosen = known[check_word(name, known, say("組", "set"))]
    if adopt:
        goal_presets.adopt(state, chosen, day(start) or state.centre.today(), day(end), owner or "")
    else:
        goal_presets.shown(state, chosen)


@command(
    "目標をExcelファイルに書き出す。直して import で取り込める。",
    "Write the goals to a workbook, which can be edited and imported again.",
    argument("file", type=_FILE),
    examples=("rashin goals export goals.xlsx",),
)
def export(file: Path) -> None:
    """Write the goals as XLSX."""
    from rashin.cli.lib.goal_words import goals_of, no_goals
    from rashin.judge.sheet import export as workbook

    state = app()
    known = goals_of(state)
    file.write_bytes(workbook(known, lang()))
    state.note(say(f"{len(known)} 件の目標を書き出しました: {file}", f"Wrote {len(known)} goals to {file}"))
    if not known:
        no_goals(state)
        return
    state.next_step(f"直したあと `rashin goals import {file.name}` で取り込みます。", f"Edit it, then `rashin goals import {file.name}`.")


@command(
    "Excelファイルの目標を取り込む。誤りのある行は、行・列・理由を示して取り込まない。",
    "Import goals from a workbook. Rows with a fault are left out and told by row, column and reason.",
    argument("file", type=_FILE),
    option("--dry-run", is_flag=True, ja="確かめるだけで保存しない", en="check only, save nothing"),
    option("--reason", default="", ja="理由(履歴に残る)", en="why; kept in the history"),
    examples=("rashin goals import goals.xlsx --dry-run", "rashin goals import goals.xlsx"),
)
def import_(file: Path, dry_run: bool, reason: str) -> None:
    """Import goals from XLSX."""
    from rashin.cli.lib import goal_import

    goal_import.run(app(), file, dry_run, reason)


COMMAND = Group(
    "goals",
    Bilingual(
        "目標(期限つきの目標値)と、その判定・ペース・点検。",
        "Goals (targets with dates): judgement, pace and SMART check.",
    ),
    commands={
        "list": list_,
        "show": show,
        "check": check,
        "add": add,
        "edit": edit,
        "remove": remove,
        "history": history,
        "presets": presets,
        "export": export,
        "import": import_,
    },
)
