"""What a computed tree says, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.insight.change import sayings

if TYPE_CHECKING:
    from rashin.insight.trees.tree import Tree
    from rashin.insight.trees.values import Computed


def with_text(found: Computed) -> Computed:
    """Return the node with its sentence."""
    unit = found.node.unit
    was, now = sayings.value(found.before, unit), sayings.value(found.after, unit)
    ja, en = f"{found.node.label.ja}: {was.ja} → {now.ja}", f"{found.node.label.en}: {was.en} → {now.en}"
    if found.before is None or found.after is None:
        return replace(
            found,
            text=Bilingual(
                f"{found.node.label.ja}: 値がありません({was.ja} → {now.ja})", f"{found.node.label.en}: no value ({was.en} → {now.en})"
            ),
        )
    if found.change is not None:
        far = sayings.signed(found.change, unit)
        ja, en = f"{ja}({far.ja})", f"{en} ({far.en})"
    if found.moved is False:
        ja, en = f"{ja}、変わったとは言えない", f"{en}, no clear change"
    if not found.split:
        ja, en = f"{ja}。下の値がそろわないため分解できません", f"{en}; a figure below is missing, so it is not split"
    if found.strength is not None:
        ja, en = f"{ja}。{found.strength.text.ja}", f"{en}. {found.strength.text.en}"
    return replace(found, text=Bilingual(ja, en))


def said(tree: Tree, roots: tuple[Computed, ...]) -> Bilingual:
    """Return the sentence over a tree: each root's change and the parts right below it."""
    ja, en = [], []
    for root in roots:
        parts = [each for each in root.children if each.edge == "identity" and each.part is not None]
        ja.append(root.text.ja)
        en.append(root.text.en)
        if parts and root.part is not None:
            told = [(each.node.label, sayings.signed(each.part, root.node.unit)) for each in parts]
            ja.append(
                f"内訳は {'、'.join(f'{label.ja} {part.ja}' for label, part in told)}(合計 {sayings.signed(root.part, root.node.unit).ja})"
            )
            en.append(
                f"Made of {', '.join(f'{label.en} {part.en}' for label, part in told)} (in all {sayings.signed(root.part, root.node.unit).en})"
            )
        if root.staffed is not None:
            ja.append(root.staffed.text.ja.rstrip("。"))
            en.append(root.staffed.text.en.rstrip("."))
    return Bilingual("。".join(ja) + "。", ". ".join(en) + ".")
