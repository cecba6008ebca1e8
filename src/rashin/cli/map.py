"""`rashin map`: look at a file and propose how to read it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import App, app, typed
from rashin.cli.lib.command import PathType, argument, command, option
from rashin.cli.lib.lang import lang, say, told
from rashin.errors import WorkspaceError

if TYPE_CHECKING:
    from rashin.connect import Doubt, Mapping
    from rashin.intake.propose import Proposal


#: A table with more columns is shown without those that nothing reads.
_WIDE = 60


@command(
    "ファイルを見て対応づけの案を示す。元の列がどの項目になるか、単位・例・確かめるべきことを表示する。推測できないことは尋ねる。",
    "Look at a file and propose a mapping. Shows what each column becomes, units, samples and doubts; what cannot be known is asked.",
    argument("file", type=PathType(path_type=Path, dir_okay=False)),
    option("--fact", ja="何の記録か(contact、survey、shift …)", en="what it records (contact, survey, shift …)"),
    option("--source", ja="連携元の名前", en="name of the source"),
    option("--zone", ja="時差の付いていない時刻のタイムゾーン", en="zone of times without an offset"),
    option(
        "--table",
        multiple=True,
        metavar="KEY=VALUE",
        ja="読み方(encoding=cp932、sheet=勤怠、header_row=3 など)",
        en="how to read it (encoding=cp932, sheet=…, header_row=3)",
    ),
    option("--settle", multiple=True, metavar="CODE=CHOICE", ja="要確認への答え", en="answer to a doubt"),
    option(
        "--save",
        is_flag=True,
        ja="対応づけを mappings/ に保存する(すでにあれば答えだけを書き込む)",
        en="keep it in mappings/ (an existing one only gets the answers)",
    ),
    option(
        "--to",
        type=PathType(path_type=Path, dir_okay=False),
        ja="保存するファイル(--save を含む)",
        en="keep it in this file (implies --save)",
    ),
    option("--toml", is_flag=True, ja="対応づけファイルの中身を表示", en="print the mapping file itself"),
    examples=(
        "rashin map calls.csv",
        "rashin map calls.csv --settle zone=Asia/Tokyo --save",
        "rashin map attendance.xlsx --fact shift --toml",
    ),
)
def map_(
    file: Path,
    fact: str | None,
    source: str | None,
    zone: str | None,
    table: tuple[str, ...],
    settle: tuple[str, ...],
    save: bool,
    to: Path | None,
    toml: bool,
) -> None:
    """Propose, show, and keep a mapping."""
    from rashin.cli.lib.asking import pair
    from rashin.cli.lib.fitting import choices
    from rashin.intake.doubts import settle as settle_doubts
    from rashin.intake.propose import propose

    state = app()
    known = dict(pair(each, "--table", "encoding=cp932") for each in table)
    if lang() != "ja":
        known.setdefault("unnamed", "column")
    proposal = propose(
        file,
        source=source,
        fact=fact,
        zone=zone,
        zones=_zones(state),
        table={key: _typed(value) for key, value in known.items()},
        answers=choices(settle),
    )
    target = to or (_default_target(state, proposal.mapping) if save else None)
    if target is not None and target.exists() and not _read_anew(target, choices(settle)):
        _answer(state, target, choices(settle), file)
        return
    mapping = settle_doubts(proposal.mapping, choices(settle))
    text = _text(proposal, mapping)
    if toml:
        state.screen.out(text.rstrip("\n"))
    else:
        _show(state, file, proposal, mapping)
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        state.note(say(f"保存しました: {target}", f"Kept in {target}"))
    if not proposal.columns and not mapping.open_doubts:
        state.next_step(f"`rashin load {typed(file)}`", f"`rashin load {typed(file)}`")
        return
    _next(state, file, mapping.open_doubts, target)


def _typed(value: str) -> Any:
    return int(value) if value.isdecimal() else value


def _zones(state: App) -> tuple[str, ...]:
    """The zones that are offered: the organisation's first."""
    try:
        own = state.workspace.config.zone()
    except WorkspaceError:
        own = "Asia/Tokyo"
    return tuple(dict.fromkeys((own, "Asia/Tokyo", "UTC")))


def _default_target(state: App, mapping: Mapping) -> Path:
    return state.workspace.folder("mappings") / f"{mapping.source}.toml"


def _read_anew(target: Path, answers: dict[str, str]) -> bool:
    """True when an answer is about the reading itself (which sheet …) and was open until now: the kept proposal was of other columns, and is made again."""
    from rashin.connect import read_mapping
    from rashin.intake.propose.look import READING

    return any(each.code in READING and each.name in answers for each in read_mapping(target).open_doubts)


def _text(proposal: Proposal, mapping: Mapping) -> str:
    from dataclasses import replace

    return replace(proposal, mapping=mapping).toml(lang())


