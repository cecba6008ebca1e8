"""What is said of people and teams compared: how many stand out beyond chance, that the others have no order, and how much would be needed to tell."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.records import called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rashin.catalogue import Definition
    from rashin.insight.fair.compared import Fair, Tier, Unit
    from rashin.insight.fair.tables import Tables
    from rashin.query.reconciliation import Reconciled
    from rashin.stats import Compared

WORDS: dict[Tier, Bilingual] = {
    "better": Bilingual("偶然を超えて良い", "better beyond chance"),
    "high": Bilingual("偶然を超えて高い", "high beyond chance"),
    "alike": Bilingual("差があるとは言えない(順位なし)", "no difference to tell: no order"),
    "low": Bilingual("偶然を超えて低い", "low beyond chance"),
    "worse": Bilingual("偶然を超えて悪い", "worse beyond chance"),
    "unknown": Bilingual(
        "判断できない(件数が少ない、または同じ仕事をする相手がいない)", "cannot be told: too little, or nobody does the same work"
    ),
}
#: A difference of which less is real is told with what it would take.
_RELIABLE = 0.7
#: A smaller part without a unit is not worth a note.
_UNKNOWN = 0.01
#: What stands after a counter-metric, or after the last of several.
_LOOK = Bilingual("。明細を見てから判断してください", ": look at the contacts before judging")


_COUNTERS = {
    "agent": ("人", "people"),
    "evaluator": ("人", "people"),
    "team": ("チーム", "teams"),
    "vendor": ("社", "companies"),
    "site": ("拠点", "sites"),
    "queue": ("窓口", "queues"),
}


def counted(by: str) -> tuple[str, str]:
    """Return the counter of units in Japanese and their plural in English: 人 / people."""
    return _COUNTERS.get(by, ("区分", "units"))


def label_of(name: str, by: str) -> Bilingual:
    """Return what a unit is called."""
    from rashin.insight.fair.tables import OWN

    return Bilingual(name, name) if name else OWN.get(by, Bilingual("不明", "not known"))


def word(tier: Tier, unit: str) -> Bilingual:
    """Return what a tier is called; of durations high is long."""
    if unit == "s" and tier in ("high", "low"):
        return (
            Bilingual("偶然を超えて長い", "long beyond chance") if tier == "high" else Bilingual("偶然を超えて短い", "short beyond chance")
        )
    return WORDS[tier]


def rows(found: Fair, lang: str) -> list[dict[str, Any]]:
    """Return the units as rows for machines and files: by tier, within a tier by name; figures in the KPI's unit, None = not known."""
    return [
        {
            "tier": unit.tier,
            "unit": unit.name or unit.label(lang),
            "n": unit.n,
            "value": unit.value,
            "low": unit.low,
            "high": unit.high,
            "adjusted": unit.adjusted,
            "adjusted_low": unit.adjusted_low,
            "adjusted_high": unit.adjusted_high,
            "estimate": unit.estimate,
            "estimate_low": unit.estimate_low,
            "estimate_high": unit.estimate_high,
            "reliability": unit.reliability,
            "shared": unit.shared,
            "p_adjusted": unit.p,
            "unusual": unit.unusual,
            "against": " ".join(each.kpi for each in unit.against),
        }
        for unit in found.units
    ]


def summary(held: Tables, found: Compared, tiers: Sequence[Tier]) -> Bilingual:
    """Return what the comparison says as a whole."""
    unit_ja, unit_en = counted(held.by)
    known = sum(tier != "unknown" for tier in tiers)
    if known < 2:
        return _none(held, found)
    alike = sum(tier == "alike" for tier in tiers)
    parts_ja, parts_en = [], []
    for tier in ("better", "high", "low", "worse"):
        count = sum(each == tier for each in tiers)
        if count:
            said = word(tier, held.definition.unit)
            parts_ja.append(f"{said.ja} {count}{unit_ja}")
            parts_en.append(f"{count} {said.en}")
    if not alike:
        ja = f"比べた{known}{unit_ja}は、いずれも{_evened(held, 'ja')}偶然だけでは説明できない差があります。"
        en = f"None of {known} {unit_en} compared lies within what {_evened(held, 'en')}chance brings."
    else:
        whom = f"比べた{known}{unit_ja}すべてが" if alike == known else f"比べた{known}{unit_ja}のうち{alike}{unit_ja}は"
        ja = f"{whom}、{_evened(held, 'ja')}偶然で説明できる範囲にあり、順位はつきません。"
        many = "Both" if alike == known == 2 else f"All {known}" if alike == known else f"{alike} of {known}"
        en = f"{many} {unit_en} compared lie within what {_evened(held, 'en')}chance brings, and have no order among them."
    ja += "、".join(parts_ja) + "。" if parts_ja else ""
    en += f" {', '.join(parts_en).capitalize()}." if parts_en else ""
    return Bilingual(f"{ja}{_reliability(held, found, 'ja')}", f"{en} {_reliability(held, found, 'en')}".strip())


