"""What is said of two KPIs that move together: which way, how sure, what is left when volume is held still, and that this is all that is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.correlation.together import Figure, Grain, Pair
    from rashin.query import Answer
    from rashin.query.cells import Series
    from rashin.stats import Lagged

#: Steps with a figure that a KPI needs.
LEAST = 30
#: Said with every finding.
CAVEAT = Bilingual(
    "一緒に動くというだけで、どちらがどちらを動かすかは分かりません。",
    "They move together; which moves which, or whether something else moves both, is not known.",
)
#: Fewer steps than this seldom show a relation of middling strength.
_SHORT = 60


def lacking(values: np.ndarray, answer: Answer, one: Series, grain: Grain) -> Bilingual | None:
    """Return why a KPI cannot take part, or None."""
    from rashin.query.cells import STATES

    known = values[np.isfinite(values)]
    unit = Bilingual("日分" if grain == "day" else "週分", "days" if grain == "day" else "weeks")
    if not len(known):
        states = {STATES[state] for state in one.state}
        if states == {"not_applicable"} or "withheld" in states:
            reason = next((one.reason(at) for at in range(len(one.state)) if one.reason(at) is not None), None)
            if reason is not None:
                return reason
        return Bilingual("この期間に値がありません", "no figure in this period")
    if len(known) < LEAST:
        return Bilingual(
            f"値が{len(known)}{unit.ja}しかありません({LEAST}以上が必要)", f"only {len(known)} {unit.en} with a figure; {LEAST} are needed"
        )
    if float(known.std()) <= 1e-12 * max(1.0, float(np.abs(known).max())):
        return Bilingual("値が変わりません", "it does not vary")
    return None


def sentence(
    first: Figure, second: Figure, found: Lagged, p_adjusted: float, believed: bool, grain: Grain, control: Figure | None
) -> Bilingual:
    """Return what one tested pair says."""
    if not believed:
        return Bilingual(
            f"{first.name.ja}と{second.name.ja}: 偶然を超える関連は見られません(r={_r(found.r)}、補正後p{_p(p_adjusted)})。",
            f"{first.name.en} and {second.name.en}: nothing beyond chance (r {_r(found.r)}, corrected p{_p(p_adjusted)}).",
        )
    ja, en = [_tendency(first, second, found, grain)(lang) for lang in ("ja", "en")]
    worth = f"{found.n_effective:.0f}"
    ja += f"(r={_r(found.r)}、95%区間 {_r(found.low)}〜{_r(found.high)}、n={found.n}、有効n={worth}、補正後p{_p(p_adjusted)})。"
    en += f" (r {_r(found.r)}, 95 % interval {_r(found.low)} to {_r(found.high)}; n {found.n}, effective n {worth}, corrected p{_p(p_adjusted)})."
    if not found.stable:
        ja += "期間の前半と後半で同じ強さではなく、安定した関連とは言えません。"
        en += " The two halves of the time do not agree: not a stable relation."
    if control is not None and found.partial is not None:
        if found.through_control:
            ja += f"{control.name.ja}を揃えると関連はほとんど残りません(r={_r(found.partial)})。"
            en += f" With {control.name.en} held still little is left of it (r {_r(found.partial)})."
        else:
            ja += f"{control.name.ja}を揃えても残ります(r={_r(found.partial)})。"
            en += f" It remains with {control.name.en} held still (r {_r(found.partial)})."
    return Bilingual(ja + CAVEAT.ja, f"{en} {CAVEAT.en}")


def _tendency(first: Figure, second: Figure, found: Lagged, grain: Grain) -> Bilingual:
    """Who is high when who is: 応答率が高い日の2日後は、平均処理時間が短い傾向があります."""
    unit_ja, unit_en = ("日", "day") if grain == "day" else ("週", "week")
    much, then = _ends(first.unit)[0], _ends(second.unit)[0 if found.r > 0 else 1]
    joint = "も" if found.r > 0 else "が"
    when = f"{unit_ja}は" if found.lag == 0 else f"{unit_ja}の{_later(found.lag, grain).ja}は"
    after = f"{unit_en.capitalize()}s with" if found.lag == 0 else f"{_later(found.lag, grain).en} after a {unit_en} with"
    verb = f"tend to have a {then.en} “{second.name.en}”" if found.lag == 0 else f"“{second.name.en}” tends to be {then.en}"
    comma = "" if found.lag == 0 else ","
    return Bilingual(
        f"{first.name.ja}が{much.ja}{when}、{second.name.ja}{joint}{then.ja}傾向があります",
        f"{after} a {much.en} “{first.name.en}”{comma} {verb}",
    )


def _ends(unit: str) -> tuple[Bilingual, Bilingual]:
    """What much and little of a unit are called."""
    if unit == "s":
        return Bilingual("長い", "long"), Bilingual("短い", "short")
    if unit in ("count", "amount", "yen"):
        return Bilingual("多い", "high"), Bilingual("少ない", "low")
    return Bilingual("高い", "high"), Bilingual("低い", "low")


def _later(lag: int, grain: Grain) -> Bilingual:
    if grain == "day":
        return Bilingual(f"{lag}日後", "One day" if lag == 1 else f"{lag} days")
    return Bilingual(f"{lag}週後", "One week" if lag == 1 else f"{lag} weeks")


def arithmetic(first: Figure, second: Figure, shares: Bilingual) -> Bilingual:
    """Return what a pair says that shares a component."""
    return Bilingual(
        f"{first.name.ja}と{second.name.ja}: {shares.ja}。計算式で連動するので、関連の発見とはしません。",
        f"{first.name.en} and {second.name.en}: {shares.en}. They move together by arithmetic; that is no finding.",
    )


def summary(found: Sequence[Pair], steps: int, grain: Grain, lags: int, q: float, tested: int) -> Bilingual:
    """Return what was looked at, what was found, and how much of that may be wrong."""
    hits = sum(pair.kind == "finding" for pair in found)
    same = sum(pair.kind == "arithmetic" for pair in found)
    unit = Bilingual("日" if grain == "day" else "週", "days" if grain == "day" else "weeks")
    ja = f"{steps}{unit.ja}、{tested}組を前後{lags}{unit.ja}までずらして調べ、{hits}組が偶然を超えて一緒に動いています" if hits else (
        f"{steps}{unit.ja}、{tested}組を前後{lags}{unit.ja}までずらして調べましたが、偶然を超えて一緒に動く組はありません"
    )  # fmt: skip
    en = f"{tested} pairs over {steps} {unit.en}, looked at up to {lags} {unit.en} apart: " + (
        f"{hits} move together beyond chance" if hits else "none moves together beyond chance"
    )
    if hits:
        ja += f"(このうち誤りは平均{q:.0%}以下)"
        en += f" (on average at most {q:.0%} of these are false)"
    ja, en = (
        f"{ja}。{'曜日・祝日・長期の傾向と、前日まで' if grain == 'day' else '長期の傾向と、前の週まで'}の影響は除いています。",
        f"{en}. {'Weekday, holidays, trend' if grain == 'day' else 'Trend'} and the memory of earlier {unit.en} are taken out.",
    )
    if same:
        ja += f"計算式で連動する{same}組は調べていません。"
        en += f" {same} pairs that move together by arithmetic were not tested."
    if steps < _SHORT:
        ja += f"期間が短く({steps}{unit.ja})、中くらいの関連は見つからないことがあります。"
        en += f" The period is short ({steps} {unit.en}): a relation of middling strength may not show."
    return Bilingual(ja, en)


def _r(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:+.2f}".replace("-", "−")


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"={value:.3f}"