def _answer(state: App, target: Path, answers: dict[str, str], file: Path) -> None:
    """Write answers into an existing mapping and leave everything else of it as its owner wrote it."""
    import tomlkit

    from rashin.connect import read_mapping
    from rashin.intake.doubts import settle as settle_doubts

    mapping = read_mapping(target)
    settled = settle_doubts(mapping, answers)
    document = tomlkit.parse(target.read_text(encoding="utf-8"))
    for entry, doubt in zip(document.get("doubt", []), settled.doubts, strict=False):
        if doubt.settled and entry.get("settled", "") != doubt.settled:
            entry["settled"] = doubt.settled
    if answers:
        target.write_text(tomlkit.dumps(document), encoding="utf-8")
        state.note(say(f"答えを書き込みました: {target}", f"Wrote the answers into {target}"))
    else:
        state.note(
            say(f"すでに対応づけがあります。変えていません: {target}", f"There is a mapping already; it was left as it is: {target}")
        )
    _doubts(state, settled.doubts)
    _next(state, file, settled.open_doubts, target)


def _show(state: App, file: Path, proposal: Proposal, mapping: Mapping) -> None:
    from rashin.cli.lib.listing import Listing, column, deliver

    records = [
        {
            "column": each.name,
            "kind": each.kind,
            "samples": "、".join(each.samples[:3]) if lang() == "ja" else ", ".join(each.samples[:3]),
            "becomes": ", ".join(each.chosen),
            "unit": _unit(mapping, each.name),
            "candidates": ", ".join(f"{name} {score:.2f}" for name, score in each.candidates[:2] if name not in each.chosen),
            "note": told(each.note),
        }
        for each in proposal.columns
    ]
    columns = [
        column("column", "元の列", "Column"),
        column("samples", "例", "Samples", lambda text: text if len(text) <= 44 else text[:43] + "…"),
        column("becomes", "項目", "Becomes"),
        column("unit", "単位・順序", "Unit, order"),
        column("note", "注", "Note"),
    ]
    if state.format != "table":
        columns = [column(name, name, name) for name in records[0]] if records else columns
    records, unread = _folded(records) if state.format == "table" else (records, 0)
    whole = say("全行", "all rows") if proposal.whole else say("先頭の一部", "the first part")
    facts = ", ".join(f"{name} {score:g}" for name, score in proposal.facts[:3])
    title = f"{file.name}: {proposal.form}, {proposal.rows:,} " + say(
        f"行({whole}を見た{_lost(proposal)})。種類の見立て: {facts}", f"rows ({whole} seen{_lost(proposal)}). Looks like: {facts}"
    )
    if not proposal.columns:
        state.note(
            say(
                f"{file.name}: コネクタ「{mapping.connector}」の形式です。対応づけは要りません。",
                f"{file.name}: this is the form of the connector “{mapping.connector}”, no mapping is needed.",
            )
        )
        _doubts(state, mapping.doubts)
        return
    notes = [say(f"ほか {unread} 列は読みません。", f"{unread} more columns are not read.")] if unread else []
    deliver(state, Listing(columns, records, title, notes=notes))
    _doubts(state, mapping.doubts)


def _lost(proposal: Proposal) -> str:
    """Lines that cannot be split, and those that do not count (titles, totals)."""
    ignored = sum(proposal.ignored.values())
    words = [say(f"取込不可 {proposal.refused:,}", f"{proposal.refused:,} refused")] if proposal.refused else []
    words += [say(f"表題・合計など対象外 {ignored:,}", f"{ignored:,} left out: titles, totals …")] if ignored else []
    return "".join(say("、", "; ") + word for word in words)


def _folded(records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Of a very wide table the columns that are read or remarked upon, and the number of the others."""
    if len(records) <= _WIDE:
        return records, 0
    shown = [each for each in records if each["becomes"] or (each["note"] and each["kind"] != "empty")]
    return shown, len(records) - len(shown)


def _unit(mapping: Mapping, name: str) -> str:
    """Return the unit, order or value list by which a column is read."""
    for fact in mapping.facts:
        for field in fact.fields.values():
            if name in field.columns:
                words = [
                    field.unit or "",
                    field.order or "",
                    say(f"値{len(field.values)}種", f"{len(field.values)} values") if field.values else "",
                ]
                return " ".join(word for word in words if word)
    return ""


def _doubts(state: App, doubts: tuple[Doubt, ...]) -> None:
    # two facts of one row may ask the same of one column: one answer settles both
    for doubt in {each.name: each for each in doubts}.values():
        mark = say("済", "settled") if doubt.settled else say("要確認", "doubt")
        chosen = f" = {doubt.settled}" if doubt.settled else f"  [{' | '.join(doubt.choices)}]"
        state.note(f"  {mark}  {doubt.name}: {told(doubt.question)}{chosen}")
        for note in doubt.notes:
            state.note(f"        {note}")


def _next(state: App, file: Path, open_doubts: tuple[Doubt, ...], target: Path | None) -> None:
    if open_doubts:
        first = open_doubts[0]
        example = "--settle " + shlex.quote(f"{first.name}={first.choices[0] if first.choices else '…'}")
        state.next_step(
            f"{len(open_doubts)} 件を決めてください: `rashin map {typed(file)} {example} --save`",
            f"{len(open_doubts)} to settle: `rashin map {typed(file)} {example} --save`",
        )
    elif target is None:
        state.next_step(f"`rashin map {typed(file)} --save` で保存します。", f"`rashin map {typed(file)} --save` keeps it.")
    else:
        state.next_step(f"`rashin load {typed(file)} --mapping {target.stem}`", f"`rashin load {typed(file)} --mapping {target.stem}`")


COMMAND = map_