def _none(held: Tables, found: Compared) -> Bilingual:
    """Why nobody can be compared: nothing to tell apart, or too little."""
    unit_ja, unit_en = counted(held.by)
    name, seen = full_name(held.definition), {round(float(value), 12) for value in found.value if math.isfinite(value)}
    if len(held.names) > 1 and len(seen) == 1 and held.unknown > 0:
        value = tuple(_value(seen.copy().pop(), held.definition.unit, lang) for lang in ("ja", "en"))
        return Bilingual(
            f"{name.ja}はどの{unit_ja}も{value[0]}で、比べようがありません({held.unknown:.0%}はどの{unit_ja}のものでもないため)。",
            f"{name.en} is {value[1]} for all {unit_en}: there is nothing to compare ({held.unknown:.0%} belongs to none of them).",
        )
    return Bilingual(
        f"比べられる{unit_ja}が2つに足りません。期間を長くするか、絞り込みを外してください。".replace("人が2つ", "人が2人"),
        f"Fewer than two {unit_en} can be compared. Take a longer period, or fewer filters.",
    )


def _evened(held: Tables, lang: str) -> str:
    if not held.adjusted:
        return ""
    from rashin.query.dimensions import label

    names = [label(name)(lang) for name in held.adjusted]
    return f"仕事の構成({'×'.join(names)})と" if lang == "ja" else f"their mix of work ({' × '.join(name.lower() for name in names)}) and "


