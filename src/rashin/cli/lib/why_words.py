"""Why a KPI moved, as pages for people and as one table for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Listing, column, deliver, show

if TYPE_CHECKING:
    from rashin.insight.change import Change
    from rashin.insight.change.parts import Segment, Split
    from rashin.insight.change.staffed import Staffed
    from rashin.insight.trees.values import Computed, ComputedTree

#: How many ways of slicing are printed in full, and how many segments of each.
_SPLITS, _SEGMENTS = 3, 8
_FIELDS = (
    "kind",
    "by",
    "name",
    "unit",
    "n0",
    "n1",
    "value0",
    "value1",
    "mix",
    "rate",
    "part",
    "low",
    "high",
    "share",
    "surprise",
    "p",
    "noise",
    "text",
)


def deliver_change(state: App, found: Change, *, everything: bool) -> None:
    """Print a change, or write it as one table: a row for the whole, each segment, each node of the tree, each driver."""
    if state.format != "table":
        deliver(state, Listing([column(name, name, name) for name in _FIELDS], _records(found)))
        return
    if state.out is not None:
        from rashin.cli.lib.listing import as_text

        lines = [told(found.text), ""] + [line for each in _listings(found, everything) for line in (*as_text(each), "")]
        state.out.write_text("\n".join(lines), encoding="utf-8")
        return
    state.screen.out(told(found.text))
    for each in _listings(found, everything):
        state.screen.out("")
        show(state, each)
    for note in found.notes:
        state.note(told(note))


def _listings(found: Change, everything: bool) -> list[Listing]:
    told_splits = [each for each in found.splits if everything or each.shown][: None if everything else _SPLITS]
    listed = [_of_split(each, everything) for each in told_splits]
    if found.staffed is not None:
        listed.append(of_staffed(found.staffed))
    if found.tree is not None:
        listed.append(of_tree(found.tree))
    for name, why in found.not_split:
        listed.append(Listing([], [], "", [f"{name}: {told(why)}"]))
    return listed


def _of_split(found: Split, everything: bool) -> Listing:
    from rashin.insight.change import sayings

    segments = found.segments if everything else found.shown[:_SEGMENTS]
    records = [_segment(each, found) for each in segments]
    columns = [column("name", "区分", "Segment")]
    columns += [
        column(name, ja, en, right=True)
        for name, ja, en in (("before", "前", "Before"), ("after", "後", "After"), ("part", "寄与", "Part"))
    ]
    if found.kind in ("share", "mean"):
        columns += [column("rate", "うち値", "Rate", right=True), column("mix", "うち構成", "Mix", right=True)]
    columns += [column("span", "95%区間", "95 % interval", right=True), column("noise", "", "")]
    total = sayings.signed(found.total, found.unit)
    return Listing(columns, records, f"{told(found.label)}  {say('合計', 'in all')} {told(total)}", [told(found.text)])


def _segment(each: Segment, split: Split) -> dict[str, Any]:
    from rashin.insight.change import sayings

    span = ""
    if each.low is not None and each.high is not None:
        low, high = sayings.signed(each.low, split.unit), sayings.signed(each.high, split.unit)
        span = say(f"{low.ja}〜{high.ja}", f"{low.en} to {high.en}")
    return {
        "name": told(each.label),
        "before": told(sayings.value(each.value0, split.unit)),
        "after": told(sayings.value(each.value1, split.unit)),
        "part": told(sayings.signed(each.part, split.unit)),
        "rate": told(sayings.signed(each.rate, split.unit)),
        "mix": told(sayings.signed(each.mix, split.unit)),
        "span": span,
        "noise": say("偶然の範囲", "within chance") if each.noise else "",
    }


def of_staffed(found: Staffed) -> Listing:
    """Return the drivers of the staffing model as a listing; the reason where there are none."""
    from rashin.insight.change import sayings

    records = [
        {
            "name": told(each.label),
            "before": "" if each.before is None else told(sayings.value(each.before, each.unit)),
            "after": "" if each.after is None else told(sayings.value(each.after, each.unit)),
            "part": told(sayings.signed(each.part, found.unit)),
        }
        for each in found.drivers
    ]
    columns = [column("name", "要因", "Driver"), column("before", "前", "Before", right=True), column("after", "後", "After", right=True)]
    title = say("要員モデルを通した内訳", "Through the staffing model")
    return Listing([*columns, column("part", "寄与", "Part", right=True)], records, title, [] if records else [told(found.text)])


def of_tree(found: ComputedTree) -> Listing:
    """Return a computed tree as an indented listing."""
    from rashin.insight.change import sayings
    from rashin.insight.trees import EDGES

    records: list[dict[str, Any]] = []

    def walk(each: Computed, depth: int, unit: str) -> None:
        mark = {"identity": "=", "statistical": "~"}.get(each.edge, "")
        records.append(
            {
                "name": "  " * depth + (f"{mark} " if mark else "") + told(each.node.label),
                "before": told(sayings.value(each.before, each.node.unit)),
                "after": told(sayings.value(each.after, each.node.unit)),
                "part": "" if each.part is None else told(sayings.signed(each.part, unit)),
                "link": "" if each.strength is None else told(each.strength.text),
            }
        )
        for action in each.node.actions:
            records.append({"name": "  " * (depth + 1) + "→ " + told(action), "before": "", "after": "", "part": "", "link": ""})
        for child in each.children:
            walk(child, depth + 1, unit if child.edge == "identity" else child.node.unit)

    for root in found.roots:
        walk(root, 0, root.node.unit)
    columns = [column("name", "ツリー", "Tree"), column("before", "前", "Before", right=True), column("after", "後", "After", right=True)]
    columns += [column("part", "寄与", "Part", right=True), column("link", "統計的なつながり", "Measured link")]
    kinds = "、".join if say("ja", "en") == "ja" else ", ".join
    legend = kinds([f"= {told(EDGES['identity'])}", f"~ {told(EDGES['statistical'])}", say("→ 打ち手", "→ action")])
    goal = "" if found.tree.kgi is None else f"  KGI: {told(found.tree.kgi)}"
    return Listing(columns, records, told(found.tree.title) + goal, [legend])


def _records(found: Change) -> list[dict[str, Any]]:
    whole = {"kind": "whole", "by": "", "name": found.kpi, "unit": found.unit, "n0": found.cell0.n, "n1": found.cell1.n}
    whole |= {"value0": found.value0, "value1": found.value1, "part": found.total, "low": found.low, "high": found.high}
    records: list[dict[str, Any]] = [whole | {"noise": found.noise, "text": told(found.text)}]
    for split in found.splits:
        for each in split.segments:
            own: dict[str, Any] = {name: getattr(each, name) for name in _FIELDS if hasattr(each, name)}
            own |= {"kind": "segment", "by": "+".join(split.by), "name": told(each.label), "unit": split.unit, "text": told(each.text)}
            if not each.key:
                own |= {"n0": None, "n1": None}
            records.append(own)
    if found.staffed is not None:
        records += staffed_records(found.staffed)
    return records + (tree_records(found.tree) if found.tree is not None else [])


def staffed_records(found: Staffed) -> list[dict[str, Any]]:
    """Return the drivers as records for machines."""
    return [
        {
            "kind": "driver",
            "by": "",
            "name": each.name,
            "unit": each.unit,
            "value0": each.before,
            "value1": each.after,
            "part": each.part,
            "text": told(each.text),
        }
        for each in found.drivers
    ]


def tree_records(found: ComputedTree) -> list[dict[str, Any]]:
    """Return the goal and the nodes as records for machines; ``by`` is the edge they hang on."""
    goal: list[dict[str, Any]] = []
    if found.tree.kgi is not None:
        goal = [
            {
                "kind": "kgi",
                "by": "",
                "name": found.tree.kgi_kpi or "",
                "value0": found.kgi0,
                "value1": found.kgi1,
                "text": told(found.tree.kgi),
            }
        ]
    return goal + [
        {
            "kind": "node",
            "by": each.edge,
            "name": each.node.name,
            "unit": each.node.unit,
            "n0": each.n0,
            "n1": each.n1,
            "value0": each.before,
            "value1": each.after,
            "part": each.part,
            "share": each.share,
            "text": told(each.text),
        }
        for each in found.walk()
    ]


def deliver_tree(state: App, found: ComputedTree) -> None:
    """Print a computed tree, or write its nodes as one table."""
    if state.format != "table":
        records = tree_records(found) + [
            record for each in found.walk() if each.staffed is not None for record in staffed_records(each.staffed)
        ]
        deliver(state, Listing([column(name, name, name) for name in _FIELDS], records))
        return
    from rashin.cli.lib.listing import as_text

    listed = [of_tree(found), *(of_staffed(each.staffed) for each in found.walk() if each.staffed is not None)]
    if state.out is not None:
        state.out.write_text(
            "\n".join([told(found.text), "", *(line for each in listed for line in (*as_text(each), ""))]), encoding="utf-8"
        )
        return
    state.screen.out(told(found.text))
    for each in listed:
        state.screen.out("")
        show(state, each)