def _reliability(held: Tables, found: Compared, lang: str) -> str:
    drawn = found.shrunk
    if found.units < 3:
        return ""
    if not drawn.between > 0:
        return "差のうち本物と言える部分は見つかりません。" if lang == "ja" else "Nothing of the differences is more than chance."
    known = [share for share, tier in zip(drawn.reliability, found.tiers, strict=True) if tier != "unknown"]
    middle = sorted(known)[len(known) // 2]
    ja, en = f"差のうち本物の割合(信頼性)は中央値で{middle:.0%}。", f"Signal share {middle:.0%} (median)."
    if drawn.n_needed is not None and held.kind != "ratio" and middle < _RELIABLE:
        ja += f"{_RELIABLE:.0%}にするには一つあたり{drawn.n_needed:,}件が必要です。"
        en += f" For {_RELIABLE:.0%} each needs {drawn.n_needed:,} contacts."
    return ja if lang == "ja" else en


def with_text(unit: Unit, held: Tables, found: Compared) -> Unit:
    """Return the unit with its sentence."""
    ja, en = (_unit(unit, held, found, lang) for lang in ("ja", "en"))
    return replace(unit, text=Bilingual(ja, en))


def _unit(unit: Unit, held: Tables, found: Compared, lang: str) -> str:
    kind = held.definition.unit
    own = _value(unit.value, kind, lang)
    if unit.tier == "unknown":
        said = word("unknown", kind)(lang)
        return f"{unit.label.ja}: {own}(n={unit.n:,.0f})。{said}" if lang == "ja" else f"{unit.label.en}: {own} (n {unit.n:,.0f}); {said}"
    even = _value(unit.adjusted, kind, lang)
    low, high = _value(unit.adjusted_low, kind, lang), _value(unit.adjusted_high, kind, lang)
    common, said = _value(found.center, kind, lang), word(unit.tier, kind)(lang)
    if lang == "ja":
        text = f"{unit.label.ja}: {own}(n={unit.n:,.0f})。" + (f"同じ仕事の構成なら{even}" if held.adjusted else even)
        text += f"(95%区間 {low}〜{high})、基準は{common}。{said}"
        text += "。ほかどうしの差の範囲も超えています" if unit.unusual else ""
        return text + "".join(f"。{each}" for each in _once([each.text.ja for each in unit.against], _LOOK.ja))
    text = f"{unit.label.en}: {own} (n {unit.n:,.0f}); " + (f"at the common mix of work {even}" if held.adjusted else even)
    text += f" (95 % interval {low} to {high}); the common figure is {common}; {said}"
    text += ", beyond what the others differ by" if unit.unusual else ""
    return text + "".join(f". {each}" for each in _once([each.text.en for each in unit.against], _LOOK.en))


def _once(texts: Sequence[str], ending: str) -> list[str]:
    """What all of them end with is said once, after the last."""
    return [text.removesuffix(ending) for text in texts[:-1]] + list(texts[-1:])


def against(definition: Definition, value: float, center: float) -> Bilingual:
    """Return what a counter-metric says against a unit that stands out."""
    name = full_name(definition)
    own, common = (tuple(_value(each, definition.unit, lang) for lang in ("ja", "en")) for each in (value, center))
    return Bilingual(
        f"一方で{name.ja}は{own[0]}と悪い側です(基準 {common[0]}){_LOOK.ja}",
        f"Yet {name.en} is worse, {own[1]} (common figure {common[1]}){_LOOK.en}",
    )


def full_name(definition: Definition) -> Bilingual:
    """Return the KPI's name, with the reading behind it where it is not the entry's own."""
    own = definition.entry.name
    if definition.name == own:
        return own
    return Bilingual(f"{own.ja}({definition.name.ja})", f"{own.en} ({definition.name.en})")


def notes(held: Tables, found: Compared, *, limited: bool) -> tuple[Bilingual, ...]:
    """Return what the comparison leaves out; ``limited``: the asker sees a part of the organisation."""
    from rashin.query.dimensions import label

    said = []
    apart = int((~found.usual).sum())
    if apart:
        unit_ja, unit_en = counted(held.by)
        said.append(
            Bilingual(
                f"値が飛び離れた{apart}{unit_ja}は、基準の計算に入れていません",
                f"{apart} of the {unit_en} lie far outside and are left out of the common figure",
            )
        )
    if held.unknown >= _UNKNOWN:
        name = label(held.by)
        said.append(
            Bilingual(
                f"{held.unknown:.0%}は{name.ja}が記録されていないため、比較に入っていません",
                f"{held.unknown:.0%} has no {name.en.lower()} and is left out of the comparison",
            )
        )
    if limited:
        said.append(Bilingual("基準は、あなたが見られる範囲の実績から計算しています", "the common figure is that of what you may see"))
    return tuple(said)


def whose(held: Tables, other: str) -> tuple[Bilingual, ...]:
    """Return whom a repeated contact falls on, where the reading at hand does not say what somebody's own work brings."""
    if other == held.definition.kpi or held.definition.variant is not None or held.by not in ("agent", "team"):
        return ()
    return (
        Bilingual(
            f"この数え方では、再入電は二度目に受けた側に付きます。本人の応対の結果を比べるなら「{other}」を使ってください",
            f"as counted here a repeat falls on whoever took the second contact; to compare what somebody's own contacts led to use “{other}”",
        ),
    )


def reported(each: Reconciled, definition: Definition, nearest: Definition) -> Bilingual:
    """Return what a source says of itself beside what is counted alike for all."""
    theirs, ours = (tuple(_value(value, definition.unit, lang) for lang in ("ja", "en")) for value in (each.reported, each.ours))
    names = [(name, str(value)) for name, value in each.dimensions if value is not None]
    parts = [" ".join([*(called(*one, lang) for one in names), str(each.bucket or "")]).strip() for lang in ("ja", "en")]
    where_ja, where_en = (f"({parts[0]})" if parts[0] else ""), (f" ({parts[1]})" if parts[1] else "")
    ja = f"{each.source} の報告書では{theirs[0]}ですが、ほかと同じ数え方では{ours[0]}です{where_ja}"
    en = f"{each.source} reports {theirs[1]} of itself; counted as for all others it is {ours[1]}{where_en}"
    if nearest.label != definition.label:
        ja += f"。報告は「{nearest.name.ja}」の数え方に近い値です"
        en += f"; its report is nearest to “{nearest.name.en}”"
    return Bilingual(ja, en)


def _value(value: float | None, unit: str, lang: str) -> str:
    from rashin.query import shown

    return "–" if value is None or not math.isfinite(value) else shown(value, unit, lang)
